"""
What is said of every hospital for a need: judged and encoded once a second, not once a question.

Only rank and distance differ between askers; the rest of a hospital's line is kept as the JSON it will be
sent as. A board is made anew when the picture has changed or a second has passed, since ages move on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from contracts import Need

from .answers import hospital_beds
from .picture import AskOutcome, Picture
from .ranking import Judged, Place, distances, in_order, judge, travel_minutes

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Ranking:
    """All hospitals in order for one asker: the JSON list of their lines, and the first three."""

    lines: bytes
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Every hospital judged for one need; *lines* are their JSON lines without what only an asker has."""

    need: Need
    places: Sequence[Place]
    judged: Sequence[Judged]
    lines: Sequence[bytes]
    known: int
    complete: bool

    def seen_from(self, here: tuple[float, float] | None) -> Ranking:
        """Return the ranking for an asker *here*, (latitude, longitude) in degrees."""
        ordered = in_order(self.judged, distances(self.places, here), self.need)
        lines = [
            _line(rank, far, self.lines[number]) for rank, (_, far, number) in enumerate(ordered, start=1)
        ]
        first = tuple(judged.place.id for judged, _, _ in ordered[:3])
        return Ranking(b"[" + b",".join(lines) + b"]", first)


def _line(rank: int, distance_km: float | None, rest: bytes) -> bytes:
    """Return a hospital's line; `{"rank":...` and the kept rest make one JSON object."""
    if distance_km is None:
        return b'{"rank":%d,"distance_km":null,"travel_min":null,%b' % (rank, rest)
    return b'{"rank":%d,"distance_km":%.2f,"travel_min":%d,%b' % (
        rank,
        distance_km,
        travel_minutes(distance_km),
        rest,
    )


def make_board(
    places: Sequence[Place],
    picture: Picture,
    need: Need,
    *,
    at: datetime,
    sex: str | None = None,
    live: Mapping[str, AskOutcome] | None = None,
) -> Board:
    """Judge every place as of *at*; *live* are the outcomes of the very question that asks."""
    judged = [_judged(place, picture, need, at=at, live=live or {}) for place in places]
    lines = [_encode(hospital_beds(one, at=at, sex=sex))[1:] for one in judged]
    known = sum(one.known for one in judged)
    complete = all(one.known or one.able is False for one in judged)
    return Board(need, places, judged, lines, known, complete)


def _judged(
    place: Place, picture: Picture, need: Need, *, at: datetime, live: Mapping[str, AskOutcome]
) -> Judged:
    sighting = picture.sighting(place.id)
    now = live.get(place.id)
    if now is not None and now is not sighting.outcome:
        sighting = sighting.failed(now, None, at=at)
    declared = picture.declared(place.id, need, at=at)
    return judge(place, sighting, declared, need, at=at, live=now is not None)


class Boards:
    """The boards of this second."""

    def __init__(self, places: Sequence[Place], picture: Picture) -> None:
        self.places = places
        self.picture = picture
        self._kept: dict[tuple[Need, str | None], tuple[int, int, Board]] = {}

    def board(self, need: Need, *, at: datetime, sex: str | None = None) -> Board:
        """Return the board for *need*, made anew at most once a second and at every change."""
        second, version = int(at.timestamp()), self.picture.version
        kept = self._kept.get((need, sex))
        if kept is None or kept[:2] != (second, version):
            kept = (second, version, make_board(self.places, self.picture, need, at=at, sex=sex))
            self._kept[need, sex] = kept
        return kept[2]
