"""Whether a polygon or a circle can be one, and whether it is where it is likely to be."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from contracts import Ring

from .model import Circle

Point = tuple[float, float]

# Longer ones are not looked at for crossings: that takes the square of their length.
LONGEST_LOOKED_AT = 400
_INDONESIA = (-12.0, 8.0, 93.0, 143.0)  # south, north, west, east


def ring_faults(ring: Ring) -> Iterator[str]:
    """Say why *ring* is no polygon."""
    if len(ring) < 4:
        yield "rule.polygon_too_short"
    elif ring[0] != ring[-1]:
        yield "rule.polygon_open"
    if not all(_is_on_earth(point) for point in ring):
        yield "rule.no_such_place"


def circle_faults(circle: Circle) -> Iterator[str]:
    """Say why *circle* is none."""
    if not _is_on_earth((circle.latitude, circle.longitude)):
        yield "rule.no_such_place"
    if circle.radius_km < 0:
        yield "rule.radius"


def ring_doubts(ring: Ring) -> Iterator[str]:
    """Say what is odd: latitude and longitude swapped lands outside Indonesia, a crossing means nothing."""
    south, north, west, east = _INDONESIA
    if not all(south <= latitude <= north and west <= longitude <= east for latitude, longitude in ring):
        yield "rule.outside_indonesia"
    if len(ring) <= LONGEST_LOOKED_AT and _crosses_itself(ring):
        yield "rule.polygon_crosses_itself"


def _is_on_earth(point: Point) -> bool:
    return abs(point[0]) <= 90 and abs(point[1]) <= 180


def _crosses_itself(ring: Ring) -> bool:
    edges = list(pairwise(ring))
    pairs = combinations(range(len(edges)), 2)
    return any(_cross(*edges[one], *edges[other]) for one, other in pairs)


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Say whether two edges cross, each ending on the other's far side; touching is none."""
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
