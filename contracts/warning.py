"""Warnings of weather and earth: what an authority has published, in one language, with its area."""

from dataclasses import dataclass
from datetime import datetime

from contracts.incident import Category, Severity

Ring = tuple[tuple[float, float], ...]  # latitude, longitude in WGS 84 degrees; the last point is the first


@dataclass(frozen=True, slots=True)
class Warned:
    """
    One warning; the same *source* and *identifier* in another language is the same warning.

    *rings* are polygons, any of which counts; *centre* is a point, as earthquakes have it, with *radius_km*
    within which it is felt. *attribution* must stand wherever it is shown.
    """

    identifier: str
    source: str
    sent_at: datetime
    category: Category
    severity: Severity
    headline: str
    language: str
    attribution: str
    text: str | None = None
    effective_at: datetime | None = None
    expires_at: datetime | None = None
    rings: tuple[Ring, ...] = ()
    centre: tuple[float, float] | None = None
    radius_km: float | None = None
    cancels: tuple[str, ...] = ()  # identifiers this one voids (CAP Cancel) or takes the place of (Update)
    is_cancel: bool = False
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class WarningReport:
    """
    What is in force by the authority's own list; *as_of* is when it was read.

    What vanished from the list is stale, not cancelled. *unread* names listed warnings nobody could read.
    """

    as_of: datetime
    warnings: tuple[Warned, ...]
    unread: tuple[str, ...] = ()
