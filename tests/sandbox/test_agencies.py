"""Agencies take what proves itself and fits, keep one copy, and refuse what a real one would."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import trouble
from tests.sandbox.telling import DAMKAR, POLICE, Json, Told, case, event, new_id

OTHER = "whsec_c3ludGhldGljLXNlY3JldC1vZi0zMi1ieXRlcy1sZW4="


@pytest.fixture
def damkar(sandbox: httpx.Client) -> Iterator[Told]:
    """The fire brigade's webhook, as at the start."""
    yield Told(sandbox, DAMKAR)
    sandbox.delete("/door/agencies").raise_for_status()


@pytest.fixture
def police(sandbox: httpx.Client) -> Iterator[Told]:
    """The police desk, as at the start."""
    yield Told(sandbox, POLICE)
    sandbox.delete("/door/agencies").raise_for_status()


def test_everyone_who_plays_is_listed(sandbox: httpx.Client) -> None:
    """With the path and the secret that a partner file needs."""
    shown = sandbox.get("/door/agencies").json()
    assert {name: row["kind"] for name, row in shown.items()} == {
        "polresta-jambi": "police",
        "damkar": "webhook",
        "dinsos": "webhook",
        "dispatch": "webhook",
    }
    assert len({row["secret"] for row in shown.values()}) == 4


def test_a_message_is_kept_once_however_often_it_comes(damkar: Told) -> None:
    """Taken each time; one copy, with its attempts."""
    message = new_id()
    answers = [damkar.tell(message, event(message)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert answers[0].json() == {"receipts": [{"state": "received"}]}
    shown = damkar.received()
    (kept,) = shown["received"]
    assert (kept["id"], kept["attempts"], kept["number"], kept["kind"]) == (message, 3, 1, "alert")
    assert kept["body"]["data"]["category"] == "fire"
    assert (shown["duplicates"], shown["refused"]) == (2, {})
    damkar.client.delete(f"{damkar.door}/received").raise_for_status()
    assert damkar.received()["received"] == []


def test_gaps_and_late_pictures_are_seen(damkar: Told) -> None:
    """A number that never came; an older picture after a newer one, which a webhook still takes."""
    for number, sequence in ((1, 1), (4, 3), (5, 2)):
        message = new_id()
        damkar.tell(message, event(message, number=number) | {"sequence": sequence}).raise_for_status()
    shown = damkar.received()
    assert shown["gaps"] == [2, 3]
    assert [kept["late"] for kept in shown["received"]] == [False, False, True]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"webhook_id": "n-other"}, "webhook-signature"),
        ({"webhook_id": "n.1"}, "webhook-id"),
        ({"webhook_timestamp": "soon"}, "webhook-timestamp"),
        ({"webhook_timestamp": "1"}, "webhook-timestamp"),
        ({"webhook_signature": ""}, "webhook-signature"),
        ({"webhook_signature": "v1"}, "webhook-signature"),
        ({"webhook_signature": "v1,x v1,y"}, "webhook-signature"),
        ({"webhook_signature": "v1a,x"}, "webhook-signature"),
    ],
)
def test_what_proves_nothing_is_not_taken(damkar: Told, changes: dict[str, str], why: str) -> None:
    """401 with the header that is wrong; nothing is kept."""
    message = new_id()
    answer = damkar.tell(message, event(message), **changes)
    assert (answer.status_code, answer.json()) == (401, {"error": why})
    shown = damkar.received()
    assert (shown["received"], shown["refused"]) == ([], {why: 1})


@pytest.mark.parametrize(("minutes", "status"), [(-6, 401), (-4, 202), (4, 202), (6, 401)])
def test_five_minutes_either_way(damkar: Told, minutes: int, status: int) -> None:
    """The time of the attempt, by the agency's clock."""
    message = new_id()
    text = json.dumps(event(message))
    headers = damkar.headers(message, text, at=datetime.now(UTC) + timedelta(minutes=minutes))
    assert damkar.client.post(damkar.path, content=text, headers=headers).status_code == status


