"""A plain hospital is asked for a bed and decides, over a real socket."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.servicerequest import ServiceRequest
from fhir.resources.R4B.task import Task

from tests.sandbox.conftest import end, start_sandbox, trouble
from tests.sandbox.referring import ASK, Hospital, forgotten, new_ask, order, question, until
from tests.trust import TRUST

JSON_PATCH = {"Content-Type": "application/json-patch+json"}


@pytest.fixture
def hospital(sandbox: httpx.Client) -> Iterator[Hospital]:
    """A hospital with an ordinary server; nothing is remembered afterwards."""
    with forgotten(sandbox):
        yield Hospital(sandbox, "rs-siloam")


def status_of(hospital: Hospital, task_id: str) -> str:
    """Return the Task's status."""
    return str(hospital.task(task_id)["status"])


def test_what_is_created_has_an_address_and_a_version(hospital: Hospital) -> None:
    """201 with Location and ETag; the resource is R4 and reads back the same."""
    answer = hospital.create(order(new_ask()))
    kept = ServiceRequest.model_validate(answer.json())
    assert (answer.status_code, answer.headers["etag"]) == (201, 'W/"1"')
    again = hospital.client.get(answer.headers["location"], headers=hospital.token)
    assert again.json()["id"] == kept.id
    unchanged = {**hospital.token, "If-None-Match": 'W/"1"'}
    assert hospital.client.get(answer.headers["location"], headers=unchanged).status_code == 304


def test_creating_once_gives_the_first_one_again(hospital: Hospital) -> None:
    """If-None-Exist by identifier: 201, then 200 with the same id, however it is written."""
    ask = new_ask()
    first = hospital.create(order(ask), once=ask)
    again = hospital.create(order(ask, priority="routine"), once=ask)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["id"], again.json()["priority"]) == (first.json()["id"], "stat")
    assert again.headers["location"] == first.headers["location"]
    for header in (
        f"identifier=urn%3Agerbang%3Aask%7C{ask}",
        f"http://x/ServiceRequest?identifier={ASK}|{ask}",
    ):
        headers = {**hospital.token, "If-None-Exist": header}
        address = f"{hospital.base}/ServiceRequest"
        assert hospital.client.post(address, json=order(ask), headers=headers).status_code == 200
    assert len(hospital.kept()["service_requests"]) == 1


def test_a_lost_answer_and_a_second_try_make_one(hospital: Hospital) -> None:
    """`reset_after` has created; the conditional second try finds it."""
    ask = new_ask()
    trouble(hospital.client, hospital.name, "reset_after", times=1)
    with pytest.raises(httpx.TransportError):
        hospital.create(order(ask), once=ask)
    assert hospital.create(order(ask), once=ask).status_code == 200
    assert len(hospital.kept()["service_requests"]) == 1


def test_several_that_fit_are_412_and_other_descriptions_400(hospital: Hospital) -> None:
    """The server never guesses, and never ignores what it cannot judge."""
    ask = new_ask()
    for _ in range(2):
        hospital.create(order(ask)).raise_for_status()
    assert hospital.create(order(ask), once=ask).status_code == 412
    headers = {**hospital.token, "If-None-Exist": "status=active"}
    answer = hospital.client.post(f"{hospital.base}/ServiceRequest", json=order(ask), headers=headers)
    assert answer.status_code == 400
    assert len(hospital.kept()["service_requests"]) == 2


@pytest.mark.parametrize(
    ("kind", "change", "status"),
    [
        ("ServiceRequest", {"subject": None}, 400),
        ("ServiceRequest", {"subject": {"reference": "#nobody"}}, 422),
        ("ServiceRequest", {"status": "bogus"}, 422),
        ("ServiceRequest", {"priority": "high"}, 422),
        ("ServiceRequest", {"nonsense": 1}, 400),
        ("Task", {"intent": "wish"}, 422),
        ("Task", {"status": "accepted"}, 422),
        ("Task", {"focus": {"reference": "ServiceRequest/nowhere"}}, 422),
        ("Task", {"lastModified": "2026-11-23T02:59:59Z"}, 422),
    ],
)
def test_what_is_no_r4_is_refused(
    hospital: Hospital, kind: str, change: dict[str, object], status: int
) -> None:
    """Structure 400, required codes, invariants and references 422; nothing is kept."""
    focus = hospital.create(order(new_ask())).json()["id"]
    whole = order(new_ask()) if kind == "ServiceRequest" else question(new_ask(), f"ServiceRequest/{focus}")
    wrong = {name: value for name, value in {**whole, **change}.items() if value is not None}
    answer = hospital.create(wrong)
    assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")
    assert [len(rows) for rows in (hospital.kept()["service_requests"], hospital.kept()["tasks"])] == [1, 0]


