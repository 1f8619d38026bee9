"""
The order in which hospitals are offered for a need, and why; pure.

Groups first, distance within a group. A free bed somebody vouches for comes before an old figure, an
old figure before "nobody knows", that before a known full ward; who lacks the service stands last.
For the emergency department (igd) only distance counts among those able to treat: free beds there
are advice, since no hospital may refuse an emergency (facts of Permenkes 47/2018, read 2026-11-23).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from math import asin, cos, dist, inf, radians, sin

from contracts import Need

from .picture import AskOutcome, Declared, Mode, Sighting
from .tally import Tally

FRESH = timedelta(hours=1)
AGEING = timedelta(hours=6)

ROAD_FACTOR = 1.35  # streets are longer than the straight line
TOWN_SPEED_KMH = 30.0  # no traffic is known here: an estimate for ordering and for planning, no promise
MINUTES_PER_KM = ROAD_FACTOR / TOWN_SPEED_KMH * 60
EARTH_KM = 12742.0  # across


class Freshness(StrEnum):
    """How old a figure is: fresh up to one hour, ageing up to six, then stale."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    UNKNOWN = "unknown"


class Group(IntEnum):
    """Where a hospital stands before distance decides."""

    FREE = 0
    FREE_STALE = 1
    UNKNOWN = 2
    SOON = 3
    FULL = 4
    LACKS_SERVICE = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A hospital of the directory: where it is, what it treats (None: not known), whether it has a system."""

    id: str
    name: str
    phone: str | None
    latitude: float | None
    longitude: float | None
    services: frozenset[Need] | None
    connected: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure that counts for one hospital and one need, whoever said it."""

    tally: Tally
    origin: str | None
    mode: Mode
    as_of: datetime | None
    freshness: Freshness
    declared: Declared | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to be said of one hospital for one need, wherever the asker is."""

    place: Place
    figure: Figure
    sighting: Sighting
    group: Group
    able: bool | None
    reasons: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether its free beds are known and younger than six hours."""
        trusted = self.figure.freshness in (Freshness.FRESH, Freshness.AGEING)
        return trusted and self.figure.tally.free is not None


NOBODY_KNOWS = Tally(free=None, total=None)


def judge(
    place: Place, sighting: Sighting, declared: Declared | None, need: Need, *, at: datetime, live: bool
) -> Judged:
    """Judge one hospital; *live* when *sighting* comes from the very question that is being answered."""
    figure = _figure(sighting, declared, need, at=at, live=live)
    able = _able(place, figure, need)
    group = _group(figure, able)
    return Judged(place, figure, sighting, group, able, tuple(_reasons(place, figure, sighting, group, able)))


def in_order(
    hospitals: Sequence[Judged], distances: Sequence[float | None], need: Need
) -> list[tuple[Judged, float | None, int]]:
    """Return hospital, its distance and its place in *hospitals*, the best first."""
    key = _by_distance if need is Need.IGD else _by_group
    return sorted(zip(hospitals, distances, range(len(hospitals)), strict=True), key=key)


def _by_group(one: tuple[Judged, float | None, int]) -> tuple[int, float, int, str]:
    judged, distance, _ = one
    far = inf if distance is None else distance
    return judged.group, far, -(judged.figure.tally.free or 0), judged.place.name


def _by_distance(one: tuple[Judged, float | None, int]) -> tuple[bool, float, int, str]:
    judged, distance, _ = one
    return judged.able is False, inf if distance is None else distance, judged.group, judged.place.name


def distances(places: Iterable[Place], here: tuple[float, float] | None) -> list[float | None]:
    """Return the great-circle distances in kilometres, None where either end is unknown."""
    if here is None:
        return [None for _ in places]
    own = _point(*here)
    return [
        None
        if place.latitude is None or place.longitude is None
        else EARTH_KM * asin(min(1.0, dist(own, _standing_point(place.latitude, place.longitude)) / 2))
        for place in places
    ]


def _point(latitude: float, longitude: float) -> tuple[float, float, float]:
    """Return a point on the unit sphere: half the chord between two is the sine of half their angle."""
    north, east = radians(latitude), radians(longitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


_standing_point = lru_cache(maxsize=1024)(_point)  # hospitals stay where they are


def travel_minutes(distance_km: float) -> int:
    """Return the estimated minutes by road, at least one."""
    return max(1, round(distance_km * MINUTES_PER_KM))


def _figure(sighting: Sighting, declared: Declared | None, need: Need, *, at: datetime, live: bool) -> Figure:
    """Let a person's word count until a machine has news of this very need; silence is no news."""
    known = sighting.tallies.get(need)
    reported_at = known.as_of if known else sighting.as_of
    if declared and not _has_news(known, since=declared.declared_at):
        told = Tally(free=declared.free, total=None)
        as_of = declared.declared_at
        return Figure(told, "declared", Mode.PUSHED, as_of, freshness(as_of, at=at), declared)
    mode = Mode.LIVE if live and sighting.outcome is AskOutcome.ANSWERED else Mode.CACHED
    return Figure(known or NOBODY_KNOWS, sighting.origin, mode, reported_at, freshness(reported_at, at=at))


def _has_news(known: Tally | None, *, since: datetime) -> bool:
    """Say whether a machine's figure was told after *since*; a change in another ward does not count."""
    return (
        known is not None
        and known.free is not None
        and known.changed_at is not None
        and known.changed_at > since
    )


def freshness(as_of: datetime | None, *, at: datetime) -> Freshness:
    """Return how old a figure of *as_of* is at that time; None is unknown, never fresh."""
    if as_of is None:
        return Freshness.UNKNOWN
    age = at - as_of
    if age <= FRESH:
        return Freshness.FRESH
    return Freshness.AGEING if age <= AGEING else Freshness.STALE


def _able(place: Place, figure: Figure, need: Need) -> bool | None:
    """Return whether the hospital treats this; beds of the need prove it where the directory is silent."""
    if place.services is not None:
        return need in place.services
    return True if figure.tally.total or figure.tally.free else None


def _group(figure: Figure, able: bool | None) -> Group:
    if able is False:
        return Group.LACKS_SERVICE
    trusted = figure.freshness in (Freshness.FRESH, Freshness.AGEING)
    if figure.tally.free is None:
        return Group.UNKNOWN
    if figure.tally.free > 0:
        return Group.FREE if trusted else Group.FREE_STALE
    if not trusted:
        return Group.UNKNOWN  # an old "full" proves nothing
    return Group.SOON if figure.tally.soon or figure.tally.unknown else Group.FULL


_GROUP_REASON = {
    Group.FREE: "free",
    Group.FREE_STALE: "free_stale",
    Group.UNKNOWN: "free_unknown",
    Group.SOON: "soon",
    Group.FULL: "full",
    Group.LACKS_SERVICE: "lacks_service",
}

_OUTCOME_REASON = {
    AskOutcome.LATE: "late",
    AskOutcome.UNREACHABLE: "unreachable",
    AskOutcome.UNUSABLE: "unusable",
}


def _reasons(
    place: Place, figure: Figure, sighting: Sighting, group: Group, able: bool | None
) -> Iterable[str]:
    yield _GROUP_REASON[group]
    if able is None:
        yield "competence_unknown"
    if not place.connected:
        yield "not_connected"
    elif sighting.outcome in _OUTCOME_REASON:
        yield _OUTCOME_REASON[sighting.outcome]
    if figure.declared:
        yield "declared"
    elif not sighting.complete:
        yield "incomplete"
