"""What a form orders, read strictly; the pages offer nothing else, and a forged form orders nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError

from contracts import Criterion
from gateway.problems import Problem
from gateway.referrals.bodies import AnswerBody
from gateway.referrals.orders import Order, TelephoneAnswer
from gateway.referrals.states import Event

Form = Mapping[str, str]

NEEDS_A_NOTE: Final = frozenset({Event.REJECT, Event.CANCEL, Event.APPROVE_BY_TELEPHONE})
# What has happened, or must go on, whatever the page was when it was pressed: no version holds it back.
WHATEVER_WAS_SEEN: Final = frozenset({Event.BREAK_GLASS, Event.WORSENED, Event.ARRIVE, Event.ASK})
# The head signs for what was shown: without it there is nothing to sign.
NEEDS_A_SCREEN: Final = frozenset({Event.APPROVE, Event.REJECT})
LONGEST_HELD_MIN: Final = 720


def telephone_answer(form: Form, *, at: datetime) -> TelephoneAnswer:
    """Return the answer that *form* tells, by the rules of the API's. Raises Problem with what is wrong."""
    names = ("hospital", "state", "channel", "person", "reason")
    told = {name: form[name].strip() for name in names if form.get(name, "").strip()}
    try:
        body = AnswerBody.model_validate(told)
    except ValidationError as mistakes:
        raise wrong(str(mistakes.errors(include_input=False)[0]["loc"][0])) from None
    held = form.get("bed_held_min", "").strip()
    if held and not (held.isascii() and held.isdigit() and 0 < int(held) <= LONGEST_HELD_MIN):
        raise wrong("bed_held_min")
    return TelephoneAnswer(
        hospital=body.hospital,
        state=body.answer,
        person=body.person,
        channel=body.channel,
        at=at,
        reason=body.reason,
        bed_held_until=at + timedelta(minutes=int(held)) if held else None,
    )


def order_from(form: Form, event: Event, hospitals: Sequence[str] = ()) -> Order:
    """Return the order that *form* gives. Raises Problem with the field that is wrong."""
    version, note, criterion = form.get("version", ""), note_in(form), form.get("criterion")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise wrong("version")
    if note is None and event in NEEDS_A_NOTE:
        raise wrong("note", code="missing")
    if event in NEEDS_A_SCREEN:
        demand_screen(form)
    if criterion is not None and criterion not in list(Criterion):
        raise wrong("criterion")
    return Order(
        event,
        version=None if event in WHATEVER_WAS_SEEN else int(version),
        note=note,
        hospital=form.get("hospital"),
        hospitals=tuple(hospitals),
        screen=form.get("screen"),
        criteria=() if criterion is None else (Criterion(criterion),),
    )


def at_once(order: Order) -> Iterator[Order]:
    """
    Yield *order*, and for an emergency what is to be tried where that is refused.

    An old screen proves nothing and holds nobody back; what can no longer be sent without approval has
    worsened instead.
    """
    yield order
    if order.event in (Event.BREAK_GLASS, Event.WORSENED):
        yield replace(order, screen=None)
        yield replace(order, screen=None, event=Event.WORSENED)


def event_in(form: Form, known: frozenset[Event] | tuple[Event, ...]) -> Event:
    """Return the event that *form* names, if it is one of the *known*. Raises Problem."""
    said = form.get("event")
    for event in known:
        if said == event:
            return event
    raise wrong("event")


def demand_screen(form: Form) -> None:
    """Raise Problem for a form that does not say on which screen its decision was made."""
    if not form.get("screen"):
        raise wrong("screen", code="missing")


def note_in(form: Form) -> str | None:
    """Return the note, None for an empty one."""
    return form.get("note", "").strip()[:2000] or None


def number(text: str, kind: type[int] | type[float]) -> int | float | str:
    """Return the number, or the text for the body's own rules to refuse."""
    try:
        return kind(text)
    except ValueError:
        return text


def wrong(field: str, *, code: str = "enum") -> Problem:
    """Return the problem of one field."""
    return Problem("wrong-input", errors=[(f"body.{field}", code, "Wanted as the page offers it.")])
