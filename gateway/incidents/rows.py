"""An incident, the pictures of it, and what it belongs with: as they stand in the database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts import AlertKind, Category, Severity


class State(StrEnum):
    """Whether it goes on."""

    PROPOSED = "proposed"  # a warning suggests it; an operator has not yet said yes
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"  # it never was: a false alarm
    MERGED = "merged"  # it is another incident, told of twice
    DISMISSED = "dismissed"  # proposed, and an operator said no


ENDED = frozenset({State.CLOSED, State.CANCELLED, State.MERGED, State.DISMISSED})


@dataclass(frozen=True, slots=True)
class Incident:
    """
    One incident as it is now; *version* counts its changes, *sequence* the pictures partners are told.

    The place stands in the clear to two decimals (about 1 km) with its area; everything else that may name
    somebody is sealed in the pictures, under the key of *subject*. *told* are partners that an operator added
    by hand. *origin* is `operator`, `dispatch` or `warning`, *warning* the warning's id.
    """

    id: str
    version: int
    sequence: int
    state: State
    category: Category
    severity: Severity
    urgent: bool
    drill: bool
    area_code: str | None
    latitude: float | None
    longitude: float | None
    subject: str
    source_system: str | None
    source_ticket: str | None
    origin: str
    warning: str | None
    outcome: str | None
    merged_into: str | None
    told: tuple[str, ...]
    created_by: str
    reported_at: datetime
    created_at: datetime
    changed_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """One complete picture of an incident; *sealed* holds place, narrative, caller, casualties, cautions."""

    incident: str
    sequence: int
    at: datetime
    kind: AlertKind
    category: Category
    severity: Severity
    sealed: str
    actor: str
    role: str


@dataclass(frozen=True, slots=True)
class Link:
    """Two incidents that have to do with each other; *kind* is `related` or `merged`."""

    incident: str
    other: str
    kind: str
    at: datetime
    actor: str
