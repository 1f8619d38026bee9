"""
Shapes on the map: which points lie inside, which shapes meet, how far a point is from one.

Points are (latitude, longitude) in WGS 84 degrees. A city is small: degrees are taken as a plane, stretched
by the cosine of the latitude where distances count. No shape crosses the date line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from math import cos, hypot, radians

KM_PER_DEGREE = 111.195  # on a sphere of 6,371 km

Point = tuple[float, float]
Edge = tuple[Point, Point]


@dataclass(frozen=True)
class Polygon:
    """What lies inside *outer* and in none of the *holes*; each a ring of points, closed or not."""

    outer: Sequence[Point]
    holes: Sequence[Sequence[Point]] = ()

    @cached_property
    def box(self) -> tuple[Point, Point]:
        """The southwest and the northeast corner around it."""
        latitudes, longitudes = zip(*self.outer, strict=True)
        return (min(latitudes), min(longitudes)), (max(latitudes), max(longitudes))

    def contains(self, point: Point) -> bool:
        """Say whether *point* lies inside; of two shapes that share a border, one has each point of it."""
        (south, west), (north, east) = self.box
        if not (south <= point[0] <= north and west <= point[1] <= east):
            return False
        return in_ring(point, self.outer) and not any(in_ring(point, hole) for hole in self.holes)

    def edges(self) -> Iterator[Edge]:
        """Go along every ring."""
        return chain.from_iterable(edges(ring) for ring in (self.outer, *self.holes))

    def meets(self, other: "Polygon") -> bool:
        """Say whether they have a point in common."""
        if not _boxes_meet(self.box, other.box):
            return False
        if self.contains(other.outer[0]) or other.contains(self.outer[0]):
            return True
        return any(_cross(mine, its) for mine in self.edges() for its in other.edges())

    def distance_km(self, point: Point) -> float:
        """Return how far *point* is from the nearest of its points, 0 inside."""
        if self.contains(point):
            return 0.0
        return min(_to_edge_km(point, edge) for edge in self.edges())


def edges(ring: Sequence[Point]) -> Iterator[Edge]:
    """Go around *ring* and back to its first point."""
    return pairwise((*ring, ring[0]))


def in_ring(point: Point, ring: Sequence[Point]) -> bool:
    """Say whether a ray from *point* to the east crosses *ring* an odd number of times."""
    latitude, longitude = point
    inside = False
    for (from_lat, from_lon), (to_lat, to_lon) in edges(ring):
        if (from_lat > latitude) != (to_lat > latitude):
            share = (latitude - from_lat) / (to_lat - from_lat)
            inside ^= longitude < from_lon + share * (to_lon - from_lon)
    return inside


def distance_km(one: Point, other: Point) -> float:
    """Return how far two points of one region are apart."""
    return hypot(*_plane(one, other))


def _plane(origin: Point, point: Point) -> Point:
    """Return *point* in kilometres north and east of *origin*."""
    stretch = cos(radians((origin[0] + point[0]) / 2))
    north, east = point[0] - origin[0], point[1] - origin[1]
    return north * KM_PER_DEGREE, east * KM_PER_DEGREE * stretch


def _to_edge_km(point: Point, edge: Edge) -> float:
    (a_north, a_east), (b_north, b_east) = (_plane(point, end) for end in edge)
    north, east = b_north - a_north, b_east - a_east
    squared = north * north + east * east
    along = 0.0 if squared == 0 else -(a_north * north + a_east * east) / squared
    along = min(1.0, max(0.0, along))
    return hypot(a_north + along * north, a_east + along * east)


def _boxes_meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    return all(one[0][axis] <= other[1][axis] and other[0][axis] <= one[1][axis] for axis in (0, 1))


def _cross(one: Edge, other: Edge) -> bool:
    """Say whether two edges have a point in common."""
    across = [_turn(*one, end) for end in other]
    back = [_turn(*other, end) for end in one]
    if across[0] * across[1] < 0 and back[0] * back[1] < 0:
        return True
    ends = [(turn, end, one) for turn, end in zip(across, other, strict=True)]
    ends += [(turn, end, other) for turn, end in zip(back, one, strict=True)]
    return any(turn == 0 and _between(end, edge) for turn, end, edge in ends)


def _turn(a: Point, b: Point, c: Point) -> int:
    """Return 1 or -1 for the side of *c* from a line through *a* and *b*, 0 on it."""
    area = (b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1])
    return (area > 0) - (area < 0)


def _between(point: Point, edge: Edge) -> bool:
    """Say whether *point*, on the line of *edge*, lies on the edge itself."""
    return all(min(ends) <= point[axis] <= max(ends) for axis, ends in enumerate(zip(*edge, strict=True)))
