"""What is offered to the queue: each turn once, of a group a few more than may be under way."""

from collections.abc import Iterable

import pytest

from gateway.turns import Due
from gateway.turns.executor import AGAIN_S
from gateway.turns.offers import AHEAD, SLOW_S, Offers

from .rows import Rows

LIMIT = 2


def due(names: Iterable[str], *, group: str = "") -> list[Due]:
    """Return rows of one group, in this order."""
    return [Due(name, 0, group) for name in names]


@pytest.fixture
def offers() -> Offers:
    """Offers of a kind whose group `police` has two places; of others three may wait."""
    kind = Rows()
    kind.limits = {"police": LIMIT}
    return Offers(kind, 3)


def test_each_is_offered_once_as_long_as_it_is_due(offers: Offers) -> None:
    """A turn that came after it is another one."""
    assert offers.choose(due("ab"), now=100.0) == (due("ab"), 0)
    assert offers.choose(due("abc"), now=100.5) == (due("c"), 0)
    assert offers.choose([Due("a", 1)], now=101.0) == ([Due("a", 1)], 0)


def test_one_that_is_still_due_after_a_while_is_offered_anew(offers: Offers) -> None:
    """Should the queue have lost it; a queue that has it does nothing."""
    offers.choose(due("a"), now=100.0)
    assert offers.choose(due("a"), now=100.0 + AGAIN_S - 0.1)[0] == []
    assert offers.choose(due("a"), now=100.0 + AGAIN_S)[0] == due("a")


def test_no_more_wait_than_may(offers: Offers) -> None:
    """The next when there is room; whoever found none is told of, once."""
    assert offers.choose(due("abcde"), now=100.0) == (due("abc"), 0)
    assert (offers.was_turned_away(None), offers.was_turned_away(None)) == (True, False)
    assert offers.choose(due("bcde"), now=100.1) == (due("d"), 0)


def test_those_that_rest_take_nobodys_place(offers: Offers) -> None:
    """They are still due long after they were offered, and so many more are asked for."""
    offers.choose(due("abc"), now=100.0)
    assert offers.choose(due("abcdef"), now=100.1 + SLOW_S) == (due("def"), 3)


def test_of_a_group_with_a_limit_no_more_wait_than_go_soon(offers: Offers) -> None:
    """Those that are left out are counted, that they hide nobody; others have their own places."""
    names = [f"p{n}" for n in range(9)]
    police, others = due(names, group="police"), due("ab", group="fire")
    chosen, waiting = offers.choose([*police, *others], now=100.0)
    assert chosen == [*police[: AHEAD * LIMIT], *others]
    assert waiting == 9 - AHEAD * LIMIT
    assert offers.was_turned_away("police")
    assert not offers.was_turned_away("fire")
    chosen, waiting = offers.choose([*police[1:], *others], now=100.1)
    assert (chosen, waiting) == ([police[AHEAD * LIMIT]], 8 - 1)


def test_an_urgent_newcomer_goes_before_those_that_were_never_offered(offers: Offers) -> None:
    """Order is the kind's; what stands in the queue already keeps its place."""
    police = due(["p1", "p2", "p3", "p4", "p5"], group="police")
    offers.choose(police, now=100.0)
    urgent = due(["u"], group="police")
    assert offers.choose([*urgent, *police[1:]], now=100.1)[0] == urgent
