"""Disk full or database locked while dispatchers ask: beds are answered, nothing is half-written or lost."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import House, Sandbox
from tests.trust import TRUST

from .evidence import acts, by_request, records
from .no_room import Disk, FileLimit, Room, locked, small_disk
from .referral_desk import Desk, states

SPOOL_BYTES = 200_000
BACK_S = 10.0
NIK = "1571015203909901"
DECLARED = "/v1/hospitals/rsud-sayoeti/declared-capacity"
TOLD = {"need": "icu", "free": 3, "told_by": "Perawat jaga (contoh)"}

Answer = dict[str, Any]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway that refreshes its picture all the time, so that rounds meet the trouble too."""
    with House(tmp_path_factory.mktemp("house"), sandbox, capacity_refresh_s="1") as running:
        yield running


@pytest.fixture(params=["disk", pytest.param("file limit", marks=pytest.mark.soak)])
def cramped(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Iterator[tuple[House, Room]]:
    """A gateway that rests, and the room its files have."""
    settings = {"spool_bytes": str(SPOOL_BYTES), "capacity_refresh_s": "3600", "eligibility_cache_s": "0"}
    with _place(request.param, tmp_path) as room, House(tmp_path, sandbox, **settings) as running:
        _ask(running, fresh="true")
        yield running, room


@contextmanager
def _place(kind: str, folder: Path) -> Iterator[Room]:
    if kind == "disk":
        with small_disk(folder / "var", megabytes=24) as disk:
            yield Disk(disk)
    else:
        yield FileLimit(SPOOL_BYTES)


def _ask(house: House, **question: str) -> Answer:
    with house.client("dispatcher") as dispatcher:
        answer = dispatcher.get("/v1/capacity", params={"need": "icu", **question})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["hospitals"]) == 16
    return dict(answer.json())


def _post(house: House) -> httpx.Response:
    with house.client("dispatcher") as dispatcher:
        return dispatcher.post("/v1/eligibility-checks", json={"nik": NIK, "purpose": "ETREAT"})


def _declare(house: House) -> httpx.Response:
    with house.client("operator") as operator:
        return operator.put(DECLARED, json=TOLD)


def _shown(answer: Answer) -> Any:
    return next(each["free"] for each in answer["hospitals"] if each["id"] == "rsud-sayoeti")


def _alarms(house: House) -> set[str]:
    with house.client("operator") as operator:
        answer = operator.get("/v1/alarms")
    assert answer.status_code == 200, answer.text
    return {alarm["name"] for alarm in answer.json()["alarms"]}


def _readiness(house: House) -> tuple[int, str]:
    answer = httpx.get(f"{house.url}/readyz", trust_env=False, verify=TRUST)
    return answer.status_code, answer.json()["recording"]


def _until(house: House, status: int, recording: str) -> float:
    """Wait until /readyz says so; return the seconds it took."""
    started = time.monotonic()
    while (said := _readiness(house)) != (status, recording):
        assert time.monotonic() - started < BACK_S, said
        time.sleep(0.05)
    return time.monotonic() - started


def _asked(answers: list[Answer], log: list[dict[str, Any]]) -> None:
    """Each answer that is on record stands in the log once; one that said it was not yet, once at most."""
    of = by_request(log)
    for answer in answers:
        found = acts(of[answer["request"]])
        assert found == ["capacity.asked"] or (answer["audit"] == "degraded" and found == [])


