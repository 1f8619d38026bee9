"""Guessing slows down, by whom and from where, and is forgotten."""

from gateway.accounts.throttle import (
    COUNTED_BY_ITSELF,
    FORGET_US,
    MOST_KEPT,
    Throttle,
    for_code,
    for_password,
)

HERE, THERE = "192.0.2.0/24", "198.51.100.0/24"


def _fail(throttle: Throttle, times: int, who: str = "kepala", source: str = HERE, at_us: int = 0) -> None:
    for _ in range(times):
        throttle.failed(who, source, at_us=at_us)


def test_the_wait_doubles_to_a_minute_and_no_further() -> None:
    """Three are free; nobody is ever locked out."""
    throttle, waits = Throttle(), []
    for _ in range(12):
        waits.append(throttle.wait_s("kepala", HERE, at_us=0))
        throttle.failed("kepala", HERE, at_us=0)
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert throttle.wait_s("kepala", HERE, at_us=60_000_000) == 0


def test_a_stranger_elsewhere_can_cost_the_owner_five_seconds_at_most() -> None:
    """However often he tries."""
    throttle = Throttle()
    _fail(throttle, 500, source=THERE)
    assert throttle.wait_s("kepala", HERE, at_us=0) == 5
    assert throttle.wait_s("wakil", HERE, at_us=0) == 0


def test_codes_guessed_from_everywhere_are_slowed_to_one_a_minute() -> None:
    """Whoever guesses at them has the password; 5 s would let a twentieth of all codes be tried in a day."""
    throttle = Throttle()
    for number in range(40):
        throttle.failed(for_code("a-head"), f"198.51.{number}.0/24", at_us=0)
        throttle.failed(for_password("kepala"), f"198.51.{number}.0/24", at_us=0)
    assert throttle.wait_s(for_code("a-head"), HERE, at_us=0) == 60
    assert throttle.wait_s(for_password("kepala"), HERE, at_us=0) == 5


def test_no_guessing_keeps_the_owners_own_browser_waiting() -> None:
    """Neither from next door nor from everywhere; what is guessed at from there counts there alone."""
    throttle, own = Throttle(), f"{COUNTED_BY_ITSELF}0123"
    for who in (for_password("kepala"), for_code("a-head")):
        _fail(throttle, 500, who, HERE)
        _fail(throttle, 500, who, THERE)
        assert throttle.wait_s(who, own, at_us=0) == 0
        _fail(throttle, 5, who, own)
        assert throttle.wait_s(who, own, at_us=0) == 4


def test_what_was_right_is_counted_nowhere() -> None:
    """Somebody who signs in all day does not use up what is free for the neighbours."""
    throttle = Throttle()
    for _ in range(100):
        _fail(throttle, 1)
        throttle.succeeded("kepala", HERE)
    assert throttle.wait_s("kepala", HERE, at_us=0) == throttle.wait_s("wakil", HERE, at_us=0) == 0
    _fail(throttle, 1)
    throttle.taken_back("kepala", HERE)
    assert [record.failures for record in throttle._records.values()] == [0, 0, 0]


def test_one_password_on_many_accounts_is_slowed_too() -> None:
    """Twenty from one neighbourhood are free, whoever they are about."""
    throttle = Throttle()
    for number in range(20):
        throttle.failed(f"orang-{number}", HERE, at_us=0)
    assert throttle.wait_s("orang-99", HERE, at_us=0) == 1
    assert throttle.wait_s("orang-99", THERE, at_us=0) == 0


def test_success_forgets_ones_own_mistakes_and_time_all() -> None:
    """A quarter of an hour."""
    throttle = Throttle()
    _fail(throttle, 5)
    throttle.succeeded("kepala", HERE)
    assert throttle.wait_s("kepala", HERE, at_us=0) == 0
    _fail(throttle, 50)
    assert throttle.wait_s("kepala", HERE, at_us=FORGET_US + 1) == 0


def test_a_flood_of_names_does_not_fill_the_memory() -> None:
    """The oldest go."""
    throttle = Throttle()
    for number in range(MOST_KEPT):
        throttle.failed(f"orang-{number}", HERE, at_us=0)
    assert len(throttle._records) == MOST_KEPT
