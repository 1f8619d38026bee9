"""A patient reaches a hospital, over real sockets: routine, emergency, and everything that goes wrong."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.running import House, Sandbox
from tests.trust import TRUST

from .evidence import acts, records
from .referral_desk import Desk, events, one, states

pytestmark = pytest.mark.slow

SILOAM, MATTAHER, MANAP, ROYAL = "rs-siloam", "rsud-raden-mattaher", "rsud-abdul-manap", "rs-royal-prima"
TELEPHONE = "rsud-sayoeti"
PLATFORM = "rsu-baiturrahim"  # on SATUSEHAT
SETTINGS = {
    "capacity_refresh_s": "2",
    "approval_reminder_s": "1",
    "approval_deputy_s": "2",
    "approval_run_out_s": "3",
    "answer_routine_s": "4",
    "answer_emergency_s": "4",
}
TICKED = ["reduced_consciousness"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway that does not wait long for anybody."""
    with House(tmp_path_factory.mktemp("house"), sandbox, **SETTINGS) as running:
        yield running


@pytest.fixture
def desk(house: House, sandbox: Sandbox) -> Desk:
    """Everybody around a referral; hospitals say nothing unless told to."""
    found = Desk(house, sandbox)
    for hospital in (SILOAM, MATTAHER, MANAP, ROYAL, PLATFORM):
        found.hospital(hospital, "silent")
    return found


def test_a_routine_referral_is_approved_sent_accepted_and_arrives(desk: Desk) -> None:
    """The head sees everything on one screen and approves it; the hospital accepts; the patient arrives."""
    desk.hospital(SILOAM, "accept", bed_held_min=30)
    referral = desk.new("submit", SILOAM)
    assert desk.kept_of(SILOAM, referral) == ([], [])
    assert desk.approve(referral, reason="Sesuai indikasi")["state"] == "approved"
    seen = desk.until_state(referral, "accepted")
    assert seen["destination"] == SILOAM
    assert one(seen["asks"])["bed_held_until"] is not None
    desk.do("departure", referral, role="dispatcher")
    seen = desk.do("arrival", referral, role="dispatcher")
    assert seen["state"] == "arrived"
    time.sleep(1.5)
    requests, tasks = desk.kept_of(SILOAM, referral)
    assert (one(requests)["status"], one(tasks)["status"]) == ("completed", "completed")
    (decided,) = [each for each in records(desk.house) if _is(each, "referral.approved", referral)]
    assert len(decided["detail"]["screen_sha256"]) == 64
    assert {"screen", "screen_salt", "note"} <= set(decided["fields"])


def test_what_is_signed_is_what_was_shown_last(desk: Desk) -> None:
    """The screen of an earlier reading proves nothing about the version that is decided on."""
    referral = desk.new("submit", SILOAM)
    earlier = desk.ask("approver", "GET", f"/{referral}").json()["screen"]
    desk.decide(referral, "reject", reason="Belum lengkap")
    desk.do("submit", referral, role="operator")
    version = desk.ask("approver", "GET", f"/{referral}").headers["etag"]
    order = {"decision": "approve", "screen": earlier}
    told = desk.ask(
        "approver",
        "POST",
        f"/{referral}/decision",
        expect=409,
        json=order,
        headers={"If-Match": version},
    )
    assert told.json()["type"] == "urn:gerbang:problem:screen-unknown"
    assert desk.approve(referral)["clearance"] == "approval"


def test_an_emergency_goes_at_once_and_its_review_is_owed(desk: Desk) -> None:
    """One tap: the ticked criterion is the reason. The review stops nothing."""
    desk.hospital(SILOAM, "accept")
    referral = desk.new("break_glass", SILOAM, criteria=TICKED)
    seen = desk.until_state(referral, "accepted")
    assert seen["clearance"] == "break_glass"
    assert "Rumah sakit tidak boleh menolak" in seen["no_refusal"]
    assert one(seen["owed"])["what"] == "review"
    listed = desk.ask("approver", "GET", "?waiting=true").json()
    assert listed["reviews_owed"] >= 1
    assert referral in [line["id"] for line in listed["referrals"]]
    task = one(desk.kept_of(SILOAM, referral)[1])
    assert task["priority"] == "stat"
    reviewed = desk.do("review", referral, role="approver", verdict="tidak_sesuai", note="Contoh catatan")
    assert reviewed["state"] == "accepted"
    assert one(reviewed["owed"])["verdict"] == "tidak_sesuai"
    assert desk.do("review", referral, role="approver", expect=409, verdict="sesuai")["type"].endswith(
        "not-now"
    )


