"""BPBD has no system, and then it has one: held is not told, and going live is a switch."""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest

from tests.running import House, Sandbox

from .evidence import Record, records
from .incident_desk import BPBD, DAMKAR, IncidentDesk, agencies_text

pytestmark = pytest.mark.slow

OPEN, CLOSED, TOO_LATE = 15, 5, 10
HELD = 2 * OPEN + 2 * CLOSED + TOO_LATE
PHONE = "0741-000021"
WORDS = f"BPBD Kota Jambi belum terhubung - BELUM diberitahu. Telepon {PHONE}"
LATER, LAST = "Air 60 cm", "Air 90 cm"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway whose BPBD is planned only, as in the demo."""
    folder = tmp_path_factory.mktemp("house")
    with House(folder, sandbox, partners_text=agencies_text(sandbox)) as running:
        running.environment["GERBANG_KEY_ADMIN"] = running.keys["admin"]  # for the command line
        yield running


@pytest.fixture(scope="module")
def desk(house: House, sandbox: Sandbox) -> IncidentDesk:
    """Everybody around an incident; BPBD has no system yet, the fire brigade's officer says nothing."""
    found = IncidentDesk(house, sandbox)
    found.officer(DAMKAR, "silent")
    found.at_the_door("PUT", BPBD, "/habits", {"has_system": False, "officer": "silent"})
    return found


class Story:
    """The incidents of the story, by what becomes of them; *rung* is one that BPBD knew of by telephone."""

    rung = ""

    def __init__(self, desk: IncidentDesk) -> None:
        self.desk = desk
        self.open = [desk.open("flood", narrative="Air 30 cm") for _ in range(OPEN)]
        self.closed = [desk.open("flood") for _ in range(CLOSED)]
        self.too_late = [desk.open("storm") for _ in range(TOO_LATE)]
        for incident in self.open:
            desk.do("updates", incident, narrative=LATER)
        for incident in self.closed:
            desk.do("close", incident, outcome="handled")

    def lines(self, incidents: Sequence[str]) -> list[dict[str, Any]]:
        """Return what BPBD is told of *incidents*."""
        return [line for each in incidents for line in self.desk.ladder(each, BPBD)]

    @property
    def every(self) -> list[str]:
        """All incidents."""
        return [*self.open, *self.closed, *self.too_late]


@pytest.fixture(scope="module")
def story(desk: IncidentDesk) -> Story:
    """Fifty messages that are held."""
    return Story(desk)


def test_what_is_held_is_not_told_and_somebody_must_ring(story: Story) -> None:
    """Each of the fifty says so, with the number to ring; its system has heard nothing."""
    lines = story.lines(story.every)
    assert len(lines) == HELD == 50
    assert {(line["state"], line["shown"], line["delivered_at"]) for line in lines} == {
        ("held", "not_arrived", None)
    }
    assert {line["words"]["id"] for line in lines} == {WORDS}
    assert all(line["held_since"] for line in lines)
    # One call an incident is enough, and it tells the newest.
    calls = [line["about"] for line in lines if line["needs_phone_call"]]
    assert sorted(calls) == sorted(story.every)
    seen = story.desk.see(story.open[0])
    assert {"partner": BPBD, "name": "BPBD Kota Jambi", "phone": PHONE} in seen["phone"]
    assert story.desk.received(BPBD) == []
    partners = story.desk.ask("operator", "GET", "/partners").json()["partners"]
    (bpbd,) = [each for each in partners if each["id"] == BPBD]
    assert (bpbd["standing"], bpbd["held"]) == ("planned", HELD)


def test_a_call_counts_while_it_is_held(story: Story) -> None:
    """Whoever has rung BPBD need not ring again; the message is held all the same."""
    desk = story.desk
    incident = desk.open("haze", urgent=True)
    line = desk.ladder(incident, BPBD)[-1]
    said = desk.telephoned(line["id"], post="Piket Pusdalops", state="dispatched").json()["notification"]
    assert (said["state"], said["channel"], said["needs_phone_call"]) == ("dispatched", "phone", False)
    assert said["delivered_at"] is None
    desk.do("cancel", incident, reason="mistake")
    story.rung = incident


def test_onboarding_gets_drills_and_nothing_else(story: Story) -> None:
    """The conversation passes against its real endpoint; fifty messages are held as before."""
    desk = story.desk
    done = desk.standing(BPBD, "onboarding")
    assert (done["released"], done["expired"], done["in_digest"]) == (0, 0, 0)
    said = desk.house.gerbang("partners", "check", BPBD, status=1)
    assert "FAIL" in said  # there is no system yet
    desk.at_the_door("PUT", BPBD, "/habits", {"has_system": True, "officer": "silent"})
    said = desk.house.gerbang("partners", "check", BPBD)
    assert "FAIL" not in said
    assert "promises kept" in said
    drill = desk.open("flood", drill=True)
    desk.until_line(drill, BPBD, lambda line: line["delivered_at"])
    assert {each["status"] for each in desk.received(BPBD)} == {"Exercise", "Test"}
    assert desk.received(BPBD, story.open[0]) == []
    assert {line["state"] for line in story.lines(story.every)} == {"held"}
    desk.do("close", drill, outcome="handled")