def _is_whole(house: House) -> None:
    with sqlite3.connect(house.data / "gerbang.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()


@pytest.mark.slow
def test_a_locked_database_holds_back_no_bed_answer(house: House, record_property: Any) -> None:
    """Another program holds the lock for 4 s: 200 within a second, spooled, replayed, each entry once."""
    answers: list[Answer] = []
    slowest = 0.0
    with locked(house), ThreadPoolExecutor(4) as dispatchers:
        until = time.monotonic() + 4.0
        while time.monotonic() < until:
            started = time.monotonic()
            answers += dispatchers.map(lambda need: _ask(house, need=need), ("icu", "igd", "ward", "nicu"))
            slowest = max(slowest, time.monotonic() - started)
            time.sleep(0.05)
        assert _readiness(house) == (503, "spooled")
        assert "audit.spooling" in _alarms(house)
    back_s = _until(house, 200, "durable")
    counted = Counter(answer["audit"] for answer in answers)
    record_property(
        "figure",
        f"database locked 4 s: {dict(counted)}, slowest four {slowest:.2f} s, replayed in {back_s:.1f} s",
    )
    assert set(counted) <= {"durable", "spooled"}
    assert counted["spooled"] > 0
    assert slowest < 1.5
    _asked(answers, records(house))
    _is_whole(house)
    assert _alarms(house) == set()
    assert _ask(house)["audit"] == "durable"


@pytest.mark.slow
def test_a_locked_database_tells_the_insurer_nothing(house: House, sandbox: Sandbox) -> None:
    """Whom we ask about cannot be written down first: UNKNOWN within the deadline, and BPJS is not asked."""
    before = sandbox.journal("vclaim")["seen"]
    with locked(house):
        started = time.monotonic()
        answer = _post(house)
        assert time.monotonic() - started < 3.0
        assert _declare(house).status_code == 503
    assert (answer.status_code, answer.json()["coverage"]) == (200, "UNKNOWN")
    assert sandbox.journal("vclaim")["seen"] == before
    _until(house, 200, "durable")
    assert acts(by_request(records(house))[answer.json()["request"]]) == ["eligibility.answered"]
    assert _shown(_ask(house)) is None


@pytest.mark.slow
def test_locked_and_every_hospital_down_still_answers(house: House, sandbox: Sandbox) -> None:
    """Nobody answers and nothing can be written: sixteen hospitals, incomplete, none invented as live."""
    sandbox.trouble("hospitals", "refuse")
    with locked(house):
        answer = _ask(house, fresh="true")
        assert answer["audit"] == "spooled"
        assert not any(each["mode"] == "live" for each in answer["hospitals"])
        house.kill()
        house.start(until="/livez")
        again = _ask(house, fresh="true")
        assert again["audit"] == "spooled"
        assert [each["free"] for each in again["hospitals"]] == [each["free"] for each in answer["hospitals"]]
    _until(house, 200, "durable")
    _asked([answer, again], records(house))


@pytest.mark.slow
def test_a_full_disk_holds_back_no_bed_answer(
    cramped: tuple[House, Room], sandbox: Sandbox, record_property: Any
) -> None:
    """Beds come spooled, then degraded; BPJS is not asked, no bed half-declared; later all is replayed."""
    house, room = cramped
    answers = _fill_while_asking(house, room)
    _refuses_what_it_cannot_record(house, sandbox)
    while answers[-1]["audit"] != "degraded":
        answers.append(_ask(house))
        assert len(answers) < 5000
    assert _ask(house, need="ward")["audit"] == "degraded"
    assert "audit.degraded" in _alarms(house)
    assert _readiness(house) == (503, "degraded")
    counted = Counter(answer["audit"] for answer in answers)
    room.give(house)
    back_s = _until(house, 200, "durable")
    record_property("figure", f"no room ({type(room).__name__}): {dict(counted)}, replayed in {back_s:.1f} s")
    log = records(house)
    _asked(answers, log)
    gaps = [record["detail"]["entries"] for record in log if record["act"] == "audit.gap"]
    listing_lost = "alarms.listed" not in acts(log)  # it is short: there may have been room for it
    assert sum(gaps) == counted["degraded"] + len(("the ward",)) + listing_lost
    assert _alarms(house) == set()
    _serves_again(house)


@pytest.mark.slow
def test_a_gateway_killed_on_a_full_disk_comes_back_and_answers(tmp_path: Path, sandbox: Sandbox) -> None:
    """Kill -9 with entries spooled and no byte free: up again, beds with their ages, later all replayed."""
    with small_disk(tmp_path / "var", megabytes=24) as disk, House(tmp_path, sandbox) as house:
        room, known = Disk(disk), _ask(house, fresh="true")["known"]
        answers = _fill_while_asking(house, room)
        house.kill()
        room.take(house)
        house.start(until="/livez")
        answers.append(_ask(house))
        assert (answers[-1]["audit"], answers[-1]["known"]) == ("spooled", known)
        assert _post(house).status_code == 503
        room.give(house)
        _until(house, 200, "durable")
        _asked(answers, records(house))


@pytest.mark.slow
def test_a_gateway_that_cannot_open_its_database_says_what_to_do(tmp_path: Path, sandbox: Sandbox) -> None:
    """Stopped in good order, then the disk filled: the start ends at once and names the full disk."""
    with small_disk(tmp_path / "var", megabytes=24) as disk, House(tmp_path, sandbox) as house:
        house.stop()
        room = Disk(disk)
        room.take(house)
        with pytest.raises(AssertionError, match="ended with 2") as ended:
            house.start()
        assert f"{disk} is on a full disk: make room" in str(ended.value)
        assert "Traceback" not in str(ended.value)
        room.give(house)
        house.start()


def _fill_while_asking(house: House, room: Room) -> list[Answer]:
    answers = [_ask(house)]
    assert answers[0]["audit"] == "durable"
    with ThreadPoolExecutor(1) as somebody:
        filling = somebody.submit(room.take, house)
        while not filling.done() or answers[-1]["audit"] == "durable":
            answers.append(_ask(house))
            assert len(answers) < 5000
    assert answers[-1]["audit"] == "spooled"
    return answers


def _refuses_what_it_cannot_record(house: House, sandbox: Sandbox) -> None:
    """503 cannot-record: the insurer sees nothing, the bed is not half-kept."""
    before = sandbox.journal("vclaim")["seen"]
    for refused in (_post(house), _declare(house)):
        assert refused.status_code == 503
        assert refused.json()["type"] == "urn:gerbang:problem:cannot-record"
        assert refused.headers["Retry-After"]
    assert sandbox.journal("vclaim")["seen"] == before
    assert _shown(_ask(house)) is None


def _serves_again(house: House) -> None:
    _is_whole(house)
    assert _shown(_ask(house)) is None
    assert _ask(house)["audit"] == "durable"
    assert _declare(house).status_code == 200
    assert _shown(_ask(house)) == TOLD["free"]
    assert _post(house).json()["coverage"] == "ACTIVE"


@pytest.mark.slow
def test_an_emergency_goes_out_while_nothing_can_be_written(house: House, sandbox: Sandbox) -> None:
    """The database is locked for good: the hospital has it within seconds, and the row follows, once."""
    desk = Desk(house, sandbox)
    desk.hospital("rs-siloam", "silent")
    order = {"need": "icu", "then": "break_glass", "hospitals": ["rs-siloam"], "criteria": ["haemodynamic"]}
    order |= {"patient": {"nik": NIK, "name": "Contoh Pasien"}}
    with locked(house):
        begun = time.monotonic()
        answer = desk.ask("dispatcher", "POST", "", expect=202, json=order)
        assert time.monotonic() - begun < 3.0
        referral = answer.json()["referral"]["id"]
        assert answer.json()["audit"] in ("spooled", "degraded")
        requests, tasks = desk.kept_of("rs-siloam", referral)
        assert (len(requests), len(tasks)) == (1, 1)
    seen = desk.until(referral_written(desk, referral), lambda now: states(now)["rs-siloam"] == "sent")
    assert (seen["patient"]["nik"], seen["clearance"]) == (NIK, "break_glass")
    time.sleep(2)
    requests, tasks = desk.kept_of("rs-siloam", referral)
    assert (len(requests), len(tasks)) == (1, 1)
    told = [each["act"] for each in records(house) if each.get("obj", {}).get("id") == referral]
    assert {"referral.glass_broken", "referral.conveying", "referral.conveyed"} <= set(told)


@pytest.mark.slow
def test_a_draft_becomes_an_emergency_while_nothing_can_be_written(house: House, sandbox: Sandbox) -> None:
    """It can be read and not be written: the hospital has it at once, and the row follows."""
    desk = Desk(house, sandbox)
    desk.hospital("rs-siloam", "silent")
    referral = desk.new("submit", "rs-siloam")
    with locked(house):
        begun = time.monotonic()
        order = {"criteria": ["haemodynamic"]}
        answer = desk.ask("dispatcher", "POST", f"/{referral}/break-glass", expect=202, json=order)
        assert time.monotonic() - begun < 3.0
        assert (answer.json()["referral"]["state"], answer.json()["audit"]) == ("sent", "spooled")
        assert len(desk.kept_of("rs-siloam", referral)[1]) == 1
    desk.until(referral, lambda now: states(now).get("rs-siloam") == "sent")
    time.sleep(2)
    requests, tasks = desk.kept_of("rs-siloam", referral)
    assert (len(requests), len(tasks)) == (1, 1)
    told = [each["act"] for each in records(house) if each.get("obj", {}).get("id") == referral]
    assert told.count("referral.glass_broken") == 1


def referral_written(desk: Desk, referral: str) -> str:
    """Wait until the database has it; return its id."""
    deadline = time.monotonic() + BACK_S
    with desk.house.client("operator") as operator:
        while operator.get(f"/v1/referrals/{referral}").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    return referral
