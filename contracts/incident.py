"""
What an incident is to those who are told of it: the centre's categories, and how bad it is.

The categories are those reported of Call Center Bahagia 112, Kota Jambi (2025), in the field's English;
severity is that of CAP 1.2 (OASIS, 2010-07-01, section 3.2.2).
"""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What has happened."""

    AMBULANCE = "ambulance"  # somebody is ill or hurt
    TRAFFIC_ACCIDENT = "traffic_accident"
    FIRE = "fire"
    RESCUE = "rescue"
    FALLEN_TREE = "fallen_tree"
    ANIMAL = "animal"
    TRAFFIC = "traffic"  # no accident: a road blocked, illegal coal trucks
    CRIME = "crime"
    DOMESTIC_VIOLENCE = "domestic_violence"  # KDRT
    CHILD_IN_DANGER = "child_in_danger"
    PSYCHIATRIC = "psychiatric"  # ODGJ
    NEGLECTED_PERSON = "neglected_person"
    FLOOD = "flood"
    LANDSLIDE = "landslide"
    STORM = "storm"
    EARTHQUAKE = "earthquake"
    HAZE = "haze"
    PUBLIC_FACILITY = "public_facility"  # street lights
    OTHER = "other"


SENSITIVE = frozenset({Category.DOMESTIC_VIOLENCE, Category.CHILD_IN_DANGER, Category.PSYCHIATRIC})


class Severity(StrEnum):
    """How bad it is, as CAP sorts it."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"


class Caution(StrEnum):
    """What may hurt those who come; told only where the sharing agreement says so."""

    ARMED = "armed"
    VIOLENT = "violent"
    HAZMAT = "hazmat"
    ELECTRICITY = "electricity"
    COLLAPSE = "collapse"
    INFECTIOUS = "infectious"


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where it is: WGS 84 degrees, known to *precision_m* metres.

    *area_code* is a Kemendagri code with dots (15.71.01), *area_name* what people call it.
    """

    latitude: float | None = None
    longitude: float | None = None
    precision_m: int | None = None
    address: str | None = None
    landmark: str | None = None
    area_code: str | None = None
    area_name: str | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Casualties:
    """How many people are hurt or lost, None where nobody has said."""

    dead: int | None = None
    missing: int | None = None
    injured: int | None = None
    displaced: int | None = None


NOBODY_COUNTED = Casualties()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called; told only where the sharing agreement says so."""

    name: str | None = None
    phone: str | None = None  # E.164