def test_secrets_change_one_after_the_other(damkar: Told) -> None:
    """Both are believed for a while, then the new one only."""
    old = damkar.secret
    for believed, statuses in (([old, OTHER], [202, 202]), ([OTHER], [401, 202])):
        wish = {"secrets": believed}
        damkar.client.put(f"{damkar.door}/secrets", json=wish).raise_for_status()
        for secret, status in zip((old, OTHER), statuses, strict=True):
            message = new_id()
            text = json.dumps(event(message))
            headers = damkar.headers(message, text, secret=secret)
            assert damkar.client.post(damkar.path, content=text, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"id": "n-other"}, 422, "SCHEMA"),
        ({"specversion": "0.3"}, 422, "SCHEMA"),
        ({"drill": "no"}, 422, "SCHEMA"),
        ({"environment": "test"}, 422, "SCHEMA"),
        ({"time": "2026-11-29T03:00:00"}, 422, "SCHEMA"),
        ({"data": {}}, 422, "SCHEMA"),
        ({"data": {"number": -1, "kind": "alert"}}, 422, "SCHEMA"),
        ({"data": []}, 422, "SCHEMA"),
        ({"sequence": True}, 422, "SCHEMA"),
    ],
)
def test_an_event_that_does_not_fit(damkar: Told, change: Json, status: int, code: str) -> None:
    """Refused with its code, and never kept."""
    message = new_id()
    answer = damkar.tell(message, event(message) | change)
    assert (answer.status_code, answer.json()) == (status, {"error": code})
    assert damkar.received()["received"] == []


@pytest.mark.parametrize("name", [DAMKAR, POLICE])
def test_form_and_length(sandbox: httpx.Client, name: str) -> None:
    """JSON only, up to 64 kB."""
    agency = Told(sandbox, name)
    assert agency.tell(new_id(), "no json").status_code == 400
    assert agency.tell(new_id(), "[" * 50_000).status_code == 400
    assert agency.tell(new_id(), "{}").status_code == 422
    assert agency.tell(new_id(), "{}", content_type="text/plain").status_code == 415
    assert agency.tell(new_id(), " " * 64_001).status_code == 413
    assert sandbox.get(agency.path).status_code == 405
    sandbox.delete("/door/agencies").raise_for_status()


@pytest.mark.parametrize(
    ("handshake", "allowed"), [("grant", "112.example"), ("refuse", "nobody.contoh.invalid")]
)
def test_it_says_whether_messages_are_welcome(damkar: Told, handshake: str, allowed: str) -> None:
    """By OPTIONS, as CloudEvents' web hooks have it."""
    damkar.behave(handshake=handshake)
    answer = damkar.client.options(damkar.path, headers={"WebHook-Request-Origin": "112.example"})
    assert (answer.status_code, answer.headers["webhook-allowed-origin"]) == (200, allowed)
    damkar.behave(handshake="unknown")
    assert damkar.client.options(damkar.path).status_code == 405


def test_a_repeat_may_be_a_conflict_that_names_it(damkar: Told, police: Told) -> None:
    """409 with the id; still one copy."""
    message = new_id()
    damkar.behave(repeats="conflict")
    assert [damkar.tell(message, event(message)).status_code for _ in range(2)] == [202, 409]
    assert damkar.tell(message, event(message)).json() == {"id": message}
    police.behave(repeats="conflict")
    police.tell(message, case(message)).raise_for_status()
    error = {"code": "ALREADY_TAKEN", "distributionID": f"id.jambi.112_{message}"}
    assert police.tell(message, case(message)).json() == {"error": error}


def test_the_police_take_a_case(police: Told) -> None:
    """Acknowledged by a machine, under a number of theirs."""
    message = new_id()
    answer = police.tell(message, case(message))
    assert answer.status_code == 202
    assert answer.json() == {"ack": {"step": "RECEIVED", "reference": f"SPKT-{message[-4:]}"}}
    (kept,) = police.received()["received"]
    assert (kept["kind"], kept["about"], kept["status"]) == ("report", "i-contoh", "Test")
    police.behave(at_once="integrated")
    assert police.tell(message, case(message)).json()["ack"]["step"] == "INTEGRATED"


def change(path: str, value: Any) -> Any:
    """Return a function that sets, or with None takes away, one field of an envelope."""

    def changed(envelope: Json) -> Json:
        inner: Json = envelope
        *way, last = path.split(".")
        for name in way:
            inner = inner[name]
        if value is None:
            del inner[last]
        else:
            inner[last] = value
        return envelope

    return changed


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (change("senderID", "id.jambi.113"), "UNKNOWN_SENDER"),
        (change("distributionID", "id.jambi.112_n-other"), "UNKNOWN_SENDER"),
        (change("explicitAddress.value", "polda-jambi"), "NOT_FOR_US"),
        (change("dateTimeExpires", "2020-01-01T00:00:00Z"), "SCHEMA"),
        (change("dateTimeSent", "2020-01-01T00:00:00"), "SCHEMA"),
        (change("distributionStatus", "Real"), "SCHEMA"),
        (change("distributionKind", "Ack"), "SCHEMA"),
        (change("distributionKind", "Cancel"), "SCHEMA"),
        (change("dateTimeExpires", None), "SCHEMA"),
        (change("extra", 1), "SCHEMA"),
        (change("content.link", {"kind": "TEST"}), "SCHEMA"),
        (change("content.number", "1"), "SCHEMA"),
        (change("content.case.sequence", None), "SCHEMA"),
        (change("content.case.priority", "high"), "SCHEMA"),
        (change("content.case.status", "DONE"), "SCHEMA"),
        (change("content.case.nik", "x"), "SCHEMA"),
        (change("content.case.diagnosis", "x"), "SCHEMA"),
        (change("content.case.qualification", {"code": "CRIME", "label": {"id": "Kejahatan"}}), "SCHEMA"),
        (change("content.case.narrative", "NIK 1571015203909901"), "PERSONAL_DATA"),
    ],
)
def test_what_the_police_refuse(police: Told, changed: Any, code: str) -> None:
    """422 with the code and the message it is about; a NIK has no place in a case."""
    message = new_id()
    answer = police.tell(message, changed(case(message)))
    assert answer.status_code == 422
    assert answer.json() == {"error": {"code": code, "distributionID": f"id.jambi.112_{message}"}}
    assert police.received()["received"] == []


