"""What a receipt means: forward only, and only a person ends the clock."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Progress, Receipt
from gateway.notifications.confirming import CONFIRMS, confirmed, is_known, refuses
from gateway.notifications.rows import Delivery, Heard, Notification
from gateway.partners.shape import Rungs

from .builders import START, after, row

RECEIVED, INTEGRATED, READ, ACCEPTED, REFUSED, DISPATCHED, ON_SCENE, CLOSED = Progress
DELIVERED = row(
    delivery=Delivery.DELIVERED, delivered_at=START, channel="wire", watch="call", watch_due_at=after(90)
)
AT = after(50)


def said(progress: Progress, *, by: str | None = "Bripka Contoh", **more: Any) -> Receipt:
    """Return a receipt of a person, of a machine without *by*."""
    return Receipt("n-aaaaaaaaaaaaa", progress, by=by, **more)


def then(
    before: Notification, receipt: Receipt, channel: str = "callback", *, refused_at: datetime | None = None
) -> Notification:
    """Return the row after a receipt."""
    changes = confirmed(before, receipt, channel=channel, rungs=Rungs(), at=AT, refused_at=refused_at)
    return replace(before, **changes)


@pytest.mark.parametrize(
    ("before", "heard", "now"),
    [
        (None, RECEIVED, RECEIVED),
        (RECEIVED, INTEGRATED, INTEGRATED),
        (INTEGRATED, RECEIVED, INTEGRATED),
        (INTEGRATED, READ, READ),
        (READ, ACCEPTED, ACCEPTED),
        (ACCEPTED, READ, ACCEPTED),
        (DISPATCHED, ACCEPTED, DISPATCHED),
        (ON_SCENE, DISPATCHED, ON_SCENE),
        (ON_SCENE, CLOSED, CLOSED),
        (ACCEPTED, REFUSED, REFUSED),
        (DISPATCHED, REFUSED, REFUSED),
        (REFUSED, READ, REFUSED),
        (REFUSED, RECEIVED, REFUSED),
        (REFUSED, ACCEPTED, ACCEPTED),
        (REFUSED, DISPATCHED, DISPATCHED),
        (CLOSED, REFUSED, CLOSED),
        (CLOSED, ACCEPTED, CLOSED),
    ],
)
def test_a_partner_only_ever_moves_forward(before: Progress | None, heard: Progress, now: Progress) -> None:
    """A refusal stands until a person there says otherwise later; an end stands for good."""
    assert then(replace(DELIVERED, progress=before), said(heard)).progress is now


def test_a_word_from_before_the_refusal_does_not_take_it_back() -> None:
    """It only came later."""
    refused = replace(DELIVERED, progress=REFUSED, human=True, call=True, alarm="refused")
    late = then(refused, said(ACCEPTED, at=after(10)), refused_at=after(20))
    assert (late.progress, late.call, late.alarm) == (REFUSED, True, "refused")
    after_all = then(refused, said(ACCEPTED, at=after(30)), refused_at=after(20))
    assert (after_all.progress, after_all.call, after_all.alarm) == (ACCEPTED, False, None)


@pytest.mark.parametrize("progress", sorted(CONFIRMS))
@pytest.mark.parametrize("channel", ["wire", "callback", "inbox", "phone", "radio"])
def test_a_person_ends_the_clock_whatever_way_it_is_heard(progress: Progress, channel: str) -> None:
    """Rung, call and alarm go in the same change."""
    alarmed = replace(DELIVERED, alarm="call_now", call=True, call_since=after(90))
    now = then(alarmed, said(progress), channel)
    assert (now.human, now.confirmed_at, now.progress) == (True, AT, progress)
    assert (now.watch, now.watch_due_at, now.call, now.alarm) == (None, None, False, None)
    assert now.watch_turn == alarmed.watch_turn + 1


def test_a_duty_post_is_as_good_as_a_name() -> None:
    """Somebody stands behind it."""
    assert then(DELIVERED, said(ACCEPTED, by=None, post="SPKT")).human


@pytest.mark.parametrize("progress", list(Progress))
@pytest.mark.parametrize("channel", ["wire", "callback", "inbox"])
def test_a_machine_ends_nothing(progress: Progress, channel: str) -> None:
    """Whatever it says: it has no name."""
    alarmed = replace(DELIVERED, alarm="call_now", call=True)
    now = then(alarmed, said(progress, by=None), channel)
    assert (now.human, now.watch, now.watch_due_at) == (False, alarmed.watch, alarmed.watch_due_at)
    assert (now.call, now.alarm) == (True, "call_now")
    assert now.progress in (RECEIVED, INTEGRATED, REFUSED)


def test_after_a_person_a_machine_may_say_how_it_goes_on() -> None:
    """The vehicle's own state, say."""
    accepted = then(DELIVERED, said(ACCEPTED))
    assert then(accepted, said(ON_SCENE, by=None)).progress is ON_SCENE


