"""What people ask of this room, already checked for form."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts import AnswerState, Criterion, Need

from .rows import Rule
from .sealing import NOTHING, Told
from .states import Event


class Then(StrEnum):
    """What is to happen with a new referral at once."""

    DRAFT = "draft"
    SUBMIT = "submit"
    BREAK_GLASS = "break_glass"


class Channel(StrEnum):
    """How an answer reached the operator."""

    PHONE = "phone"
    RADIO = "radio"
    WHATSAPP = "whatsapp"
    IN_PERSON = "in_person"


class Verdict(StrEnum):
    """What the head thinks of a break-glass afterwards."""

    FITTING = "sesuai"
    NOT_FITTING = "tidak_sesuai"


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A new referral. *hospitals* are to be asked, all at once; empty: the ranking decides.

    *source_system* and *source_ticket* name it in the dispatch system: the same again is the same referral.
    *repeat* is the caller's Idempotency-Key.
    """

    need: Need
    then: Then = Then.DRAFT
    told: Told = NOTHING
    kelas: str | None = None
    criteria: tuple[Criterion, ...] = ()
    hospitals: tuple[str, ...] = ()
    rule: Rule = Rule.FIRST
    latitude: float | None = None
    longitude: float | None = None
    source_system: str | None = None
    source_ticket: str | None = None
    repeat: str | None = None
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """
    One event for a referral. *version* is the one that was seen, None where anything may have happened.

    *note* is free text, *hospital* whom it is about, *screen* the hash of what was shown to a decider.
    """

    event: Event
    version: int | None = None
    note: str | None = None
    hospital: str | None = None
    hospitals: tuple[str, ...] = ()
    screen: str | None = None
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class TelephoneAnswer:
    """What a person at a hospital said; *person* is their name and post."""

    hospital: str
    state: AnswerState
    person: str
    channel: Channel
    at: datetime
    reason: str | None = None
    bed_held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The head's word on what went on without one."""

    verdict: Verdict
    note: str | None = None
    screen: str | None = None
