"""The breaker by itself, on a clock that a test turns."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.partners.breaker import Breaker, Permit


class Clock:
    """Seconds, as a test wants them."""

    def __init__(self) -> None:
        self.at = 5000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.at


class Watched:
    """A breaker, its clock, and what it said of its turns."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.turns: list[bool] = []
        self.breaker = Breaker(now=self.clock, jitter=lambda low, _: low, on_turn=self.turns.append)

    def fail(self, times: int = 1) -> None:
        """Make so many failing attempts."""
        for _ in range(times):
            self.breaker.failed(self.admitted())

    def answer(self, times: int = 1) -> None:
        """Make so many good attempts."""
        for _ in range(times):
            self.breaker.succeeded(self.admitted())

    def admitted(self) -> Permit:
        """Return a permit that must be there."""
        permit = self.breaker.admit()
        assert permit is not None
        return permit

    def pause(self) -> float:
        """Return the seconds until the next probe is let through; the probe is given back."""
        began = self.clock.at
        while (permit := self.breaker.admit()) is None:
            self.clock.at += 0.5
            assert self.clock.at < began + 1000
        self.breaker.gave_up(permit)
        return self.clock.at - began


def test_it_opens_at_the_fifth_failure_in_a_row() -> None:
    """Not at the fourth."""
    watched = Watched()
    watched.fail(4)
    assert watched.breaker.state == "closed"
    watched.fail()
    assert (watched.breaker.state, watched.breaker.admit()) == ("open", None)


def test_one_answer_in_between_begins_the_count_anew() -> None:
    """Four, one good, four: still closed."""
    watched = Watched()
    watched.fail(4)
    watched.answer()
    watched.fail(4)
    assert watched.breaker.state == "closed"


@pytest.mark.parametrize(("rounds", "state"), [(9, "closed"), (10, "open")])
def test_half_of_twenty_in_ten_seconds_opens_it(rounds: int, state: str) -> None:
    """Never five in a row, and yet every other one fails: 18 say nothing yet, 20 do."""
    watched = Watched()
    for _ in range(rounds):
        watched.answer()
        watched.fail()
        watched.clock.at += 0.4
    assert watched.breaker.state == state


def test_less_than_half_leaves_it_closed() -> None:
    """Two of five fail, for minutes."""
    watched = Watched()
    for _ in range(400):
        watched.answer(3)
        watched.fail(2)
        watched.clock.at += 0.3
    assert watched.breaker.state == "closed"


def test_what_is_older_than_ten_seconds_is_forgotten() -> None:
    """Ten failures now and then ten a quarter of a minute later are no outage."""
    watched = Watched()
    for _ in range(3):
        for _ in range(9):
            watched.answer()
            watched.fail()
        watched.clock.at += 11
    assert watched.breaker.state == "closed"


def test_load_costs_no_memory() -> None:
    """A million attempts within ten seconds are ten numbers, not a million."""
    watched = Watched()
    for _ in range(20_000):
        watched.answer()
        watched.clock.at += 0.001
    assert len(watched.breaker._window._seconds) <= 11


def test_after_the_pause_one_is_let_through_and_no_other() -> None:
    """Until the probe has told what became of it."""
    watched = Watched()
    watched.fail(5)
    watched.clock.at += 4.9
    assert (watched.breaker.state, watched.breaker.admit()) == ("open", None)
    watched.clock.at += 0.2
    assert watched.breaker.state == "half_open"
    probe = watched.breaker.admit()
    assert probe is not None
    assert [watched.breaker.admit() for _ in range(20)] == [None] * 20
    watched.clock.at += 100
    assert watched.breaker.admit() is None
    assert watched.breaker.state == "half_open"
    watched.breaker.succeeded(probe)
    assert watched.breaker.state == "closed"


def test_to_ask_whether_it_would_admit_takes_no_permit() -> None:
    """Looking is free, and says what admit then does."""
    watched = Watched()
    watched.fail(5)
    assert not watched.breaker.would_admit()
    watched.clock.at += 5
    assert [watched.breaker.would_admit() for _ in range(3)] == [True] * 3
    assert watched.breaker.admit() is not None
    assert not watched.breaker.would_admit()


