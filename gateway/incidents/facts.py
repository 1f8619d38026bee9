"""
What is known of an incident and may name somebody: where exactly, what happened, who called, who is hurt.

It stands sealed in every picture, under the incident's own key, and is opened only to be shown or told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from contracts import Caller, Casualties, Caution, Place
from contracts.audit import Scalar, Sealed
from contracts.incident import NOBODY_COUNTED, NOWHERE
from gateway.people import CannotUnseal, Person
from gateway.people.person import ALGORITHM

from .rows import Picture

ACT = "incident"

_PLACE = tuple(each.name for each in fields(Place))
_COUNTS = tuple(each.name for each in fields(Casualties))
_DEGREES = ("latitude", "longitude")  # as text: what is sealed has no floats


@dataclass(frozen=True, slots=True)
class Facts:
    """One complete picture; *note* is the centre's own, and no partner is told it."""

    place: Place = NOWHERE
    narrative: str | None = None
    cautions: tuple[Caution, ...] = ()
    casualties: Casualties = NOBODY_COUNTED
    caller: Caller | None = None
    note: str | None = None

    def scalars(self) -> dict[str, Scalar]:
        """Return everything that is known, by the names under which it is sealed."""
        caller = self.caller or Caller()
        said = {
            **{name: getattr(self.place, name) for name in _PLACE},
            **{name: getattr(self.casualties, name) for name in _COUNTS},
            "narrative": self.narrative,
            "cautions": ",".join(self.cautions) or None,
            "caller_name": caller.name,
            "caller_phone": caller.phone,
            "note": self.note,
        }
        return {name: _scalar(name, value) for name, value in said.items() if value is not None}


NOTHING = Facts()


def from_scalars(said: Mapping[str, Scalar]) -> Facts:
    """Return what was sealed as *said*."""
    known: dict[str, Any] = {
        name: float(str(value)) if name in _DEGREES else value for name, value in said.items()
    }
    caller = Caller(known.get("caller_name"), known.get("caller_phone"))
    return Facts(
        place=Place(**{name: known.get(name) for name in _PLACE}),
        narrative=known.get("narrative"),
        cautions=tuple(Caution(word) for word in known.get("cautions", "").split(",") if word),
        casualties=Casualties(**{name: known.get(name) for name in _COUNTS}),
        caller=None if caller == Caller() else caller,
        note=known.get("note"),
    )


def seal(person: Person | None, facts: Facts | None, *, incident: str, sequence: int) -> str:
    """Return *facts* as only this key opens them, in this picture; nothing where they were erased."""
    if person is None or facts is None:
        return ""
    return person.seal(facts.scalars(), act=ACT, key=f"{incident}.{sequence}").ct


def unseal(person: Person | None, picture: Picture) -> Facts | None:
    """Return what *picture* holds; None where the key is gone: whom it named was erased."""
    if person is None or not picture.sealed:
        return None
    sealed = Sealed(ALGORITHM, person.pseudonym, picture.sealed)
    try:
        return from_scalars(person.unseal(sealed, act=ACT, key=f"{picture.incident}.{picture.sequence}"))
    except CannotUnseal:
        return None


def _scalar(name: str, value: Any) -> Scalar:
    return str(value) if name in _DEGREES else value