def test_a_decline_leads_to_the_next_hospital_by_itself(desk: Desk) -> None:
    """The one wished for declines; the next of the ranking is asked; the decline's reason is shown."""
    desk.hospital(SILOAM, "decline", reason="full")
    for hospital in (MATTAHER, PLATFORM, ROYAL, MANAP):
        desk.hospital(hospital, "accept")
    referral = desk.new("submit", SILOAM)
    desk.approve(referral)
    seen = desk.until_state(referral, "accepted")
    assert states(seen)[SILOAM] == "declined"
    assert seen["destination"] != SILOAM
    assert next(ask for ask in seen["asks"] if ask["hospital"] == SILOAM)["code"]


def test_silence_leads_to_the_next_hospital_by_itself(desk: Desk) -> None:
    """Nobody answers within the time; the next one is asked, and the silent one is told when it is chosen."""
    for hospital in (MATTAHER, PLATFORM, ROYAL, MANAP):
        desk.hospital(hospital, "accept")
    referral = desk.new("submit", SILOAM)
    desk.approve(referral)
    seen = desk.until_state(referral, "accepted", within_s=30)
    assert "silent" in events(seen)
    assert seen["destination"] != SILOAM
    desk.until(referral, lambda now: states(now)[SILOAM] == "withdrawn")
    time.sleep(1.5)
    assert one(desk.kept_of(SILOAM, referral)[1])["status"] == "cancelled"


def test_of_two_that_accept_the_first_is_chosen_and_the_other_told(desk: Desk) -> None:
    """Both asked at once, both accept: one destination, and the other's Task is cancelled."""
    desk.hospital(SILOAM, "accept", after_s=0.2)
    desk.hospital(MATTAHER, "accept", after_s=0.2)
    referral = desk.new("submit", SILOAM, MATTAHER)
    desk.approve(referral)
    seen = desk.until_state(referral, "accepted")
    (other,) = {SILOAM, MATTAHER} - {seen["destination"]}
    desk.until(referral, lambda now: states(now)[other] == "withdrawn")
    for _ in range(40):
        if one(desk.kept_of(other, referral)[1])["status"] == "cancelled":
            break
        time.sleep(0.2)
    assert one(desk.kept_of(other, referral)[1])["status"] == "cancelled"
    assert one(desk.kept_of(seen["destination"], referral)[1])["status"] == "accepted"


def test_a_person_chooses_where_the_rule_says_so(desk: Desk) -> None:
    """Two accept, nobody is chosen by itself; the operator is told, and chooses."""
    desk.hospital(SILOAM, "accept")
    desk.hospital(MATTAHER, "accept")
    referral = desk.new("submit", SILOAM, MATTAHER, rule="person")
    desk.approve(referral)
    desk.until(referral, lambda now: set(states(now).values()) == {"accepted"})
    assert desk.see(referral)["alarm"] == "choose_hospital"
    assert desk.do("choice", referral, role="operator", hospital=MATTAHER)["destination"] == MATTAHER
    assert desk.see(referral)["state"] == "accepted"
    assert states(desk.see(referral))[SILOAM] == "withdrawn"


def test_an_acceptance_after_the_cancellation_alarms_the_operator(desk: Desk) -> None:
    """It crossed our withdrawal: the hospital is told again and a person rings it."""
    referral = desk.new("submit", TELEPHONE, SILOAM)
    desk.approve(referral)
    desk.until(referral, lambda now: states(now)[SILOAM] == "sent")
    desk.do("cancel", referral, role="dispatcher")
    said = {"hospital": TELEPHONE, "state": "accepted", "channel": "phone", "person": "Perawat contoh"}
    seen = desk.do("answers", referral, role="operator", **said)
    assert (seen["state"], seen["alarm"]) == ("cancelled", "accepted_after_cancel")
    time.sleep(1.5)
    assert one(desk.kept_of(SILOAM, referral)[1])["status"] == "cancelled"