def test_search_finds_by_identifier_and_focus(hospital: Hospital) -> None:
    """Each alone and together; another system or value finds nothing."""
    ask = new_ask()
    task = hospital.ask(ask)
    hospital.ask(new_ask())
    focus = task["focus"]["reference"]
    for query in (
        f"identifier={ASK}|{ask}",
        f"identifier={ask}",
        f"focus={focus}",
        f"identifier={ask}&focus={focus}",
    ):
        bundle = hospital.search(f"Task?{query}").json()
        Bundle.model_validate(bundle)
        assert [entry["resource"]["id"] for entry in bundle["entry"]] == [task["id"]]
    for query in (f"identifier=urn:other|{ask}", "identifier=k-none", "focus=ServiceRequest/none"):
        assert hospital.search(f"Task?{query}").json()["total"] == 0
    posted = hospital.client.post(
        f"{hospital.base}/Task/_search", data={"identifier": ask}, headers=hospital.token
    )
    assert posted.json()["total"] == 1


def test_unknown_parameters_are_ignored_aloud_or_refused(hospital: Hospital) -> None:
    """A warning entry, or 400 to whoever asks strictly."""
    hospital.ask(new_ask())
    loose = hospital.search("Task?colour=red").json()
    assert [entry["search"]["mode"] for entry in loose["entry"]] == ["match", "outcome"]
    assert hospital.search("Task?colour=red", Prefer="handling=strict").status_code == 400


def test_a_stale_version_is_412(hospital: Hospital) -> None:
    """PUT and PATCH with If-Match change nothing once the Task has moved."""
    hospital.wish("silent")
    ask = new_ask()
    task = hospital.ask(ask)
    hospital.decides(ask, "receive").raise_for_status()
    assert hospital.put({**task, "status": "cancelled"}, **{"If-Match": 'W/"1"'}).status_code == 412
    change = [{"op": "replace", "path": "/status", "value": "cancelled"}]
    address, headers = f"{hospital.base}/Task/{task['id']}", {**hospital.token, **JSON_PATCH}
    stale = hospital.client.patch(address, json=change, headers={**headers, "If-Match": 'W/"1"'})
    assert stale.status_code == 412
    assert status_of(hospital, task["id"]) == "received"
    fresh = hospital.client.patch(address, json=change, headers={**headers, "If-Match": 'W/"2"'})
    assert (fresh.status_code, fresh.json()["status"], fresh.headers["etag"]) == (200, "cancelled", 'W/"3"')


def test_an_update_keeps_to_the_address_and_creates_nothing(hospital: Hospital) -> None:
    """Another id is 400, an unknown one 404."""
    task = hospital.ask(new_ask())
    address = f"{hospital.base}/Task/{task['id']}"
    assert hospital.client.put(address, json={**task, "id": "x"}, headers=hospital.token).status_code == 400
    assert hospital.put({**task, "id": "x"}).status_code == 404


def test_acceptance_may_hold_a_bed(hospital: Hospital) -> None:
    """accepted, changed now, and an output that says until when."""
    hospital.wish("accept", bed_held_min=30)
    task = hospital.ask(new_ask())
    until(lambda: status_of(hospital, task["id"]), "accepted")
    accepted = hospital.task(task["id"])
    Task.model_validate(accepted)
    (output,) = accepted["output"]
    held = datetime.fromisoformat(output["valueDateTime"]) - datetime.now(UTC)
    assert output["type"]["text"] == "bed-held-until"
    assert timedelta(minutes=29) < held <= timedelta(minutes=30)
    assert datetime.fromisoformat(accepted["lastModified"]) > datetime.fromisoformat(task["lastModified"])


def test_a_decline_says_why(hospital: Hospital) -> None:
    """A coded reason with its text; the hospital's own words stand in its place when wished."""
    hospital.wish("decline", reason="no_specialist")
    task = hospital.ask(new_ask())
    until(lambda: status_of(hospital, task["id"]), "rejected")
    reason = hospital.task(task["id"])["statusReason"]
    assert reason["coding"][0]["code"] == "no_specialist"
    assert reason["text"] == "Dokter spesialis tidak tersedia"
    hospital.wish("decline", words="Penuh semua")
    other = hospital.ask(new_ask())
    until(lambda: hospital.task(other["id"]).get("statusReason", {}).get("text"), "Penuh semua")


def test_two_answers_follow_each_other(hospital: Hospital) -> None:
    """accept_then_fail and decline_then_accept, each step its own version."""
    for decision, steps in (
        ("accept_then_fail", ["accepted", "failed"]),
        ("decline_then_accept", ["rejected", "accepted"]),
    ):
        hospital.wish(decision, then_after_s=0.3)
        task = hospital.ask(new_ask())
        for status in steps:
            until(lambda task=task: status_of(hospital, task["id"]), status)  # type: ignore[misc]  # bound on purpose
        assert hospital.task(task["id"])["meta"]["versionId"] == "3"
        assert ("statusReason" in hospital.task(task["id"])) is (steps[-1] == "failed")


def test_silence_lasts_until_the_door_answers(hospital: Hospital) -> None:
    """Nothing comes; an answer at the door then does; one that does not fit the state is refused."""
    hospital.wish("silent")
    ask = new_ask()
    task = hospital.ask(ask)
    assert hospital.decides(ask, "fail").status_code == 422
    assert status_of(hospital, task["id"]) == "requested"
    assert hospital.decides(ask, "accept").json()["status"] == "accepted"
    assert hospital.decides(ask, "arrive").json()["status"] == "completed"
    assert hospital.decides("k-nobody", "accept").status_code == 422


