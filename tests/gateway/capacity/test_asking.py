"""Asking the hospitals: one exchange each, shared by whoever asks meanwhile; late answers are still seen."""

import asyncio

import pytest
from structlog.testing import capture_logs

from contracts import BedState, CapacityReport, Need, NotAccepted, Refused, Unreachable
from gateway.capacity.asking import Asking, changed
from gateway.capacity.picture import AskOutcome, Picture, Sighting
from gateway.exchange.deadline import Deadline
from gateway.partners import registry
from gateway.partners.config import Limits, PartnerConfig, Standing
from gateway.partners.registry import Partner
from tests.gateway.capacity.builders import report
from tests.virtual_time import in_virtual_time, now

REPORT = report(BedState.FREE, BedState.OCCUPIED)
LIMIT_S = 2.0


class Ward:
    """A hospital's system that takes *seconds* to answer, or fails."""

    def __init__(self, seconds: float = 0.0, *, failure: Exception | None = None) -> None:
        self.seconds = seconds
        self.failure = failure
        self.answer: CapacityReport = REPORT
        self.asked = 0

    async def report_capacity(self) -> CapacityReport:
        """Answer, as ReportsCapacity says."""
        self.asked += 1
        await asyncio.sleep(self.seconds)
        if self.failure:
            raise self.failure
        return self.answer


def hospital(name: str, ward: Ward, *, standing: Standing = Standing.LIVE) -> Partner:
    """Return a partner that asks *ward*."""
    config = PartnerConfig(name, "hospital", standing, name, None, Limits(), None, None, None, None)
    return registry.partner(config, ward)


def asking(**wards: Ward) -> Asking:
    """Return what asks these hospitals."""
    return Asking([hospital(name, ward) for name, ward in wards.items()], Picture(), limit_s=LIMIT_S)


def picture_of(each: Asking) -> Picture:
    """Return the picture that is fed."""
    return each._picture


@in_virtual_time
async def test_twenty_askers_make_one_exchange() -> None:
    """All of them get its answer."""
    ward = Ward(1.0)
    room = asking(rs_a=ward)
    outcomes = await asyncio.gather(*(room.ask_all(Deadline.after(2.0)) for _ in range(20)))
    assert ward.asked == 1
    assert outcomes == [{"rs_a": AskOutcome.ANSWERED}] * 20


@in_virtual_time
async def test_who_comes_after_the_answer_asks_anew() -> None:
    """Coalescing is for questions under way; it is no cache."""
    ward = Ward(1.0)
    room = asking(rs_a=ward)
    await room.ask_all(Deadline.after(2.0))
    await asyncio.sleep(0)
    await room.ask_all(Deadline.after(2.0))
    assert ward.asked == 2


@in_virtual_time
async def test_each_asker_has_its_own_deadline() -> None:
    """One who has half a second is told LATE after half a second; the patient one gets the answer."""
    ward, began = Ward(1.0), now()
    room = asking(rs_a=ward)

    async def ask(seconds: float) -> tuple[AskOutcome, float]:
        outcomes = await room.ask_all(Deadline.after(seconds))
        return outcomes["rs_a"], now() - began

    hasty, patient = await asyncio.gather(ask(0.5), ask(1.8))
    assert hasty == (AskOutcome.LATE, pytest.approx(0.5))
    assert patient == (AskOutcome.ANSWERED, pytest.approx(1.0))
    assert ward.asked == 1


@in_virtual_time
async def test_a_late_answer_still_enters_the_picture() -> None:
    """Nobody waits for it any more, and the next one who looks has it."""
    room = asking(rs_a=Ward(1.0))
    assert await room.ask_all(Deadline.after(0.5)) == {"rs_a": AskOutcome.LATE}
    assert picture_of(room).sighting("rs_a") == Sighting()
    await asyncio.sleep(0.6)
    seen = picture_of(room).sighting("rs_a")
    assert (seen.outcome, seen.as_of) == (AskOutcome.ANSWERED, REPORT.as_of)
    assert seen.tallies[Need.ICU].free == 1


@in_virtual_time
async def test_an_asker_who_goes_away_ends_nobody_elses_question() -> None:
    """The one under way belongs to all."""
    ward = Ward(1.0)
    room = asking(rs_a=ward)
    first = asyncio.create_task(room.ask_all(Deadline.after(2.0)))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(room.ask_all(Deadline.after(2.0)))
    await asyncio.sleep(0.1)
    first.cancel()
    assert await second == {"rs_a": AskOutcome.ANSWERED}
    assert ward.asked == 1