def test_live_what_goes_on_is_told_once_and_late_and_nothing_looks_as_if_it_had_been(story: Story) -> None:
    """Open ones with their newest picture, the closed in one digest, ten closed as expired."""
    desk = story.desk
    _let_time_pass(desk.house, story.too_late)
    said = desk.house.gerbang("partners", "golive", BPBD)
    assert f"{OPEN} go out now" in said
    assert f"{TOO_LATE} came too late" in said
    for incident in story.open:
        desk.until_line(incident, BPBD, lambda line: line["delivered_at"])
    real = [each for each in _until_digest(desk) if each["parameters"]["GERBANG-DRILL"] == ["false"]]
    kinds = Counter(each["kind"] for each in real if each["incident"] or each["kind"] == "digest")
    assert kinds == {"alert": OPEN, "digest": 1}
    (digest,) = [each for each in real if each["kind"] == "digest"]
    gathered = {line.split()[0] for line in digest["parameters"]["GERBANG-OVER"]}
    assert gathered - {story.rung} == set(story.closed)
    told = {each["incident"]: each for each in real}
    for incident in story.open:
        message, (first, newest) = told[incident], desk.ladder(incident, BPBD)
        assert message["sequence"] == 2
        assert message["attempts"] == 1
        assert message["parameters"]["GERBANG-DELAYED"] == ["true"]
        assert message["parameters"]["GERBANG-HELD-SINCE"]
        assert (first["state"], newest["kind"], newest["delayed"]) == ("superseded", "alert", True)
        assert _is_after(newest["delivered_at"], message["first_at"])
    assert not {*story.closed, *story.too_late} & set(told)
    assert {(line["state"], line["reason"]) for line in story.lines(story.closed)} == {
        ("cancelled", "in_digest")
    }
    assert {(line["state"], line["reason"]) for line in story.lines(story.too_late)} == {
        ("expired", "expired_while_held")
    }
    _demand_silence_before(records(desk.house))


def test_from_then_on_it_is_a_partner_like_any_other(story: Story) -> None:
    """An update arrives, the officer accepts by CAP, nothing is missing; suspended it is held again."""
    desk = story.desk
    desk.connect(BPBD)
    desk.officer(BPBD, "accepts", after_s=0.1)
    desk.do("updates", story.open[0], narrative=LAST)
    line = desk.until_state(story.open[0], BPBD, "accepted")
    assert (line["kind"], line["delayed"], line["held_since"]) == ("update", False, None)
    assert line["reference"].startswith("PUSDALOPS/")
    desk.standing(BPBD, "suspended")
    held = desk.open("flood")
    line = desk.ladder(held, BPBD)[-1]
    assert (line["state"], line["alarm"], line["needs_phone_call"]) == ("held", "suspended", True)
    desk.standing(BPBD, "live")
    desk.until_state(held, BPBD, "accepted")
    numbers = desk.as_partner(BPBD, "GET", "/inbox?since=0&limit=100").json()
    assert [each["number"] for each in numbers["items"]] == list(range(1, numbers["newest"] + 1))


def _let_time_pass(house: House, incidents: Sequence[str]) -> None:
    """Let what BPBD is told of these be of no more use: nobody waits an hour for that here."""
    marks = ", ".join("?" * len(incidents))
    over = f"UPDATE notification SET expires_at_us = 1 WHERE partner = 'bpbd' AND about IN ({marks})"  # noqa: S608  question marks
    with closing(sqlite3.connect(house.data / "gerbang.db", timeout=10)) as connection:
        assert connection.execute(over, list(incidents)).rowcount == TOO_LATE
        connection.commit()


def _until_digest(desk: IncidentDesk) -> list[dict[str, Any]]:
    until = time.monotonic() + 20
    while True:
        told = desk.received(BPBD)
        if any(each["kind"] == "digest" for each in told):
            return told
        assert time.monotonic() < until
        time.sleep(0.2)


def _is_after(later: str, earlier: str) -> bool:
    return datetime.fromisoformat(later) >= datetime.fromisoformat(earlier)


def _demand_silence_before(log: Sequence[Record]) -> None:
    """Before somebody made it live nothing but drills was even meant for it."""
    its = [each for each in log if each.get("partner") == BPBD]
    live = next(at for at, each in enumerate(its) if each.get("detail", {}).get("now") == "live")
    before = [each for each in its[:live] if each["act"].startswith("notification.convey")]
    assert before
    assert all(each["detail"]["drill"] for each in before)
    fates = Counter((each["act"], each["outcome"]) for each in its[live + 1 :])
    assert fates["notification.released", "released"] == OPEN
    assert fates["notification.superseded", "superseded"] == OPEN
    assert fates["notification.expired", "expired"] == TOO_LATE
    assert fates["notification.cancelled", "in_digest"] == 2 * CLOSED + 2  # and the one cancelled by hand