def test_the_placer_withdraws_before_and_asks_to_stop_after(hospital: Hospital) -> None:
    """Cancelled until under way; then a cancelled Task is refused and one of code abort understood."""
    hospital.wish("silent")
    early, late = new_ask(), new_ask()
    task = hospital.ask(early)
    assert hospital.put({**task, "status": "cancelled"}).json()["status"] == "cancelled"
    assert hospital.decides(early, "accept").status_code == 422
    task = hospital.ask(late)
    hospital.decides(late, "accept").raise_for_status()
    task = hospital.put({**hospital.task(task["id"]), "status": "in-progress"}).raise_for_status().json()
    assert hospital.put({**task, "status": "cancelled"}).status_code == 422
    hospital.wish("accept")
    stop = hospital.create(question(f"{late}/abort", f"Task/{task['id']}", code="abort")).raise_for_status()
    until(lambda: status_of(hospital, stop.json()["id"]), "completed")
    assert status_of(hospital, task["id"]) == "cancelled"


def test_what_is_over_stays_so(hospital: Hospital) -> None:
    """The placer cannot bring a declined Task back, nor accept in the hospital's place."""
    hospital.wish("silent")
    ask = new_ask()
    task = hospital.ask(ask)
    assert hospital.put({**task, "status": "accepted"}).status_code == 422
    hospital.decides(ask, "decline").raise_for_status()
    assert hospital.put({**hospital.task(task["id"]), "status": "in-progress"}).status_code == 422
    assert status_of(hospital, task["id"]) == "rejected"


def test_by_itself_it_looks_at_its_beds() -> None:
    """A free bed for the need is yes, none is no, and an emergency always comes in."""
    process, url = start_sandbox("--still", "--decide-s", "0.05")
    with httpx.Client(base_url=url, trust_env=False, verify=TRUST) as client:
        hospital = Hospital(client, "rsu-mayang")
        client.post("/door/beds/rsu-mayang", json={"need": "icu", "free": 0}).raise_for_status()
        wanted = {("icu", "routine"): "rejected", ("icu", "stat"): "accepted", ("hcu", "routine"): "accepted"}
        for (need, priority), status in wanted.items():
            task = hospital.ask(new_ask(), need=need, priority=priority)
            until(lambda task=task: status_of(hospital, task["id"]), status)  # type: ignore[misc]  # bound on purpose
    assert end(process) == ""


def test_a_server_without_conditional_create_says_so_and_creates_twice(sandbox: httpx.Client) -> None:
    """rs-bratanata ignores If-None-Exist, but finds by identifier."""
    with forgotten(sandbox):
        hospital, ask = Hospital(sandbox, "rs-bratanata"), new_ask()
        declared = sandbox.get(f"{hospital.base}/metadata").json()["rest"][0]["resource"]
        assert not any(row.get("conditionalCreate") for row in declared)
        assert [hospital.create(order(ask), once=ask).status_code for _ in range(2)] == [201, 201]
        assert hospital.search(f"ServiceRequest?identifier={ASK}|{ask}").json()["total"] == 2


def test_one_cannot_even_search_by_identifier(sandbox: httpx.Client) -> None:
    """rs-bhayangkara answers 400 not-supported and does not list the parameter."""
    with forgotten(sandbox):
        hospital, ask = Hospital(sandbox, "rs-bhayangkara"), new_ask()
        hospital.create(order(ask), once=ask).raise_for_status()
        answer = hospital.search(f"ServiceRequest?identifier={ASK}|{ask}")
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "not-supported")
        declared = sandbox.get(f"{hospital.base}/metadata").json()["rest"][0]["resource"]
        orders = next(row for row in declared if row["type"] == "ServiceRequest")
        assert "identifier" not in {parameter["name"] for parameter in orders["searchParam"]}


def test_others_declare_it(hospital: Hospital) -> None:
    """Both kinds are created conditionally at an ordinary server."""
    declared = hospital.client.get(f"{hospital.base}/metadata").json()["rest"][0]["resource"]
    assert {row["type"] for row in declared if row.get("conditionalCreate")} == {"ServiceRequest", "Task"}


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"decision": "maybe"},
        {"decision": "accept", "after_s": -1},
        {"decision": "decline", "reason": "mood"},
        {"decision": "accept", "bed_held_min": "30"},
    ],
)
def test_the_door_refuses_wishes_that_are_none(hospital: Hospital, wish: dict[str, object]) -> None:
    """422 with the reason, and the hospital keeps its own mind."""
    answer = hospital.client.put(f"/door/referrals/{hospital.name}", json=wish)
    assert (answer.status_code, bool(answer.json()["error"])) == (422, True)


def test_a_hospital_without_a_system_has_no_reception(sandbox: httpx.Client) -> None:
    """It is telephoned, not asked here."""
    assert sandbox.get("/door/referrals/rsud-sayoeti").status_code == 422
