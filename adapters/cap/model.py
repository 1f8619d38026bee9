"""A CAP message as values; times are aware, positions WGS 84 degrees."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from contracts import Ring

from .words import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency

ENGLISH = "en-US"  # what CAP takes a missing language for


@dataclass(frozen=True, slots=True)
class Pair:
    """An eventCode, a parameter or a geocode: *name* says whose list *value* is from."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Another message; these three together are its identity."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Circle:
    """A point and a radius in kilometres."""

    latitude: float
    longitude: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class Area:
    """A place; polygons, circles and geocodes are one union. *altitude* and *ceiling* are feet."""

    description: str
    polygons: tuple[Ring, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Pair, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that belongs to it; *digest* is its SHA-1."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str | None = None
    deref_uri: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Info:
    """What is said in one language."""

    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str | None = None
    response_types: tuple[ResponseType, ...] = ()
    audience: str | None = None
    event_codes: tuple[Pair, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameters: tuple[Pair, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()

    @property
    def spoken(self) -> str:
        """The language, also where none is named."""
        return self.language or ENGLISH

    def parameter(self, name: str) -> str | None:
        """Return the first parameter of that name that says something."""
        return next((each.value for each in self.parameters if each.name == name and each.value), None)


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message; *empty* names optional elements that stood there and said nothing."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str | None = None
    restriction: str | None = None
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str | None = None
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()
    empty: tuple[str, ...] = field(default=(), compare=False)
