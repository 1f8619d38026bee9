"""What people ask of this room, already checked for form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from contracts import Category, Severity

from .facts import NOTHING, Facts


class Outcome(StrEnum):
    """How an incident ended; partners are told the code."""

    HANDLED = "handled"
    HANDED_OVER = "handed_over"  # another organisation goes on with it
    NOTHING_FOUND = "nothing_found"
    NOT_NEEDED = "not_needed"


class Void(StrEnum):
    """Why an incident never was one; partners are told the code."""

    FALSE_ALARM = "false_alarm"
    PRANK = "prank"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A new incident. *urgent* None: category and severity say it. *reported_at* None: now.

    *source_system* and *source_ticket* name it in the dispatch system: the same again is the same incident.
    *repeat* is the caller's Idempotency-Key.
    """

    category: Category
    severity: Severity = Severity.UNKNOWN
    urgent: bool | None = None
    facts: Facts = NOTHING
    reported_at: datetime | None = None
    source_system: str | None = None
    source_ticket: str | None = None
    repeat: str | None = None
    drill: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """
    What has changed; what is not named stays.

    *place* and *casualties* hold fields of theirs, *facts* fields of `Facts`; a None there takes out what was
    known.
    """

    category: Category | None = None
    severity: Severity | None = None
    urgent: bool | None = None
    place: Mapping[str, object] = field(default_factory=dict)
    casualties: Mapping[str, object] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