@pytest.mark.parametrize("by", ["Bripka Contoh", None])
def test_a_refusal_is_heard_of_at_once(by: str | None) -> None:
    """A person's ends the ladder, a machine's does not; an operator must see to both."""
    receipt = said(REFUSED, by=by)
    changes = confirmed(DELIVERED, receipt, channel="callback", rungs=Rungs(), at=AT, refused_at=None)
    assert refuses(DELIVERED, changes, receipt)
    assert bool(changes.get("human")) is (by is not None)


def test_a_late_refusal_of_what_is_closed_is_only_recorded() -> None:
    """It is over there."""
    closed = replace(DELIVERED, progress=CLOSED, human=True)
    receipt = said(REFUSED)
    changes = confirmed(closed, receipt, channel="callback", rungs=Rungs(), at=AT, refused_at=None)
    assert not refuses(closed, changes, receipt)


@pytest.mark.parametrize(
    ("channel", "delivery", "now"),
    [
        ("callback", Delivery.QUEUED, Delivery.DELIVERED),
        ("inbox", Delivery.QUEUED, Delivery.DELIVERED),
        ("phone", Delivery.QUEUED, Delivery.QUEUED),
        ("phone", Delivery.HELD, Delivery.HELD),
        ("callback", Delivery.HELD, Delivery.HELD),
        ("callback", Delivery.DEAD, Delivery.DEAD),
        ("callback", Delivery.EXPIRED, Delivery.EXPIRED),
        ("callback", Delivery.SUPERSEDED, Delivery.SUPERSEDED),
    ],
)
def test_what_a_word_proves_of_the_delivery(channel: str, delivery: Delivery, now: Delivery) -> None:
    """Its system has it if it speaks; a person on the telephone has it, the system still should."""
    spoken = then(row(delivery=delivery), said(ACCEPTED), channel)
    assert spoken.delivery is now
    assert spoken.human
    assert spoken.channel == {"callback": "wire"}.get(channel, channel) or now is not Delivery.DELIVERED


def test_the_partners_own_number_is_kept() -> None:
    """It decides who pays for an accident; a later receipt without one does not take it away."""
    numbered = then(DELIVERED, said(ACCEPTED, reference="LP/B/1/XI/2026"))
    assert then(numbered, said(CLOSED)).reference == "LP/B/1/XI/2026"


HEARD = Heard("n-1", 1, ACCEPTED, START, None, "callback", "machine", "k-1", post="SPKT", reference="LP/1")


@pytest.mark.parametrize(
    ("receipt", "known"),
    [
        (said(ACCEPTED, by="A", post="SPKT", reference="LP/1"), True),
        (said(ACCEPTED, by="A", post="SPKT", reference="LP/1", at=AT, reason="x"), True),
        (said(ACCEPTED, by="B", post="SPKT", reference="LP/1"), False),
        (said(ACCEPTED, by="A", post=None, reference="LP/1"), False),
        (said(ACCEPTED, by="A", post="SPKT"), False),
        (said(DISPATCHED, by="A", post="SPKT", reference="LP/1"), False),
    ],
)
def test_when_a_receipt_is_the_same_again(receipt: Receipt, known: bool) -> None:
    """The word, who, where and the number; not when, nor by which way."""
    assert is_known(receipt, [HEARD], {1: "A"}) is known


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Progress)), st.booleans(), st.sampled_from(["callback", "phone"]))
    )
)
def test_whatever_is_said_nothing_is_ever_reopened(words: list[tuple[Progress, bool, str]]) -> None:
    """Confirmed stays confirmed, the clock stays still, closed stays closed."""
    now = DELIVERED
    for progress, is_person, channel in words:
        before, now = now, then(now, said(progress, by="A" if is_person else None), channel)
        assert now.human or not before.human
        assert now.human is (before.human or (is_person and now.human))
        if before.human:
            assert (now.watch, now.watch_due_at, now.confirmed_at) == (None, None, before.confirmed_at)
        if before.progress is CLOSED:
            assert now.progress is CLOSED
        assert now.delivery is before.delivery
