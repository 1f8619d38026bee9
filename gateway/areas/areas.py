"""
The areas this house knows, and what lies where.

What is shipped (`areas.toml`) is not surveyed: the city is its bounding box, its kecamatan are their centres.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts import Ring

from . import codes
from .geojson import read_shapes
from .shapes import Point, Polygon, distance_km

FILE = Path(__file__).with_name("areas.toml")


@dataclass(frozen=True, slots=True)
class Area:
    """One area; without *shapes* only its *centre* is known, and with neither only its name."""

    code: str
    name: str
    centre: Point | None = None
    shapes: tuple[Polygon, ...] = ()

    def contains(self, point: Point) -> bool:
        """Say whether *point* lies in one of its shapes."""
        return any(shape.contains(point) for shape in self.shapes)


class Areas:
    """Areas by code; every question is answered from memory."""

    def __init__(self, areas: Sequence[Area], names: Mapping[str, str] | None = None) -> None:
        """Take the areas, and *names* of codes beyond them."""
        self._areas = tuple(areas)
        self._names = {**(names or {}), **{each.code: each.name for each in areas}}

    def area_of(self, latitude: float, longitude: float) -> str | None:
        """
        Return the narrowest area the point lies in, None outside all.

        Within an area whose parts have no shapes, it is the part with the nearest centre.
        """
        point = (latitude, longitude)
        around = [each for each in self._areas if each.contains(point)]
        if not around:
            return None
        found = max(around, key=lambda area: len(area.code))
        parts = [each for each in self._areas if _is_shapeless_part(each, found.code)]
        return min(parts, key=lambda part: _distance(part, point)).code if parts else found.code

    @property
    def names(self) -> Mapping[str, str]:
        """What each area is called, by its code."""
        return dict(self._names)

    def name_of(self, code: str | None) -> str | None:
        """Return what people call the area; None where nobody has told us."""
        return None if code is None else self._names.get(code)

    def touches(
        self, rings: Sequence[Ring] = (), *, centre: Point | None = None, radius_km: float | None = None
    ) -> tuple[str, ...]:
        """
        Return the areas that any of *rings*, or a circle of *radius_km* around *centre*, touches.

        An area of which only the centre is known is touched where its centre is.
        """
        told = [Polygon(ring) for ring in rings if len(ring) > 2]
        found = [each for each in self._areas if any(_meets(each, shape) for shape in told)]
        if centre is not None and radius_km is not None:
            found += [each for each in self._areas if _is_near(each, centre, radius_km)]
        return tuple(sorted({each.code for each in found}))


def load(file: Path | None = None) -> Areas:
    """
    Read the shipped areas, or the shapes of a GeoJSON *file* instead.

    Raises OSError, and ValueError that says what is wrong with the file.
    """
    shipped = [_area(row) for row in tomllib.loads(FILE.read_text("utf-8"))["area"]]
    if file is None:
        return Areas(shipped)
    own = [Area(code, name, shapes=shapes) for code, name, shapes in read_shapes(file.read_bytes())]
    return Areas(own, {each.code: each.name for each in shipped})


def _area(row: Mapping[str, Any]) -> Area:
    centre = row.get("centre")
    shapes = (_box(**row["box"]),) if "box" in row else ()
    return Area(codes.normal(row["code"]), row["name"], tuple(centre) if centre else None, shapes)


def _box(*, south: float, west: float, north: float, east: float) -> Polygon:
    return Polygon(((south, west), (south, east), (north, east), (north, west)))


def _is_shapeless_part(area: Area, of: str) -> bool:
    below = area.code != of and codes.is_within(area.code, (of,))
    return below and not area.shapes and area.centre is not None


def _distance(area: Area, point: Point) -> float:
    assert area.centre is not None  # noqa: S101  only areas with a centre are asked
    return distance_km(area.centre, point)


def _meets(area: Area, told: Polygon) -> bool:
    if area.shapes:
        return any(shape.meets(told) for shape in area.shapes)
    return area.centre is not None and told.contains(area.centre)


def _is_near(area: Area, centre: Point, radius_km: float) -> bool:
    if area.shapes:
        return any(shape.distance_km(centre) <= radius_km for shape in area.shapes)
    return area.centre is not None and distance_km(centre, area.centre) <= radius_km
