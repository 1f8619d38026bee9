"""The two clocks, to the second."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.notifications import ladder
from gateway.notifications.ladder import Rung, Step
from gateway.notifications.rows import CHANGE, Notification
from gateway.partners.shape import Rungs

from .builders import START, after, row

RUNGS = Rungs()
UNDELIVERED, CALL, REMIND = Step.UNDELIVERED, Step.CALL, Step.REMIND


def climbed(
    first: Notification, rungs: Rungs, *, delivered_s: float | None = None
) -> list[tuple[float, Step]]:
    """Return every step with its second, as the turns do them, the message arriving when it does."""
    now, done = first, []
    rung = ladder.first_rung(now, rungs, at=START)
    arrival = None if delivered_s is None else after(delivered_s)
    while rung is not None:
        if arrival is not None and now.delivered_at is None and arrival <= rung.at:
            now = replace(now, delivered_at=arrival)
            rung = ladder.next_rung(now, rungs, after=None, at=arrival)
            continue
        done.append(((rung.at - START).total_seconds(), rung.step))
        if rung.step is CALL:
            now = replace(now, call=True, call_since=rung.at)
        rung = ladder.next_rung(now, rungs, after=rung, at=rung.at)
        if rung is None and arrival is not None and now.delivered_at is None:
            now = replace(now, delivered_at=arrival)
            rung = ladder.next_rung(now, rungs, after=None, at=arrival)
    return done


class TestThePersonsClock:
    """What is done when, as long as no person there confirms."""

    def test_what_never_arrives(self) -> None:
        """The next channel after 30 s, the telephone after 85."""
        assert climbed(row(), RUNGS) == [(30, UNDELIVERED), (85, CALL)]

    def test_what_arrives_at_once_and_nobody_reads(self) -> None:
        """The duty officers after a minute and every two after that; the telephone whatever they do."""
        reminders = [(61 + 120 * number, REMIND) for number in range(11)]
        assert climbed(row(), RUNGS, delivered_s=1) == sorted([*reminders, (85, CALL)])

    def test_what_arrives_between_two_rungs(self) -> None:
        """What is past is not done again."""
        done = climbed(row(), RUNGS, delivered_s=45)
        assert done[:3] == [(30, UNDELIVERED), (85, CALL), (105, REMIND)]

    def test_what_arrives_when_all_is_done(self) -> None:
        """People there are woken from then on."""
        done = climbed(row(), RUNGS, delivered_s=600)
        assert done[:3] == [(30, UNDELIVERED), (85, CALL), (660, REMIND)]
        assert len(done) == 13

    def test_a_telephone_sooner_than_the_first_alarm(self) -> None:
        """Both are done all the same."""
        assert climbed(row(), Rungs(call_s=10)) == [(10, CALL), (30, UNDELIVERED)]

    def test_two_at_the_same_second(self) -> None:
        """One after the other."""
        assert climbed(row(), Rungs(call_s=30)) == [(30, UNDELIVERED), (30, CALL)]

    def test_once_a_person_has_confirmed_nothing(self) -> None:
        """The clock stands still for good."""
        assert ladder.first_rung(row(human=True), RUNGS, at=START) is None
        assert ladder.next_rung(row(human=True, delivered_at=START), RUNGS, after=None, at=START) is None

    def test_reminders_that_a_stop_slept_through_are_not_made_up_for(self) -> None:
        """But for the last of them; and the telephone is."""
        slept, now = row(delivered_at=START), after(700)
        first = Rung(after(60), REMIND)
        assert ladder.next_rung(slept, RUNGS, after=first, at=now) == Rung(after(85), CALL)
        called = replace(slept, call_since=now)
        last = ladder.next_rung(called, RUNGS, after=Rung(after(85), CALL), at=now)
        assert last == Rung(after(660), REMIND)
        assert ladder.next_rung(called, RUNGS, after=last, at=now) == Rung(after(780), REMIND)

    @settings(deadline=None)
    @given(
        undelivered=st.floats(1, 60),
        unconfirmed=st.floats(1, 600),
        again=st.floats(5, 600),
        again_for=st.floats(5, 3600),
        call=st.floats(1, 90),
        arrives=st.none() | st.floats(0, 3600),
    )
    def test_whatever_the_rungs_somebody_is_to_telephone_once_within_90_s(
        self,
        undelivered: float,
        unconfirmed: float,
        again: float,
        again_for: float,
        call: float,
        arrives: float | None,
    ) -> None:
        """And the steps come in time's order, each its own moment, and end."""
        rungs = Rungs(
            undelivered_s=undelivered,
            unconfirmed_s=unconfirmed,
            again_s=again,
            again_for_s=again_for,
            call_s=call,
        )
        done = climbed(row(), rungs, delivered_s=arrives)
        assert [step for _, step in done].count(CALL) == 1
        assert {step: second for second, step in done}[CALL] <= 90.001
        assert all(before[0] <= later[0] for before, later in pairwise(done))
        if arrives is None or arrives > undelivered:
            assert [step for _, step in done].count(UNDELIVERED) == 1
        if arrives is not None:
            assert [step for _, step in done].count(REMIND) == int(again_for // again) + 1


class TestAttempts:
    """When a delivery is tried again."""

    @pytest.mark.parametrize(
        ("made", "seconds"), [(1, 3), (2, 7), (3, 10), (4, 20), (5, 20), (6, 60), (7, 60), (30, 60)]
    )
    def test_by_the_partners_own_list_and_then_each_minute(self, made: int, seconds: float) -> None:
        """Counted from the beginning of the attempt that failed."""
        tried = row(attempts=made, expires_at=after(36_000))
        again = ladder.next_attempt(tried, RUNGS, begun_at=after(100), at=after(100.5))
        assert again == after(100 + seconds)

    def test_a_slow_failure_is_followed_at_once(self) -> None:
        """Its pause has passed while it was waited for."""
        again = ladder.next_attempt(row(attempts=1), RUNGS, begun_at=START, at=after(5))
        assert again == after(5)

    def test_a_partner_that_asks_for_patience_is_given_it(self) -> None:
        """Not more than there is."""
        tried = row(attempts=1)
        asked = ladder.next_attempt(tried, RUNGS, begun_at=START, at=after(1), asked_s=120)
        assert asked == after(121)
        for_ever = ladder.next_attempt(tried, RUNGS, begun_at=START, at=after(1), asked_s=1e9)
        assert for_ever == tried.expires_at

    def test_the_last_moment_is_the_end_of_its_use(self) -> None:
        """Then it is ended, and does not wait any longer."""
        tried = row(attempts=9, expires_at=after(130))
        assert ladder.next_attempt(tried, RUNGS, begun_at=after(100), at=after(100)) == after(130)

    @given(
        attempts=st.lists(st.floats(0, 3600), min_size=1, max_size=8),
        each=st.floats(1, 3600),
        made=st.integers(1, 100),
        took=st.floats(0, 10),
    )
    def test_it_is_never_before_now_and_never_too_late(
        self, attempts: list[float], each: float, made: int, took: float
    ) -> None:
        """Whatever list somebody writes, in whichever order."""
        rungs = Rungs(attempts_s=tuple(attempts), each_s=each)
        at = after(took)
        again = ladder.next_attempt(row(attempts=made), rungs, begun_at=START, at=at)
        assert at <= again <= after(3600)


@pytest.mark.parametrize(
    ("topic", "kind", "urgent", "watched"),
    [
        ("incident", "alert", True, True),
        ("incident", "alert", False, False),
        ("incident", "update", True, False),
        ("incident", "closed", True, False),
        ("incident", CHANGE, True, False),
        ("referral", CHANGE, True, False),
        ("link", "digest", True, False),
    ],
)
def test_whose_confirmation_is_waited_for(topic: str, kind: str, *, urgent: bool, watched: bool) -> None:
    """The first word of what is urgent."""
    assert ladder.is_watched(topic, kind, urgent=urgent) is watched


@pytest.mark.parametrize(("kind", "for_"), [("alert", timedelta(hours=1)), (CHANGE, timedelta(days=7))])
def test_how_long_it_is_of_use(kind: str, for_: timedelta) -> None:
    """What the dispatch system follows is the newest whenever it comes."""
    at: datetime = START
    assert ladder.expires_at(RUNGS, kind, at=at) == at + for_
