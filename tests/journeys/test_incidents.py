"""Whoever must know is told, and a person hears of it when they do not; over real sockets."""

import time
from collections.abc import Iterator

import pytest

from tests.running import House, Sandbox

from .evidence import acts, records
from .incident_desk import (
    CALLER,
    DAMKAR,
    DINSOS,
    DISPATCH,
    POLRESTA,
    SATPOL,
    WITH_A_SYSTEM,
    IncidentDesk,
    agencies_text,
    secret_of,
)

pytestmark = pytest.mark.slow

CALL_S = 3
SHORT = f"attempts_s = [0, 0.5, 1, 2], each_s = 1, undelivered_s = 2, call_s = {CALL_S}, unconfirmed_s = 1"
QUICK = "attempts_s = [0, 0.5, 1, 1.5, 2, 2.5], each_s = 1"  # tries often, and leaves people their time
LADDERS = {POLRESTA: SHORT, DAMKAR: QUICK, DINSOS: QUICK, DISPATCH: QUICK}
OTHER_SECRET = "whsec_" + "QUJD" * 8


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway that tells agencies; the police's ladder is short, the others' are patient."""
    folder = tmp_path_factory.mktemp("house")
    with House(folder, sandbox, partners_text=agencies_text(sandbox, LADDERS)) as running:
        yield running


@pytest.fixture(scope="module")
def desk(house: House, sandbox: Sandbox) -> IncidentDesk:
    """Everybody around an incident; the officers say nothing unless told to."""
    found = IncidentDesk(house, sandbox)
    found.connect(*WITH_A_SYSTEM)
    return found


@pytest.fixture(autouse=True)
def quiet(desk: IncidentDesk, peace: None) -> None:
    """Begin each journey with officers who say nothing and systems that work."""
    for agency in WITH_A_SYSTEM:
        desk.officer(agency, "silent")


def test_a_person_must_answer_and_no_machine_can(desk: IncidentDesk) -> None:
    """
    Machines take it and file it: the operator is told to ring all the same, until the officer accepts.

    What an operator hears by telephone ends the ladder as well, before anybody is told to ring.
    """
    desk.officer(POLRESTA, "machine", after_s=0.1)
    opened_at = time.monotonic()
    rung, silent = desk.open("crime"), desk.open("crime", caller=CALLER)
    early = desk.until_line(rung, POLRESTA, lambda line: line["state"] in ("received", "integrated"))
    by_telephone = desk.telephoned(early["id"], person="Bripka Andi Contoh", partner_ref="LP/77").json()
    assert by_telephone["notification"]["human_confirmed"] is True

    line = desk.until_line(silent, POLRESTA, lambda line: line["alarm"] == "call_now")
    assert time.monotonic() - opened_at >= CALL_S - 0.5
    assert (line["state"], line["needs_phone_call"], line["human_confirmed"]) == ("integrated", True, False)
    seen = desk.see(silent)
    assert seen["phone"] == [{"partner": POLRESTA, "name": "Polresta Jambi", "phone": "110"}]
    assert desk.says(POLRESTA, line["id"], "integrated") == 200
    assert desk.see(silent)["needs_phone_call"] is True

    assert desk.says(POLRESTA, line["id"], "accepted", report="LP/B/1/CONTOH") == 200
    line = desk.ladder(silent, POLRESTA)[-1]
    assert (line["state"], line["alarm"], line["needs_phone_call"]) == ("accepted", None, False)
    assert (line["human_confirmed"], line["reference"]) == (True, "LP/B/1/CONTOH")
    assert desk.see(silent)["human_confirmed"] is True

    quiet = desk.ladder(rung, POLRESTA)[-1]
    assert (quiet["state"], quiet["alarm"], quiet["needs_phone_call"]) == ("accepted", None, False)
    assert quiet["call_since"] is None
    (told,) = [each for each in quiet["receipts"] if each["proof"] == "operator_statement"]
    assert (quiet["reference"], told["state"], told["channel"], told["named"]) == (
        *("LP/77", "accepted", "phone"),
        True,
    )


def test_police_and_fire_brigade_are_told_and_a_refusal_is_heard_at_once(desk: IncidentDesk) -> None:
    """An accident is told to both; the one handles it, the other cannot come and says so."""
    desk.officer(DAMKAR, "refuses", reason="Semua unit bertugas")
    desk.officer(POLRESTA, "handles", after_s=0.1)
    accident = desk.open("traffic_accident", caller=CALLER, casualties={"injured": 2})
    refused = desk.until_line(accident, DAMKAR, lambda line: line["alarm"] == "refused")
    assert (refused["state"], refused["needs_phone_call"]) == ("refused", True)
    assert refused["reason"] == "Semua unit bertugas"
    closed = desk.until_state(accident, POLRESTA, "closed")
    assert closed["reference"].startswith("LP/")
    assert [each["state"] for each in closed["receipts"]][-5:] == [
        *("read", "accepted", "dispatched", "on_scene", "closed")
    ]
    (police,), (fire,) = desk.received(POLRESTA, accident), desk.received(DAMKAR, accident)
    assert (police["attempts"], fire["attempts"]) == (1, 1)
    assert fire["body"]["data"]["caller"] == {"phone": "+6281200000099"}  # no name: it is not shared
    assert CALLER["name"] not in str(police["body"])
    assert "+6281200000099" in str(police["body"])


def test_a_newer_picture_takes_the_place_of_one_that_never_arrived(desk: IncidentDesk) -> None:
    """The first alert stays, the update between is superseded, the last one arrives; all in order."""
    desk.sandbox.trouble(DAMKAR, "refuse")
    fire = desk.open("fire", narrative="Asap")
    for words in ("Api", "Api membesar"):
        desk.do("updates", fire, narrative=words)
    desk.sandbox.mend()
    desk.until_line(fire, DAMKAR, lambda line: line["sequence"] == 3 and line["state"] == "received")
    states = [(line["kind"], line["state"]) for line in desk.ladder(fire, DAMKAR)]
    assert states == [("alert", "received"), ("update", "superseded"), ("update", "received")]
    told = desk.received(DAMKAR, fire)
    assert [(each["kind"], each["sequence"], each["late"]) for each in told] == [
        ("alert", 1, False),
        ("update", 3, False),
    ]
    assert told[-1]["body"]["data"]["narrative"] == "Api membesar"
    assert told[-1]["body"]["data"]["replaces"] != []


@pytest.mark.parametrize("mode", ["503", "reset_after", "500_html"])
def test_order_is_kept_with_a_partner_that_fails(desk: IncidentDesk, mode: str) -> None:
    """Whatever it fails with, however often: each picture once, the older before the newer."""
    desk.sandbox.trouble(DAMKAR, mode, times=3, seconds=1)
    trees = [desk.open("fallen_tree", urgent=False) for _ in range(3)]
    for tree in trees:
        desk.do("updates", tree, severity="minor")
        desk.do("close", tree, outcome="handled")
    for tree in trees:
        desk.until_line(tree, DAMKAR, lambda line: line["kind"] == "closed" and line["delivered_at"])
        told = desk.received(DAMKAR, tree)
        assert [each["kind"] for each in told][0::2] in (["alert"], ["alert", "closed"])
        assert told[-1]["kind"] == "closed"
        sequences = [each["sequence"] for each in told]
        assert sequences == sorted(set(sequences))
        assert not any(each["late"] for each in told)
    desk.sandbox.mend()


def test_a_partner_that_was_away_gets_everything_once(desk: IncidentDesk) -> None:
    """Ten incidents wait for it: when it is back each is there once, and nobody else has waited."""
    away_s = 6
    desk.sandbox.trouble(DAMKAR, "refuse")
    began = time.monotonic()
    accidents = [desk.open("traffic_accident") for _ in range(10)]
    for accident in accidents:
        desk.until_line(accident, POLRESTA, lambda line: line["delivered_at"], within_s=away_s)
    assert all(desk.ladder(each, DAMKAR)[-1]["state"] == "queued" for each in accidents[:2])
    time.sleep(max(0.0, began + away_s - time.monotonic()))
    desk.sandbox.mend()
    for accident in accidents:
        desk.until_state(accident, DAMKAR, "received")
        (told,) = desk.received(DAMKAR, accident)
        assert told["attempts"] == 1


def test_closed_cancelled_and_merged(desk: IncidentDesk) -> None:
    """Everybody who was told hears how it ended; whoever knew the merged one hears of the other."""
    closed, false, twice, kept = (desk.open(each) for each in ("fire", "fire", "crime", "fire"))
    for incident in (closed, false, kept):
        desk.until_line(incident, DAMKAR, lambda line: line["delivered_at"])
    desk.until_line(twice, POLRESTA, lambda line: line["delivered_at"])
    assert desk.do("close", closed, outcome="handled", note="Catatan dalam")["state"] == "closed"
    assert desk.do("cancel", false, reason="false_alarm")["state"] == "cancelled"
    assert desk.do("merge", twice, into=kept)["merged_into"] == kept
    for incident, partner, kind in (
        (closed, DAMKAR, "closed"),
        (false, DAMKAR, "cancel"),
        (twice, POLRESTA, "cancel"),
        (kept, POLRESTA, "alert"),
    ):
        desk.until_line(
            incident, partner, lambda line, kind=kind: line["kind"] == kind and line["delivered_at"]
        )
    assert "Catatan dalam" not in str(desk.received(DAMKAR, closed))
    assert desk.do("close", closed, expect=409, outcome="handled")["type"].endswith("not-now")
    assert [link["kind"] for link in desk.see(kept)["links"]] == ["merged"]


def test_a_drill_stays_a_drill(desk: IncidentDesk) -> None:
    """It says so wherever it goes, and never becomes one with what is real."""
    drill, real = desk.open("fire", drill=True), desk.open("fire")
    for incident in (drill, real):
        desk.until_line(incident, DAMKAR, lambda line: line["delivered_at"])
    (told,), (true,) = desk.received(DAMKAR, drill), desk.received(DAMKAR, real)
    assert (told["status"], told["body"]["drill"], true["body"]["drill"]) == ("drill", True, False)
    assert all(line["drill"] for line in desk.see(drill)["ladder"])
    assert desk.do("merge", drill, into=real, expect=409)["type"].endswith("conflict")
    assert desk.do("links", drill, other=real, expect=409)["type"].endswith("conflict")


def test_a_sensitive_matter_is_told_and_shown_to_few(desk: IncidentDesk) -> None:
    """Violence at home: police and social office only, the approver sees where about, and not what."""
    told = {"address": "Jl. Contoh 5", "narrative": "Tetangga mendengar teriakan", "caller": CALLER}
    violence = desk.open("domestic_violence", **told)
    seen = desk.until(
        violence, lambda now: len([line for line in now["ladder"] if line["delivered_at"]]) == 2
    )
    assert {line["partner"] for line in seen["ladder"]} == {POLRESTA, DINSOS}
    assert (seen["narrative"], seen["masked"]) == (told["narrative"], False)
    masked = desk.see(violence, role="approver")
    assert (masked["masked"], masked["narrative"], masked["caller"]) == (True, None, None)
    assert (masked["place"]["address"], masked["place"]["lat"]) == (None, -1.61)
    (social,), (police,) = desk.received(DINSOS, violence), desk.received(POLRESTA, violence)
    assert social["body"]["data"]["narrative"] == told["narrative"]
    assert social["body"]["data"]["place"]["latitude"] == -1.61
    assert "Jl. Contoh 5" not in str(social["body"])
    assert "Jl. Contoh 5" in str(police["body"])
    # By hand to somebody without an agreement for such: told that there is something, and no more.
    desk.do("tell", violence, partner=DAMKAR)
    desk.until_line(violence, DAMKAR, lambda line: line["delivered_at"])
    (thin,) = desk.received(DAMKAR, violence)
    assert not {"narrative", "caller"} & set(thin["body"]["data"])
    assert "Jl. Contoh 5" not in str(thin["body"])


def test_the_dispatch_system_follows_its_own_ticket(desk: IncidentDesk) -> None:
    """It hears whom to ring and when somebody has answered; of others' incidents it hears nothing."""
    stranger = desk.open("crime")
    mine = desk.open("crime", source_ref={"system": "cad-112", "ticket": "T-4711"})
    assert desk.open("crime", expect=200, source_ref={"system": "cad-112", "ticket": "T-4711"}) == mine
    line = desk.until_line(mine, POLRESTA, lambda line: line["needs_phone_call"])
    picture = _followed(desk, mine, lambda now: now["needs_phone_call"])
    assert (picture["human_confirmed"], picture["phone"][0]["phone"]) == (False, "110")
    assert picture["source_ticket"] == "T-4711"
    desk.telephoned(line["id"])
    picture = _followed(desk, mine, lambda now: now["human_confirmed"])
    assert picture["needs_phone_call"] is False
    assert desk.received(DISPATCH, stranger) == []
    told = desk.received(DISPATCH, mine)
    assert [each["number"] for each in told] == sorted({each["number"] for each in told})


