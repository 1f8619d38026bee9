"""Shapes on the map, held against formulations of their own."""

from itertools import pairwise
from math import asin, atan2, cos, pi, radians, sin, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.areas.shapes import Point, Polygon, distance_km

SQUARE = ((0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0))
HOLE = ((1.0, 1.0), (1.0, 3.0), (3.0, 3.0), (3.0, 1.0))
RING = Polygon(SQUARE, (HOLE,))

# On a grid, so that corners, horizontal edges and points level with a corner are common.
grid = st.tuples(st.integers(-6, 6).map(float), st.integers(-6, 6).map(float))
between = st.tuples(
    st.integers(-13, 13).map(lambda n: n / 2 + 0.25), st.integers(-13, 13).map(lambda n: n / 2)
)
stars = st.lists(grid, min_size=3, max_size=9, unique=True)


def _star(points: list[Point]) -> list[Point]:
    """Order points by their direction from their middle: then no two edges cross."""
    middle = tuple(sum(axis) / len(points) for axis in zip(*points, strict=True))
    return sorted(points, key=lambda p: (atan2(p[0] - middle[0], p[1] - middle[1]), p))


def _winding(point: Point, ring: list[Point]) -> int:
    """Return how often *ring* goes round *point*, by adding up the angles."""
    total = 0.0
    for a, b in pairwise([*ring, ring[0]]):
        turn = atan2(b[0] - point[0], b[1] - point[1]) - atan2(a[0] - point[0], a[1] - point[1])
        total += (turn + pi) % (2 * pi) - pi
    return round(total / (2 * pi))


def _is_on_an_edge(point: Point, ring: list[Point]) -> bool:
    for a, b in pairwise([*ring, ring[0]]):
        level = (b[1] - a[1]) * (point[0] - a[0]) == (b[0] - a[0]) * (point[1] - a[1])
        if level and all(min(a[i], b[i]) <= point[i] <= max(a[i], b[i]) for i in (0, 1)):
            return True
    return False


@given(stars, between)
def test_a_point_is_inside_where_the_ring_goes_round_it(points: list[Point], point: Point) -> None:
    """The crossings of a ray and the sum of angles say the same."""
    ring = _star(points)
    assume(not _is_on_an_edge(point, ring))
    assert Polygon(ring).contains(point) is (_winding(point, ring) != 0)


@given(stars, between)
def test_a_ring_is_the_same_closed_open_or_backwards(points: list[Point], point: Point) -> None:
    """The last point may repeat the first; the direction says nothing."""
    ring = _star(points)
    inside = Polygon(ring).contains(point)
    assert Polygon([*ring, ring[0]]).contains(point) is inside
    assert Polygon(ring[::-1]).contains(point) is inside


@given(grid)
def test_two_neighbours_share_no_point_of_their_border(point: Point) -> None:
    """Whoever stands on the border is in one of them."""
    west = Polygon(((-6, -6), (-6, 0), (6, 0), (6, -6)))
    east = Polygon(((-6, 0), (-6, 6), (6, 6), (6, 0)))
    both = Polygon(((-6, -6), (-6, 6), (6, 6), (6, -6)))
    assert west.contains(point) + east.contains(point) == both.contains(point)


@pytest.mark.parametrize(
    ("point", "inside"),
    [((0.5, 0.5), True), ((2.0, 2.0), False), ((3.5, 2.0), True), ((5.0, 2.0), False), ((-1.0, -1.0), False)],
)
def test_a_hole_is_outside(point: Point, inside: bool) -> None:
    """An enclave belongs to whoever it belongs to."""
    assert RING.contains(point) is inside


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        (((1.5, 1.5), (1.5, 2.5), (2.5, 2.0)), False),  # within the hole
        (((1.5, 1.5), (1.5, 2.5), (3.5, 2.0)), True),
        (((0.2, 0.2), (0.2, 0.8), (0.8, 0.8)), True),  # within the ring
        (((-9, -9), (-9, 9), (9, 9), (9, -9)), True),  # around it
        (((-1, 2), (5, 2), (5, 2.1)), True),  # across it, with every corner outside
        (((4, 4), (5, 5), (5, 4)), True),  # at one corner
        (((4.1, 4), (5, 5), (5, 4)), False),
    ],
)
def test_shapes_meet(other: tuple[Point, ...], meets: bool) -> None:
    """Whichever is asked first."""
    told = Polygon(other)
    assert RING.meets(told) is meets
    assert told.meets(RING) is meets


@given(stars, stars)
def test_shapes_with_a_common_corner_inside_meet(one: list[Point], other: list[Point]) -> None:
    """A corner of one inside the other is a point in common; and meeting has no order."""
    first, second = Polygon(_star(one)), Polygon(_star(other))
    assert first.meets(second) is second.meets(first)
    if any(first.contains(corner) for corner in second.outer):
        assert first.meets(second)


def _haversine_km(one: Point, other: Point) -> float:
    (a_lat, a_lon), (b_lat, b_lon) = ((radians(each[0]), radians(each[1])) for each in (one, other))
    half = sin((b_lat - a_lat) / 2) ** 2 + cos(a_lat) * cos(b_lat) * sin((b_lon - a_lon) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))


near_jambi = st.tuples(st.floats(-4, 1), st.floats(101, 106))


@given(near_jambi, near_jambi)
def test_distances_are_those_on_the_globe(one: Point, other: Point) -> None:
    """Within some hundred kilometres of the city, to half a per cent."""
    assert distance_km(one, other) == pytest.approx(_haversine_km(one, other), rel=0.005, abs=0.001)


@given(st.floats(0.001, 0.999), near_jambi)
def test_the_nearest_point_of_a_shape_is_no_farther_than_any_on_its_edge(share: float, point: Point) -> None:
    """Nothing on the border is nearer than the distance says, and inside it is 0."""
    shape = Polygon(((-1.7, 103.5), (-1.7, 103.7), (-1.5, 103.7), (-1.5, 103.5)))
    on_edge = (-1.7, 103.5 + share * 0.2)
    assert shape.distance_km(point) <= distance_km(point, on_edge) * 1.001 + 0.001
    assert (shape.distance_km(point) == 0) is shape.contains(point) or shape.distance_km(point) < 0.001
