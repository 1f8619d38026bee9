"""What may stand in partners.toml, field by field; settings are for the adapter's own model to judge."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, Strict, field_validator

from contracts import Category, Need, Severity

_ID = "^[a-z0-9-]{2,40}$"
_KIND = "^[a-z][a-z0-9_]{1,39}$"
_AREA = r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$"
_SOURCE = "^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$"

_CLOSED = ConfigDict(extra="forbid")

# Without it "1.5" and true would pass for numbers; tables, lists and names of states need the lenience.
_Exactly = Strict()
_Seconds = Annotated[float, _Exactly]


class Standing(StrEnum):
    """How far a partner is: only a live one is asked."""

    PLANNED = "planned"
    ONBOARDING = "onboarding"
    LIVE = "live"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one partner may be burdened with: exchanges at once, waiting for that, attempts of each.

    *per_minute* bounds how many messages it is sent in a minute; None: as fast as its places allow.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    concurrency: Annotated[int, _Exactly, Field(ge=1, le=100)] = 8
    queue: Annotated[int, _Exactly, Field(ge=0, le=1000)] = 16
    attempts: Annotated[int, _Exactly, Field(ge=1, le=5)] = 3
    per_minute: Annotated[int | None, Field(strict=True, ge=1, le=6000)] = None


@dataclass(frozen=True, slots=True)
class Facility:
    """Where a hospital is (WGS 84 degrees) and what it treats; *services* None: nobody has said."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    latitude: Annotated[Annotated[float, _Exactly] | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    longitude: Annotated[Annotated[float, _Exactly] | None, Field(ge=-180, le=180, allow_inf_nan=False)] = (
        None
    )
    address: Annotated[str | None, Field(min_length=1, max_length=300)] = None
    services: frozenset[Need] | None = None


class Share(StrEnum):
    """What a partner is told beyond what, where and how bad, by the agreement with it."""

    NARRATIVE = "narrative"
    EXACT_PLACE = "exact_place"  # without: the area, and a point to about 1 km
    CASUALTIES = "casualties"
    CAUTIONS = "cautions"
    CALLER_NAME = "caller_name"
    CALLER_PHONE = "caller_phone"


class Channel(StrEnum):
    """A way to a partner, in the order they are tried."""

    WIRE = "wire"  # its system, by the adapter
    INBOX = "inbox"  # it fetches, or a duty officer looks at our page
    MESSAGE = "message"  # its duty officers are woken: a link and a number


@dataclass(frozen=True, slots=True)
class Telling:
    """
    What a partner is told of, by category, severity and area, and how.

    *areas* are Kemendagri codes; one counts for all below it (15.71 for 15.71.01). Empty *categories* or
    *areas*: all. *sensitive*: also domestic violence, children, psychiatric. *follows*: every change of what
    came from *source_system*, the name it gives itself in `source_ref`. *supersedes*: a newer picture takes
    an undelivered one's place.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    categories: frozenset[Category] = frozenset()
    min_severity: Severity = Severity.UNKNOWN
    areas: tuple[Annotated[str, Field(pattern=_AREA)], ...] = ()
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = (Channel.WIRE,)
    shares: frozenset[Share] = frozenset()
    sensitive: Annotated[bool, _Exactly] = False
    incidents: Annotated[bool, _Exactly] = True
    follows: Annotated[bool, _Exactly] = False
    source_system: Annotated[str | None, Field(pattern=_SOURCE)] = None
    warnings: Annotated[bool, _Exactly] = False
    supersedes: Annotated[bool, _Exactly] = True


@dataclass(frozen=True, slots=True)
class Rungs:
    """
    The two clocks of what is urgent, in seconds.

    Attempts at *attempts_s* after acceptance, then each *each_s*, for *deliver_for_s*; what is held
    for a partner that is not connected is of use for *hold_for_s*. Not delivered after
    *undelivered_s*: the second channel and an alarm. Delivered and no person has confirmed after
    *unconfirmed_s*: the next rung, again each *again_s* for *again_for_s*. No person *call_s* after
    acceptance: the operator is to telephone, whatever the rungs do.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    attempts_s: Annotated[tuple[Annotated[_Seconds, Field(ge=0, le=3600)], ...], Field(min_length=1)] = (
        *(0, 3, 10, 20, 40, 60),
    )
    each_s: Annotated[_Seconds, Field(ge=1, le=3600)] = 60
    deliver_for_s: Annotated[_Seconds, Field(ge=10, le=604_800)] = 3600
    hold_for_s: Annotated[_Seconds, Field(ge=10, le=2_592_000)] = 86_400
    undelivered_s: Annotated[_Seconds, Field(ge=1, le=60)] = 30
    unconfirmed_s: Annotated[_Seconds, Field(ge=1, le=3600)] = 60
    again_s: Annotated[_Seconds, Field(ge=5, le=3600)] = 120
    again_for_s: Annotated[_Seconds, Field(ge=5, le=86_400)] = 1200
    call_s: Annotated[_Seconds, Field(ge=1, le=90)] = 85  # and a restart stays within the 90 of the promise


class Row(BaseModel):
    """One `[[partners]]` table."""

    model_config = _CLOSED | ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=_ID)]
    kind: Annotated[str | None, Field(pattern=_KIND)] = None
    standing: Standing
    name: Annotated[str, Field(min_length=2, max_length=120)]
    phone: Annotated[str | None, Field(min_length=2, max_length=40)] = None
    limits: Limits = Limits()
    ladder: Rungs = Rungs()
    telling: Telling | None = None
    facility: Facility | None = None
    settings: dict[str, Any] | None = None

    @field_validator("facility")
    @classmethod
    def _whole_place(cls, place: Facility | None) -> Facility | None:
        if place and (place.latitude is None) != (place.longitude is None):
            raise ValueError("latitude and longitude come together")
        return place


def is_id(value: object) -> TypeGuard[str]:
    """Say whether *value* may be a partner's id."""
    return isinstance(value, str) and re.fullmatch(_ID, value) is not None


def is_kind(value: object) -> TypeGuard[str]:
    """Say whether *value* may be the name of an adapter's folder, and no path."""
    return isinstance(value, str) and re.fullmatch(_KIND, value) is not None
