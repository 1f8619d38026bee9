"""The fate of held messages as a table, and what is changed by it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from contracts import AlertKind
from gateway.notifications import releasing
from gateway.notifications.releasing import Fate
from gateway.notifications.rows import Delivery, Notification
from gateway.partners.shape import Rungs

NOW = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
H, Q, D, X = Delivery.HELD, Delivery.QUEUED, Delivery.DELIVERED, Delivery.DEAD


def row(number: int, kind: str = "alert", delivery: Delivery = H, **more: object) -> Notification:
    """Return a row of one lane, accepted half an hour ago."""
    made = Notification(
        id=f"n-{number}",
        partner="bpbd",
        number=number,
        topic="incident",
        about="i-1",
        sequence=number,
        kind=kind,
        urgent=True,
        drill=False,
        subject=None,
        delivery=delivery,
        accepted_at=NOW - HOUR / 2,
        expires_at=NOW + HOUR / 2,
        held_since=NOW - HOUR / 2,
        call=True,
        alarm="not_connected",
    )
    return replace(made, **more)  # type: ignore[arg-type]  # as the tests name them


LATE = {"expires_at": NOW}
TABLE = {
    "one, open": ([row(1)], False, [Fate.RELEASED]),
    "one, over": ([row(1)], True, [Fate.IN_DIGEST]),
    "one, too late": ([row(1, **LATE)], False, [Fate.EXPIRED]),
    "one, too late and over": ([row(1, **LATE)], True, [Fate.EXPIRED]),
    "a drill, over": ([row(1, drill=True)], True, [Fate.OVER]),
    "two pictures": ([row(1), row(2, "update")], False, [Fate.SUPERSEDED, Fate.RELEASED]),
    "the older too late": ([row(1, **LATE), row(2, "update")], False, [Fate.EXPIRED, Fate.RELEASED]),
    "only the newer too late": ([row(1), row(2, "update", **LATE)], False, [Fate.RELEASED, Fate.EXPIRED]),
    "all of one that is over": ([row(1), row(2, "update")], True, [Fate.IN_DIGEST] * 2),
    "a last word among them": ([row(1), row(2, "closed")], False, [Fate.IN_DIGEST] * 2),
    "a false alarm": ([row(1), row(2, "cancel")], False, [Fate.IN_DIGEST] * 2),
    "known, then closed": ([row(1, delivery=D), row(2, "closed")], True, [Fate.RELEASED]),
    "known, closed too late": ([row(1, delivery=D), row(2, "closed", **LATE)], True, [Fate.RELEASED]),
    "known, updated too late": ([row(1, delivery=D), row(2, "update", **LATE)], False, [Fate.EXPIRED]),
    "perhaps known, then closed": (
        [row(1, attempts=1), row(2, "closed")],
        True,
        [Fate.SUPERSEDED, Fate.RELEASED],
    ),
    "refused for good, then updated": ([row(1, delivery=X), row(2, "update")], False, [Fate.RELEASED]),
    "a newer one is on its way": ([row(1), row(2, "update", Q)], False, [Fate.SUPERSEDED]),
    "a newer one has arrived": ([row(1), row(2, "update", D)], False, [Fate.SUPERSEDED]),
    "changes": ([row(1, "change"), row(2, "change")], True, [Fate.SUPERSEDED, Fate.RELEASED]),
    "changes and pictures": ([row(1, "change"), row(2)], True, [Fate.RELEASED, Fate.IN_DIGEST]),
    "digests": (
        [row(1, "digest", topic="link", about="-"), row(2, "digest", topic="link", about="-")],
        False,
        [Fate.RELEASED] * 2,
    ),
}


@pytest.mark.parametrize(("rows", "ended", "fates"), TABLE.values(), ids=TABLE.keys())
def test_each_held_row_has_its_fate(rows: list[Notification], ended: bool, fates: list[Fate]) -> None:
    """In the order of the numbers."""
    lane = releasing.lane(rows, ended=ended, at=NOW)
    held = [each for each in rows if each.delivery is H]
    assert [releasing.fate(each, lane, at=NOW) for each in held] == fates


@pytest.mark.parametrize("ended", [False, True])
def test_at_most_one_picture_goes_out_and_none_is_forgotten(ended: bool) -> None:
    """Of every lane of up to three rows."""
    kinds, deliveries = ("alert", "update", "closed"), (H, Q, D, X)
    for cells in product(product(kinds, deliveries), repeat=3):
        rows = [row(number, kind, how) for number, (kind, how) in enumerate(cells, 1)]
        lane = releasing.lane(rows, ended=ended, at=NOW)
        fates = [releasing.fate(each, lane, at=NOW) for each in rows if each.delivery is H]
        assert fates.count(Fate.RELEASED) <= 1
        if fates and Fate.RELEASED not in fates and Fate.IN_DIGEST not in fates:
            newer = [each for each in rows if each.delivery in (Q, D)]
            assert newer, cells  # somebody else tells it


def test_what_goes_out_says_that_it_is_late_and_since_when() -> None:
    """As the first word where none has arrived, with time to be of use."""
    rows = [row(1), row(2, "update")]
    changes = releasing.release(rows[1], releasing.lane(rows, ended=False, at=NOW), Rungs(), at=NOW)
    gone = replace(rows[1], **changes)
    assert (gone.delivery, gone.kind, gone.delayed, gone.held_since) == (Q, "alert", True, rows[1].held_since)
    assert (gone.alarm, gone.call, gone.watch) == (None, True, "undelivered")
    assert gone.expires_at == NOW + HOUR
    assert gone.watch_due_at is not None
    assert gone.watch_due_at > NOW


def test_whom_somebody_there_has_confirmed_to_is_asked_no_more() -> None:
    """By telephone, while it was held; its system is told all the same."""
    told = row(1, human=True, call=False)
    changes = releasing.release(told, releasing.lane([told], ended=False, at=NOW), Rungs(), at=NOW)
    gone = replace(told, **changes)
    assert (gone.delivery, gone.call, gone.watch) == (Q, False, None)


@pytest.mark.parametrize("fate", [Fate.SUPERSEDED, Fate.IN_DIGEST, Fate.OVER])
def test_what_is_not_told_need_not_be_rung_about(fate: Fate) -> None:
    """Something else tells it, or nobody need."""
    ended = replace(row(1), **releasing.end(fate, newer="n-2", at=NOW))
    assert (ended.call, ended.alarm, ended.due_at, ended.ended_at) == (False, None, None, NOW)
    assert ended.reason is not None


def test_what_expired_was_never_told_and_somebody_is_still_to_ring() -> None:
    """Until they say that they have."""
    ended = replace(row(1), **releasing.end(Fate.EXPIRED, newer=None, at=NOW))
    assert (ended.delivery, ended.call, ended.alarm) == (Delivery.EXPIRED, True, "not_connected")


def test_an_update_that_is_on_its_way_becomes_the_first_word() -> None:
    """Only where none has arrived, and nothing of it may have."""
    waits = row(2, "update", Q)
    lane = releasing.lane([row(1), waits], ended=False, at=NOW)
    assert (releasing.first_word(lane, Rungs(), at=NOW) or {})["kind"] == AlertKind.ALERT
    for rows in ([row(1, delivery=D), waits], [row(1), replace(waits, attempts=1)], [row(1)]):
        lane = releasing.lane(rows, ended=False, at=NOW)
        assert releasing.first_word(lane, Rungs(), at=NOW) is None


@pytest.mark.parametrize(
    ("more", "rings"),
    [
        ({}, True),
        ({"human": True}, False),
        ({"kind": "change"}, False),
        ({"topic": "link"}, False),
    ],
)
def test_what_is_held_is_told_by_telephone(more: dict[str, object], rings: bool) -> None:
    """Unless somebody there knows, or nothing has happened."""
    waits = row(1, delivery=Q, call=False, alarm=None, held_since=None, **more)
    held = replace(waits, **releasing.hold(waits, "suspended", at=NOW))
    assert (held.delivery, held.held_since, held.due_at, held.watch) == (H, NOW, None, None)
    assert (held.call, held.alarm) == ((True, "suspended") if rings else (False, None))


def test_held_again_it_is_held_since_the_first_time() -> None:
    """It has not been told since then."""
    again = row(1, delivery=Q)
    assert releasing.hold(again, "suspended", at=NOW)["held_since"] == again.held_since
