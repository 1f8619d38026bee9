"""What may stand in partners.toml, field by field; settings are for the adapter's own model to judge."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, Strict, field_validator

from contracts import Need

_ID = "^[a-z0-9-]{2,40}$"
_KIND = "^[a-z][a-z0-9_]{1,39}$"

_CLOSED = ConfigDict(extra="forbid")

# Without it "1.5" and true would pass for numbers; tables, lists and names of states need the lenience.
_Exactly = Strict()


class Standing(StrEnum):
    """How far a partner is: only a live one is asked."""

    PLANNED = "planned"
    ONBOARDING = "onboarding"
    LIVE = "live"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one partner may be burdened with: exchanges at once, waiting for that, attempts of each."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    concurrency: Annotated[int, _Exactly, Field(ge=1, le=100)] = 8
    queue: Annotated[int, _Exactly, Field(ge=0, le=1000)] = 16
    attempts: Annotated[int, _Exactly, Field(ge=1, le=5)] = 3


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


class Row(BaseModel):
    """One `[[partners]]` table."""

    model_config = _CLOSED | ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=_ID)]
    kind: Annotated[str | None, Field(pattern=_KIND)] = None
    standing: Standing
    name: Annotated[str, Field(min_length=2, max_length=120)]
    phone: Annotated[str | None, Field(min_length=2, max_length=40)] = None
    limits: Limits = Limits()
    ladder: dict[str, Any] | None = None
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