def test_what_is_of_no_more_use_is_refused(police: Told) -> None:
    """By the envelope's own time."""
    message, then = new_id(), datetime.now(UTC) - timedelta(hours=2)
    old = case(message) | {
        "dateTimeSent": then.isoformat(),
        "dateTimeExpires": (then + timedelta(hours=1)).isoformat(),
    }
    assert police.tell(message, old).json()["error"]["code"] == "EXPIRED"


def test_an_older_picture_after_a_newer_one_is_refused(police: Told) -> None:
    """409, also for another message with the same sequence; a case nobody knew may begin anywhere."""
    for sequence, status in ((2, 202), (1, 409), (2, 409), (3, 202)):
        message = new_id()
        answer = police.tell(message, case(message, sequence=sequence))
        assert answer.status_code == status
    assert police.received()["refused"] == {"WRONG_SEQUENCE": 2}


def test_digest_test_heartbeat_and_the_end_of_a_case(police: Told) -> None:
    """Each is what it is."""
    digest = [{"caseId": "i-1", "closedAt": datetime.now(UTC).isoformat()}]
    contents: list[tuple[Json, Json]] = [
        ({"number": 1, "digest": digest}, {}),
        ({"number": 2, "link": {"kind": "TEST"}}, {}),
        ({"number": 3, "link": {"kind": "HEARTBEAT"}}, {}),
    ]
    for content, more in contents:
        message = new_id()
        police.tell(message, case(message) | {"content": content} | more).raise_for_status()
    closed, cancelled = new_id(), new_id()
    police.tell(closed, case(closed, status="CLOSED") | {"distributionKind": "Update"}).raise_for_status()
    over = case(cancelled, sequence=2, status="CANCELLED", outcome="false_alarm") | {
        "distributionKind": "Cancel"
    }
    police.tell(cancelled, over).raise_for_status()
    kinds = [kept["kind"] for kept in police.received()["received"]]
    assert kinds == ["digest", "test", "heartbeat", "closed", "cancel"]


@pytest.mark.parametrize(
    ("mode", "kept"), [("refuse", 0), ("503", 0), ("reset_after", 1), ("wrong_words", 1)]
)
def test_trouble_before_and_after(police: Told, mode: str, kept: int) -> None:
    """Before it was processed nothing is kept; after that it was taken, whatever the sender knows."""
    message = new_id()
    trouble(police.client, POLICE, mode, times=1)
    try:
        answer = police.tell(message, case(message))
    except httpx.TransportError:
        answer = None
    assert (answer is None) == (mode in ("refuse", "reset_after"))
    assert len(police.received()["received"]) == kept
    police.tell(message, case(message)).raise_for_status()
    (copy,) = police.received()["received"]
    assert copy["attempts"] == kept + 1


def test_one_trouble_for_all_agencies(damkar: Told) -> None:
    """The nearest target counts; good credentials may be refused."""
    message = new_id()
    trouble(damkar.client, "agencies", "unauthorized", times=1)
    assert damkar.tell(message, event(message)).status_code == 401
    assert damkar.tell(message, event(message)).status_code == 202


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("", {"officer": "sleeps"}),
        ("", {"handshake": True}),
        ("", {"after_s": -1}),
        ("", {"reason": 1}),
        ("/secrets", {"secrets": "whsec_x"}),
        ("/secrets", {"secrets": ["x"]}),
        ("/callback", {}),
        ("/callback", {"token": "x", "url": 1}),
    ],
)
def test_the_door_refuses_what_cannot_be(sandbox: httpx.Client, path: str, wish: Json) -> None:
    """422 with the reason."""
    assert sandbox.put(f"/door/agencies/damkar{path}", json=wish).status_code == 422
    assert sandbox.put(f"/door/agencies/nobody{path}", json=wish).status_code == 422
