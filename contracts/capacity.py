"""
Beds as a hospital reports them: single beds where it knows them, ward counters where it counts.

A state nobody can tell is UNKNOWN and never a free or an occupied bed; a count nobody knows is
None and never 0.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Need(StrEnum):
    """What a patient needs a bed for; the words dispatchers and hospitals of Jambi use."""

    IGD = "igd"
    ICU = "icu"
    HCU = "hcu"
    NICU = "nicu"
    PICU = "picu"
    ISOLATION = "isolation"
    DELIVERY = "delivery"
    WARD = "ward"
    OTHER = "other"


class BedState(StrEnum):
    """The state of one bed; after HL7 table 0116, read 2026-11-23."""

    FREE = "free"
    OCCUPIED = "occupied"
    SOON = "soon"  # housekeeping or contaminated: free after cleaning
    ISOLATED = "isolated"  # free for isolation cases only
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Bed:
    """One bed as the hospital reports it."""

    id: str
    need: Need
    state: BedState
    kelas: str | None = None
    ward: str | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class WardCount:
    """One ward counter as the hospital reports it; counts are beds, None where unknown."""

    ward: str
    need: Need
    free: int | None
    total: int | None
    kelas: str | None = None
    as_of: datetime | None = None
    free_male: int | None = None  # many hospitals leave the split 0: advice, never added up
    free_female: int | None = None


@dataclass(frozen=True, slots=True)
class CapacityReport:
    """
    Everything a hospital said about its beds in one exchange.

    *complete* is False when rows were withheld or a page is missing: then free counts are lower
    bounds and totals are unknown. *remarks* are stable codes of what was odd about the answer,
    such as `suppressed`, `page_missing`, `clock_ahead`.
    """

    origin: str
    beds: tuple[Bed, ...] = ()
    wards: tuple[WardCount, ...] = ()
    as_of: datetime | None = None
    complete: bool = True
    remarks: tuple[str, ...] = ()