def test_each_failed_probe_doubles_the_pause_up_to_a_minute() -> None:
    """5, 10, 20, 40, then at most 60 s, however long the outage."""
    watched = Watched()
    watched.fail(5)
    pauses = []
    for _ in range(12):
        pauses.append(watched.pause())
        watched.fail()
    assert pauses[:4] == [5, 10, 20, 40]
    assert all(40 < pause <= 60 for pause in pauses[4:])


def test_after_closing_the_first_pause_is_short_again() -> None:
    """What happened last week does not lengthen today's."""
    watched = Watched()
    watched.fail(5)
    for _ in range(6):
        watched.pause()
        watched.fail()
    watched.pause()
    watched.answer()
    assert watched.breaker.state == "closed"
    watched.fail(4)
    assert watched.breaker.state == "closed"
    watched.fail()
    assert watched.pause() == 5


@given(st.integers())
def test_the_pause_is_never_shorter_than_said_and_never_over_a_minute(seed: int) -> None:
    """With whatever jitter."""
    watched = Watched()
    watched.breaker = Breaker(now=watched.clock, jitter=random.Random(seed).uniform)
    watched.fail(5)
    for shortest, longest in [(5, 7), (10, 13), (20, 26), (40, 51), (45, 60.5), (45, 60.5)]:
        assert shortest <= watched.pause() <= longest
        watched.fail()


def test_a_probe_given_back_lets_another_be_it_at_once() -> None:
    """Whose asker went away has judged nothing: neither longer nor closed."""
    watched = Watched()
    watched.fail(5)
    watched.clock.at += 5
    watched.breaker.gave_up(watched.admitted())
    assert watched.breaker.state == "half_open"
    watched.answer()
    assert watched.breaker.state == "closed"


def test_a_permit_from_before_the_opening_counts_no_more() -> None:
    """Neither its failure, nor its answer, nor its giving up touch the pause or the probe."""
    watched = Watched()
    stale = watched.admitted()
    watched.fail(5)
    watched.breaker.succeeded(stale)
    assert watched.breaker.state == "open"
    watched.clock.at += 5
    probe = watched.admitted()
    watched.breaker.gave_up(stale)
    watched.breaker.failed(stale)
    assert watched.breaker.admit() is None
    watched.breaker.succeeded(probe)
    assert watched.breaker.state == "closed"
    watched.breaker.failed(stale)
    assert watched.breaker.state == "closed"


def test_a_probe_given_back_twice_does_not_free_the_next_one() -> None:
    """Its permit is not the second probe's."""
    watched = Watched()
    watched.fail(5)
    watched.clock.at += 5
    first = watched.admitted()
    watched.breaker.gave_up(first)
    watched.admitted()
    watched.breaker.gave_up(first)
    assert watched.breaker.admit() is None


def test_no_second_attempt_under_a_permit_that_is_over() -> None:
    """A probe is one attempt, and an opened breaker ends the retries under way."""
    watched = Watched()
    permit = watched.admitted()
    assert watched.breaker.allows_another(permit)
    watched.fail(5)
    assert not watched.breaker.allows_another(permit)
    watched.clock.at += 5
    assert not watched.breaker.allows_another(watched.admitted())


def test_it_says_once_that_it_opened_and_once_that_it_closed() -> None:
    """Failed probes in between are no news."""
    watched = Watched()
    watched.fail(5)
    for _ in range(3):
        watched.pause()
        watched.fail()
    watched.pause()
    watched.answer(5)
    assert watched.turns == [True, False]


@given(st.lists(st.sampled_from("admit good bad gone wait".split()), max_size=120), st.randoms())
def test_whatever_happens_at_most_one_probe_is_out(doings: list[str], luck: random.Random) -> None:
    """And after a minute of peace somebody is always let through."""
    watched = Watched()
    breaker, out, probes = watched.breaker, list[Permit](), set[Permit]()
    for doing in doings:
        if doing == "wait":
            watched.clock.at += luck.choice([0.1, 3, 7, 61])
        elif doing == "admit":
            was_closed = breaker.state == "closed"
            if (permit := breaker.admit()) is not None:
                out.append(permit)
                assert was_closed or not probes
                if not was_closed:
                    probes.add(permit)
        elif out:
            permit = out.pop(luck.randrange(len(out)))
            tell = {"good": breaker.succeeded, "bad": breaker.failed, "gone": breaker.gave_up}[doing]
            tell(permit)
            probes.discard(permit)
    for permit in out:
        breaker.gave_up(permit)
    watched.clock.at += 61
    assert breaker.admit() is not None
