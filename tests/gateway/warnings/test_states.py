"""What a list makes of the warnings that are known: by rules, without a clock or a database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts import Severity, Warned, WarningReport
from gateway.warnings.rows import KeptWarning, State
from gateway.warnings.states import FORGOTTEN_AFTER, id_of, news, passed

from .builders import HOUR, NOON, SOURCE, kept, report, warned

AREAS = {"a": ("15.71",), "b": ("15.71",)}
LATER = NOON + HOUR


def told(
    known: Sequence[KeptWarning], listed: WarningReport, at: datetime = LATER
) -> dict[str, tuple[str | None, State]]:
    """Return what happened to each warning, by its identifier."""
    found = news("cuaca", known, listed, AREAS, at=at)
    return {each.row.identifier: (each.act, each.row.state) for each in found}


def test_a_new_one_is_heard() -> None:
    """With what it touches."""
    (one,) = news("cuaca", [], report(warned()), AREAS, at=LATER)
    assert one.act == "heard"
    assert one.row == kept(seen_at=LATER)


def test_what_touches_nobody_here_is_kept_as_well() -> None:
    """And says so."""
    (one,) = news("cuaca", [], report(warned("far")), AREAS, at=LATER)
    assert not one.row.touches


def test_seen_again_is_no_news() -> None:
    """Only when it was seen is written down."""
    (one,) = news("cuaca", [kept(incident="i-1")], report(warned()), AREAS, at=LATER)
    assert one.act is None
    assert one.row == kept(seen_at=LATER, incident="i-1")


@pytest.mark.parametrize(
    "change",
    [{"severity": Severity.EXTREME}, {"text": "lain"}, {"expires_at": NOON + 3 * HOUR}, {"headline": "lain"}],
)
def test_a_changed_one_is_news(change: dict[str, Any]) -> None:
    """What was proposed for it stays."""
    (one,) = news("cuaca", [kept(incident="i-1")], report(warned(**change)), AREAS, at=LATER)
    assert one.act == "changed"
    assert one.row.incident == "i-1"
    assert all(getattr(one.row, name) == value for name, value in change.items())


def test_gone_from_the_list_is_stale_and_not_cancelled() -> None:
    """Nobody has said that it is void."""
    assert told([kept()], report()) == {"a": ("stale", State.STALE)}
    assert told([kept(state=State.STALE)], report()) == {}


def test_back_on_the_list_is_in_force() -> None:
    """As if it had never been away."""
    assert told([kept(state=State.STALE)], report(warned())) == {"a": ("changed", State.IN_FORCE)}


def test_listed_and_unreadable_is_as_before() -> None:
    """Whoever cannot read it knows nothing new."""
    assert told([kept()], report(unread=("a",))) == {}


def test_its_own_end_counts() -> None:
    """On the list or off it, and though nothing could be read."""
    end = NOON + 2 * HOUR
    over = {"a": ("over", State.OVER)}
    assert told([kept()], report(warned()), at=end) == over
    assert told([kept()], report(), at=end) == over
    assert told([kept(state=State.STALE)], report(unread=("a",)), at=end) == {}
    assert [each.row.state for each in passed([kept()], at=end)] == [State.OVER]
    assert passed([kept()], at=end - timedelta(seconds=1)) == []
    assert passed([kept(state=State.OVER), kept("b", State.CANCELLED)], at=end) == []


def test_what_was_over_before_it_was_heard_is_nothing() -> None:
    """Old ones on a list make no noise."""
    assert told([], report(warned()), at=NOON + 2 * HOUR) == {}


def test_a_cancel_voids_what_it_names() -> None:
    """And is no warning itself."""
    word = warned("c", is_cancel=True, cancels=("a", "nobody-knows"), rings=())
    assert told([kept()], report(word)) == {"a": ("cancelled", State.CANCELLED)}
    assert told([kept()], report(warned(), word)) == {"a": ("cancelled", State.CANCELLED)}
    assert told([kept(state=State.STALE)], report(word)) == {"a": ("cancelled", State.CANCELLED)}
    assert told([], report(warned(), word)) == {"a": ("cancelled", State.CANCELLED)}


def test_a_cancelled_one_stays_so() -> None:
    """Though the list still has it; only a newer word brings it back."""
    void = kept(state=State.CANCELLED)
    assert told([void], report(warned())) == {"a": (None, State.CANCELLED)}
    newer = warned(sent_at=NOON + timedelta(minutes=1))
    assert told([void], report(newer)) == {"a": ("changed", State.IN_FORCE)}


def test_an_update_takes_the_place_of_what_it_names() -> None:
    """The old one is over, the new one in force."""
    update = warned("b", cancels=("a",))
    assert told([kept()], report(update)) == {"a": ("over", State.OVER), "b": ("heard", State.IN_FORCE)}


def test_a_test_is_nothing() -> None:
    """Nobody is to act on it, and it voids nothing."""
    trial = warned("b", is_test=True)
    void = warned("c", is_test=True, is_cancel=True, cancels=("a",))
    assert told([kept()], report(warned(), trial, void)) == {"a": (None, State.IN_FORCE)}


def test_what_names_no_end_is_forgotten_in_a_day() -> None:
    """After it was last seen."""
    endless = kept(state=State.STALE, expires_at=None)
    assert told([endless], report(), at=NOON + FORGOTTEN_AFTER - HOUR) == {}
    assert told([endless], report(), at=NOON + FORGOTTEN_AFTER) == {"a": ("over", State.OVER)}


def test_others_of_the_same_name_are_others() -> None:
    """An identifier is one of its source."""
    assert id_of(SOURCE, "a") != id_of("gempa-contoh", "a")
    assert id_of(SOURCE, "a") == id_of(SOURCE, "a")
    assert len(id_of(SOURCE, "a")) == 15


def test_two_texts_of_one_warning_are_one() -> None:
    """The last on the list counts."""
    first: Warned = warned(language="en")
    found = news("cuaca", [], report(first, warned()), AREAS, at=LATER)
    assert [each.row.language for each in found] == ["id"]