def test_a_system_that_accepts_after_the_cancellation_is_told_again(desk: Desk) -> None:
    """The hospital hangs while we cancel; what it had accepted meanwhile is called off once it is back."""
    desk.hospital(MATTAHER, "silent")
    referral = desk.new("submit", MATTAHER)
    desk.approve(referral)
    seen = desk.until(referral, lambda now: states(now)[MATTAHER] == "sent")
    desk.sandbox.trouble(MATTAHER, "503", seconds=1)
    desk.do("cancel", referral, role="dispatcher")
    desk.answer_now(MATTAHER, one(seen["asks"])["id"], "accept")
    desk.sandbox.mend(MATTAHER)
    desk.sandbox.troubled = False
    for _ in range(100):
        if one(desk.kept_of(MATTAHER, referral)[1])["status"] == "cancelled":
            break
        time.sleep(0.2)
    assert one(desk.kept_of(MATTAHER, referral)[1])["status"] == "cancelled"
    assert one(desk.kept_of(MATTAHER, referral)[0])["status"] == "revoked"


def test_who_worsens_while_waiting_goes_at_once(desk: Desk) -> None:
    """It waits for the head; then it is an emergency, without an approval."""
    desk.hospital(SILOAM, "accept")
    referral = desk.new("submit", SILOAM)
    seen = desk.do("worsened", referral, role="dispatcher", criteria=TICKED)
    assert (seen["urgency"], seen["clearance"]) == ("emergency", "break_glass")
    seen = desk.until_state(referral, "accepted")
    assert one(seen["owed"])["what"] == "review"
    assert one(desk.kept_of(SILOAM, referral)[0])["priority"] == "stat"


def test_who_worsens_after_a_rejection_goes_at_once(desk: Desk) -> None:
    """The head has said no with a reason; the patient gets worse; nobody is asked again first."""
    desk.hospital(SILOAM, "accept")
    referral = desk.new("submit", SILOAM)
    rejected = desk.decide(referral, "reject", reason="Dapat dirawat di puskesmas")
    assert (rejected["state"], rejected["alarm"]) == ("rejected", "rejected")
    assert desk.kept_of(SILOAM, referral) == ([], [])
    desk.do("worsened", referral, role="operator", criteria=TICKED)
    desk.until_state(referral, "accepted")


def test_who_worsens_after_being_asked_is_an_emergency_there_too(desk: Desk) -> None:
    """The hospital's copy says stat from then on; there is still one of each."""
    referral = desk.new("submit", SILOAM)
    desk.approve(referral)
    desk.until(referral, lambda now: states(now)[SILOAM] == "sent")
    desk.do("worsened", referral, role="dispatcher", criteria=TICKED)
    for _ in range(50):
        if one(desk.kept_of(SILOAM, referral)[1])["priority"] == "stat":
            break
        time.sleep(0.2)
    requests, tasks = desk.kept_of(SILOAM, referral)
    assert (one(requests)["priority"], one(tasks)["priority"]) == ("stat", "stat")


def test_a_decline_under_way_changes_nothing_by_itself(desk: Desk) -> None:
    """The crew drives on; the operator is told to ring it."""
    desk.hospital(SILOAM, "accept_then_fail", then_after_s=2.5)
    referral = desk.new("break_glass", SILOAM, criteria=TICKED)
    desk.until_state(referral, "accepted")
    desk.do("departure", referral, role="dispatcher")
    seen = desk.until_alarm(referral, "declined_under_way", within_s=40)
    assert (seen["state"], seen["destination"]) == ("under_way", SILOAM)
    assert states(seen) == {SILOAM: "declined"}


def test_a_destination_that_falls_through_before_departure_leads_to_the_next(desk: Desk) -> None:
    """It accepted and can no longer: the next is asked by itself, and the operator knows."""
    desk.hospital(SILOAM, "accept_then_fail", then_after_s=5.0)
    for hospital in (MATTAHER, PLATFORM, ROYAL, MANAP):
        desk.hospital(hospital, "accept")
    referral = desk.new("break_glass", SILOAM, criteria=TICKED)
    desk.until(referral, lambda now: states(now)[SILOAM] == "failed", within_s=40)
    seen = desk.until_state(referral, "accepted")
    assert seen["destination"] != SILOAM
    assert "fell_through" in events(seen)


def test_a_hospital_with_only_a_telephone_is_asked_and_answers_by_it(desk: Desk) -> None:
    """The operator is told to ring, rings, and enters what was said: it counts as a system's answer does."""
    referral = desk.new("break_glass", TELEPHONE, criteria=TICKED)
    seen = desk.see(referral)
    assert (seen["state"], seen["needs_phone_call"]) == ("unconfirmed", True)
    assert one(seen["calls"])["phone"] == "0741-000003"
    said = {"hospital": TELEPHONE, "state": "accepted", "channel": "phone", "person": "dr. Contoh, IGD"}
    assert desk.do("answers", referral, role="operator", **said)["state"] == "accepted"
    seen = desk.see(referral)
    answered = one(seen["asks"])
    assert (answered["answered_by"], answered["channel"]) == ("dr. Contoh, IGD", "phone")
    assert "bed BELUM dipesan" in answered["text"]