def _followed(desk: IncidentDesk, incident: str, wanted: object) -> dict[str, object]:
    """Wait until the dispatch system's newest picture is as *wanted*; return it."""
    assert callable(wanted)
    until = time.monotonic() + 20
    while True:
        told = desk.received(DISPATCH, incident)
        picture = told[-1]["body"]["data"]["incident"] if told else None
        if picture is not None and wanted(picture):
            return dict(picture)
        assert time.monotonic() < until, picture
        time.sleep(0.1)


def test_a_partner_without_a_server_fetches_and_finds_gaps(desk: IncidentDesk) -> None:
    """Satpol PP asks for what came after the last number it knows; fetched is arrived, and not read."""
    first = desk.open("public_facility")
    desk.open("public_facility", drill=True)
    assert desk.ladder(first, SATPOL)[-1]["state"] == "queued"
    inbox = desk.as_partner(SATPOL, "GET", "/inbox?since=0").json()
    numbers = [each["number"] for each in inbox["items"]]
    assert numbers == list(range(1, inbox["newest"] + 1))
    assert (inbox["gap"], inbox["more"]) == (False, False)
    one, two = inbox["items"][-2:]
    assert (one["message"]["data"]["incident"], two["message"]["drill"]) == (first, True)
    line = desk.ladder(first, SATPOL)[-1]
    assert (line["state"], line["channel"], line["human_confirmed"]) == ("delivered", "inbox", False)
    said = {"state": "accepted", "by": "Danru Contoh", "reference": "SP-9"}
    desk.as_partner(SATPOL, "POST", f"/inbox/{one['id']}/receipts", json=said)
    line = desk.ladder(first, SATPOL)[-1]
    assert (line["state"], line["reference"], line["human_confirmed"]) == ("accepted", "SP-9", True)
    foreign = desk.ladder(desk.open("fire"), DAMKAR)[-1]["id"]
    desk.as_partner(SATPOL, "POST", f"/inbox/{foreign}/receipts", expect=403, json=said)
    desk.as_partner(SATPOL, "POST", f"/callbacks/{DAMKAR}/receipts", expect=403, json={**said, "id": foreign})
    # Only what it has not: the same question again brings what is new, and names what there is.
    last = inbox["newest"]
    third = desk.open("public_facility")
    again = desk.as_partner(SATPOL, "GET", f"/inbox?since={last}").json()
    assert [each["number"] for each in again["items"]] == [last + 1]
    assert again["items"][0]["message"]["data"]["incident"] == third
    # One with a system can do the same: what was superseded stands there with its number.
    numbers = [each["number"] for each in desk.as_partner(DAMKAR, "GET", "/inbox?since=0").json()["items"]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_what_named_people_can_be_erased_and_the_ladder_stays(desk: IncidentDesk) -> None:
    """After the erasure nothing says who called or what they said; that the agencies were told stands."""
    incident = desk.open("crime", caller=CALLER, address="Jl. Hapus 1", narrative="Nama tersangka contoh")
    desk.until_line(incident, POLRESTA, lambda line: line["delivered_at"])
    log = records(desk.house)
    subject = next(each["subj"] for each in log if each.get("obj", {}).get("id") == incident)
    desk.ask("auditor", "POST", "/audit/erasures", json={"subject": subject, "reason": "subject_request"})
    seen = desk.see(incident)
    assert (seen["erased"], seen["narrative"], seen["caller"]) == (True, None, None)
    assert seen["place"]["address"] is None
    assert seen["ladder"][-1]["delivered_at"] is not None
    assert desk.do("updates", incident, expect=409, narrative="Baru")["type"].endswith("conflict")
    # Its end can still be said, and nothing of anybody leaves with it.
    assert desk.do("close", incident, outcome="handled")["state"] == "closed"
    records(desk.house)


def test_a_secret_is_changed_without_a_message_lost(desk: IncidentDesk) -> None:
    """While both hold, the partner may know the old one or the new one."""
    kept = secret_of(desk.house, DAMKAR).read_text("utf-8").strip()
    secret_of(desk.house, DAMKAR).write_text(f"{kept} {OTHER_SECRET}", "utf-8")
    desk.house.stop()
    desk.house.start()
    for known in ([kept], [OTHER_SECRET]):
        desk.at_the_door("PUT", DAMKAR, "/secrets", {"secrets": known})
        fire = desk.open("fire")
        desk.until_state(fire, DAMKAR, "received")
        (told,) = desk.received(DAMKAR, fire)
        assert told["attempts"] == 1


def test_everything_of_it_stands_in_the_log(desk: IncidentDesk) -> None:
    """The chain verifies, each notification was accepted once, and nobody is named."""
    told = records(desk.house)
    accepted = [each["obj"]["id"] for each in told if each["act"] == "notification.accepted"]
    assert len(accepted) == len(set(accepted)) > 20
    meant = [each["req"] for each in told if each["act"] == "notification.conveying"]
    assert len(meant) == len(set(meant))
    assert {"incident.opened", "incident.merged", "notification.receipt"} <= set(acts(told))
    said = str(told)
    assert not any(name in said for name in (CALLER["name"], CALLER["phone"], "Jl. Contoh 5", "Jl. Hapus 1"))