@in_virtual_time
async def test_a_hanging_hospital_holds_back_no_other() -> None:
    """It is late by itself."""
    began = now()
    room = asking(rs_a=Ward(), rs_b=Ward(3600.0), rs_c=Ward(0.1))
    outcomes = await room.ask_all(Deadline.after(LIMIT_S))
    assert outcomes == {
        "rs_a": AskOutcome.ANSWERED,
        "rs_b": AskOutcome.LATE,
        "rs_c": AskOutcome.ANSWERED,
    }
    assert now() - began == pytest.approx(LIMIT_S)


@pytest.mark.parametrize(
    ("failure", "outcome", "reason"),
    [
        (Unreachable("dns"), AskOutcome.UNREACHABLE, "dns"),
        (NotAccepted("status_401"), AskOutcome.UNUSABLE, "status_401"),
        (Refused("no", code="422"), AskOutcome.UNUSABLE, "422"),
        (RuntimeError("defect"), AskOutcome.UNUSABLE, "defect"),
    ],
)
def test_a_failure_keeps_the_older_figures(failure: Exception, outcome: AskOutcome, reason: str) -> None:
    """Old news is still news, with its age; why there is none newer stands beside it."""

    @in_virtual_time
    async def asked() -> None:
        ward = Ward()
        room = asking(rs_a=ward)
        await room.ask_all(Deadline.after(2.0))
        ward.failure = failure
        assert await room.ask_all(Deadline.after(2.0)) == {"rs_a": outcome}
        seen = picture_of(room).sighting("rs_a")
        assert (seen.outcome, seen.reason, seen.as_of) == (outcome, reason, REPORT.as_of)
        assert seen.tallies[Need.ICU].free == 1

    asked()


@in_virtual_time
async def test_who_is_not_live_is_not_asked() -> None:
    """And is said to be so."""
    ward = Ward()
    room = Asking([hospital("rs_a", ward, standing=Standing.SUSPENDED)], Picture(), limit_s=LIMIT_S)
    assert await room.ask_all(Deadline.after(2.0)) == {"rs_a": AskOutcome.NOT_ASKED}
    assert ward.asked == 0


@in_virtual_time
async def test_where_nobody_has_a_system_the_answer_is_at_once() -> None:
    """An empty round is no reason to wait."""
    began = now()
    assert await asking().ask_all(Deadline.after(2.0)) == {}
    assert now() == began


@in_virtual_time
async def test_a_deadline_that_has_passed_does_not_wait() -> None:
    """All are late, at once; the questions go on for those who come next."""
    ward = Ward(1.0)
    room = asking(rs_a=ward)
    began = now()
    assert await room.ask_all(Deadline.after(-1.0)) == {"rs_a": AskOutcome.LATE}
    assert now() == began
    await asyncio.sleep(1.1)
    assert picture_of(room).sighting("rs_a").outcome is AskOutcome.ANSWERED


@in_virtual_time
async def test_a_report_we_cannot_count_spoils_only_its_own_line() -> None:
    """A defect of ours in one hospital's figures must not cost the answer about the other fifteen."""
    broken = Ward()
    broken.answer = "no report"  # type: ignore[assignment]  # that is the defect
    room = asking(rs_a=Ward(), rs_b=broken)
    with capture_logs() as said:
        outcomes = await room.ask_all(Deadline.after(2.0))
    assert outcomes == {"rs_a": AskOutcome.ANSWERED, "rs_b": AskOutcome.UNUSABLE}
    assert [each["partner"] for each in said if each["log_level"] == "error"] == ["rs_b"]
    broken.answer = REPORT
    assert (await room.ask_all(Deadline.after(2.0)))["rs_b"] is AskOutcome.ANSWERED


@pytest.mark.parametrize("seconds", [0.5, 3600.0])
def test_closing_ends_what_is_under_way(seconds: float) -> None:
    """Whoever still waits is answered and not thrown out."""

    @in_virtual_time
    async def closed() -> None:
        room = asking(rs_a=Ward(seconds))
        asker = asyncio.create_task(room.ask_all(Deadline.after(2.0)))
        await asyncio.sleep(0.1)
        await room.close()
        assert list(await asker) == ["rs_a"]
        assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]

    closed()


def test_only_another_outcome_is_a_change() -> None:
    """A newer figure is no news for the log; silence is."""
    answered, late = Sighting(outcome=AskOutcome.ANSWERED), Sighting(outcome=AskOutcome.LATE)
    before = {"a": answered, "b": answered}
    assert changed(before, {"a": answered, "b": late, "c": answered, "d": Sighting()}) == ["b", "c"]