def test_a_hospital_away_for_a_while_is_asked_when_it_is_back(desk: Desk) -> None:
    """Nothing arrives; the referral says so; once the system is back one copy of each arrives."""
    desk.hospital(MATTAHER, "accept")
    desk.sandbox.trouble(MATTAHER, "refuse")
    referral = desk.new("submit", MATTAHER)
    desk.approve(referral)
    seen = desk.until(referral, lambda now: one(now["asks"][:1])["trouble"] is not None)
    assert (states(seen)[MATTAHER], seen["state"]) == ("unconfirmed", "unconfirmed")
    assert seen["text"] == "Tidak pasti sampai - telepon RS"
    assert one(seen["calls"])["hospital"] == MATTAHER
    time.sleep(2)
    desk.sandbox.mend(MATTAHER)
    desk.sandbox.troubled = False
    desk.until_state(referral, "accepted", within_s=40)
    requests, tasks = desk.kept_of(MATTAHER, referral)
    assert (len(requests), len(tasks)) == (1, 1)


def test_a_lost_answer_makes_no_second_copy(desk: Desk) -> None:
    """The hospital processes and hangs up, twice: unconfirmed, then known; one ServiceRequest, one Task."""
    desk.hospital(SILOAM, "silent")
    desk.sandbox.trouble(SILOAM, "reset_after", times=3)
    referral = desk.new("break_glass", SILOAM, criteria=TICKED)
    desk.until(referral, lambda now: states(now)[SILOAM] == "sent", within_s=40)
    desk.sandbox.mend(SILOAM)
    desk.sandbox.troubled = False
    requests, tasks = desk.kept_of(SILOAM, referral)
    assert (len(requests), len(tasks)) == (1, 1)


def test_an_approval_that_does_not_come_goes_back_to_the_operator(desk: Desk) -> None:
    """Reminder, deputy, end: with an alarm, never silently; it can be submitted again."""
    referral = desk.new("submit", SILOAM)
    seen = desk.until_alarm(referral, "approval_ran_out")
    assert seen["state"] == "expired"
    assert [each for each in events(seen) if each in ("reminder", "deputy", "run_out")] == [
        "reminder",
        "deputy",
        "run_out",
    ]
    assert desk.do("submit", referral, role="operator")["state"] == "submitted"


def test_an_approval_by_telephone_is_confirmed_afterwards(desk: Desk) -> None:
    """The operator enters it, the hospital is asked at once, the head owes the confirmation."""
    desk.hospital(SILOAM, "accept")
    referral = desk.new("submit", SILOAM)
    seen = desk.ask("operator", "GET", f"/{referral}")
    answer = desk.ask(
        "operator",
        "POST",
        f"/{referral}/decision",
        json={"decision": "approve", "told_by": "dr. Kepala (contoh)"},
        headers={"If-Match": seen.headers["etag"]},
    )
    assert answer.json()["referral"]["clearance"] == "telephoned"
    desk.until_state(referral, "accepted")
    assert one(desk.see(referral)["owed"])["what"] == "confirmation"
    confirmed = desk.do("confirmation", referral, role="approver", verdict="sesuai")
    assert one(confirmed["owed"])["done_at"] is not None


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    """Both have read version 2; the second decision is refused and says why, and nothing of it happens."""
    referral = desk.new("submit", SILOAM)
    seen = desk.ask("approver", "GET", f"/{referral}")
    headers = {"If-Match": seen.headers["etag"]}
    order = {"decision": "approve", "screen": seen.json()["screen"]}
    desk.ask("approver", "POST", f"/{referral}/decision", json=order, headers=headers)
    refused = desk.ask(
        "approver",
        "POST",
        f"/{referral}/decision",
        expect=412,
        json={"decision": "reject", "reason": "Lain"},
        headers=headers,
    )
    assert refused.json()["type"].endswith("changed-meanwhile")
    assert desk.see(referral)["clearance"] == "approval"


