"""The shapes of the incident API, for the console as for programs."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from contracts import AlertKind, Category, Caution, Severity
from gateway.notifications.answers import LadderLine

from .rows import State
from .states import Event

Moment = Annotated[datetime, Meta(tz=True)]


class PhoneLine(Struct, frozen=True, kw_only=True):
    """A partner to ring; `phone` null where nobody has told us its number."""

    partner: str
    name: str
    phone: str | None


class PlaceView(Struct, frozen=True, kw_only=True):
    """Where it is: WGS 84 degrees, known to `precision_m` metres; null is not known."""

    lat: float | None
    lon: float | None
    precision_m: int | None
    address: str | None
    landmark: str | None
    area_code: str | None
    area_name: str | None


class CasualtiesView(Struct, frozen=True, kw_only=True):
    """How many people; null where nobody has said, which is not 0."""

    dead: int | None
    missing: int | None
    injured: int | None
    displaced: int | None


class CallerView(Struct, frozen=True, kw_only=True):
    """Who called."""

    name: str | None
    phone: str | None


class PictureLine(Struct, frozen=True, kw_only=True):
    """One picture partners were told: which, and by whom."""

    sequence: int
    at: Moment
    kind: AlertKind
    category: Category
    severity: Severity
    by: str
    role: str


class LinkLine(Struct, frozen=True, kw_only=True):
    """An incident that belongs with this one; `merged` also where the other was merged into it."""

    incident: str
    kind: str
    at: Moment


class IncidentLine(Struct, frozen=True, kw_only=True):
    """
    An incident in a list: nothing that names anybody. `text` says where it stands in words.

    `needs_phone_call`: somebody must be rung, `phone` says who. `human_confirmed`: a person of every partner
    that was told has confirmed it; false where nobody was told.
    """

    id: str
    version: int
    sequence: int
    state: State
    text: str
    category: Category
    severity: Severity
    urgent: bool
    sensitive: bool
    drill: bool
    area_code: str | None
    area_name: str | None
    origin: str
    warning: str | None
    source_system: str | None
    source_ticket: str | None
    reported_at: Moment
    created_at: Moment
    changed_at: Moment
    closed_at: Moment | None
    outcome: str | None
    merged_into: str | None
    needs_phone_call: bool
    phone: list[PhoneLine]
    human_confirmed: bool


class IncidentView(IncidentLine, frozen=True, kw_only=True):
    """
    Everything on one screen, with every partner's ladder.

    `masked`: what happened, who called and the exact place are kept from this role. `erased`: whom it named
    was erased, and nothing of that is left.
    """

    masked: bool
    erased: bool
    place: PlaceView
    narrative: str | None
    cautions: list[Caution]
    casualties: CasualtiesView
    caller: CallerView | None
    note: str | None
    pictures: list[PictureLine]
    links: list[LinkLine]
    ladder: list[LadderLine]
    possible: list[Event]


class IncidentList(Struct, frozen=True, kw_only=True):
    """Incidents, the last changed first; `proposed` counts what an operator still has to decide."""

    environment: str
    request: str
    proposed: int
    incidents: list[IncidentLine]


class IncidentReading(Struct, frozen=True, kw_only=True):
    """One whole incident."""

    environment: str
    request: str
    incident: IncidentView


class IncidentAnswer(Struct, frozen=True, kw_only=True):
    """What a change has made of an incident."""

    environment: str
    request: str
    audit: str
    incident: IncidentLine