def test_an_insurer_that_is_down_throughout_holds_nothing_up(desk: Desk) -> None:
    """BPJS hangs from the first moment to the last: the patient arrives all the same, coverage unknown."""
    desk.sandbox.trouble("vclaim", "hang")
    desk.hospital(SILOAM, "accept")
    before = time.monotonic()
    referral = desk.new("break_glass", SILOAM, criteria=TICKED, patient={"nik": "1571020507859902"})
    assert time.monotonic() - before < 1.0
    seen = desk.until_state(referral, "accepted")
    assert seen["coverage"]["coverage"] == "UNKNOWN"
    desk.do("departure", referral, role="dispatcher")
    desk.do("arrival", referral, role="dispatcher")


def test_a_push_makes_the_answer_known_at_once(desk: Desk) -> None:
    """The hospital's system calls us; nothing of its message is believed, its own copy is read."""
    with desk.house.client("admin") as admin:
        order = {"role": "partner", "holder": "SIMRS contoh", "partner": SILOAM}
        key = admin.post("/v1/keys", json=order).json()["key"]
    push = {"url": f"{desk.house.url}/v1/callbacks/{SILOAM}/fhir", "token": key}
    url = f"{desk.sandbox.url}/door/referrals/{SILOAM}/push"
    assert httpx.put(url, json=push, trust_env=False, verify=TRUST).status_code == 200
    referral = desk.new("submit", SILOAM)
    desk.approve(referral)
    seen = desk.until(referral, lambda now: states(now)[SILOAM] == "sent")
    time.sleep(1)
    desk.answer_now(SILOAM, one(seen["asks"])["id"], "accept")
    desk.until_state(referral, "accepted", within_s=1.5)
    assert "callback.received" in acts(records(desk.house))
    httpx.delete(url, trust_env=False, verify=TRUST)


def test_the_platform_takes_an_emergency_and_gives_its_number(desk: Desk) -> None:
    """SATUSEHAT Rujukan: offer, acceptance in the Task's output, then the ServiceRequest with its number."""
    desk.hospital(PLATFORM, "accept")
    referral = desk.new("break_glass", PLATFORM, criteria=TICKED)
    desk.until_state(referral, "accepted")
    seen = desk.until(referral, lambda now: one(now["asks"])["number"] is not None)
    requests, tasks = desk.kept_of(PLATFORM, referral)
    assert (len(requests), len(tasks)) == (1, 1)
    assert len(one(seen["asks"])["number"]) == 10


def test_the_dispatch_system_follows_what_it_asked_for(desk: Desk, sandbox: Sandbox) -> None:
    """Each change comes to it as the whole line, which names nobody; it hears of nobody else's referrals."""
    stranger = desk.new("submit", SILOAM)
    mine = desk.new("submit", SILOAM, source_ref={"system": "cad-112", "ticket": "R-4711"})
    assert _followed(sandbox, mine, "submitted")["source_ticket"] == "R-4711"
    desk.approve(mine)
    picture = _followed(sandbox, mine, "sent")
    assert "patient" not in picture
    assert stranger not in {each["about"] for each in _received(sandbox)}


def _followed(sandbox: Sandbox, referral: str, state: str) -> dict[str, object]:
    """Wait until the dispatch system has heard that the referral is in *state*; return what it heard."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        told = [each["body"]["data"]["referral"] for each in _received(sandbox) if each["about"] == referral]
        if told and told[-1]["state"] == state:
            return dict(told[-1])
        time.sleep(0.1)
    raise AssertionError(f"it never heard of {state}")


def _received(sandbox: Sandbox) -> list[dict[str, Any]]:
    url = f"{sandbox.url}/door/agencies/dispatch/received"
    return list(httpx.get(url, trust_env=False, verify=TRUST).raise_for_status().json()["received"])


def test_a_key_of_another_hospital_sees_and_answers_nothing(desk: Desk) -> None:
    """The demo's partner key is RSUD Sayoeti's: what others are asked is not there for it."""
    referral = desk.new("break_glass", SILOAM, criteria=TICKED)
    desk.ask("partner", "GET", f"/{referral}", expect=404)
    said = {"hospital": SILOAM, "state": "accepted", "channel": "phone", "person": "Perawat contoh"}
    refused = desk.ask("partner", "POST", f"/{referral}/answers", expect=403, json=said)
    assert refused.json()["type"].endswith("not-your-hospital")


def _is(record: dict[str, object], act: str, referral: str) -> bool:
    found = record.get("obj")
    return record["act"] == act and isinstance(found, dict) and found.get("id") == referral
