"""
Shapes of areas from a GeoJSON file (RFC 7946): features with `code`, `name`, and Polygon or MultiPolygon.

GeoJSON writes longitude first; everything else here has latitude first.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from . import codes
from .shapes import Point, Polygon

Shape = tuple[str, str, tuple[Polygon, ...]]
Position = Sequence[float]


class _Geometry(msgspec.Struct):
    type: str
    coordinates: Any


class _Properties(msgspec.Struct):
    code: str
    name: str


class _Feature(msgspec.Struct):
    properties: _Properties
    geometry: _Geometry


class _Collection(msgspec.Struct):
    type: str
    features: list[_Feature]


_collection = msgspec.json.Decoder(_Collection)
_NESTED = {"Polygon": list[list[list[float]]], "MultiPolygon": list[list[list[list[float]]]]}


def read_shapes(text: bytes) -> list[Shape]:
    """Return code, name and shapes of every feature. Raises ValueError that names the feature."""
    try:
        features = _collection.decode(text).features
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise ValueError(f"no GeoJSON of areas: {exc}") from exc
    if not features:
        raise ValueError("no features")
    shapes = [_shape(number, feature) for number, feature in enumerate(features)]
    if len({code for code, _, _ in shapes}) < len(shapes):
        raise ValueError("a code stands at more than one feature")
    return shapes


def _shape(number: int, feature: _Feature) -> Shape:
    try:
        code = codes.normal(feature.properties.code)
        return code, feature.properties.name, _polygons(feature.geometry)
    except (ValueError, msgspec.ValidationError) as exc:
        raise ValueError(f"feature {number}: {exc}") from exc


def _polygons(geometry: _Geometry) -> tuple[Polygon, ...]:
    nested = _NESTED.get(geometry.type)
    if nested is None:
        raise ValueError("its geometry is neither Polygon nor MultiPolygon")
    read = msgspec.convert(geometry.coordinates, nested)
    return tuple(_polygon(rings) for rings in ([read] if geometry.type == "Polygon" else read))


def _polygon(rings: Sequence[Sequence[Position]]) -> Polygon:
    if not rings:
        raise ValueError("a polygon without a ring")
    outer, *holes = (_ring(ring) for ring in rings)
    return Polygon(outer, tuple(holes))


def _ring(ring: Sequence[Position]) -> tuple[Point, ...]:
    points = tuple(_point(position) for position in ring)
    if len(set(points)) < 3:
        raise ValueError("a ring of fewer than three points")
    return points


def _point(position: Position) -> Point:
    if len(position) < 2:
        raise ValueError("a position is longitude and latitude")
    longitude, latitude = position[:2]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("a position outside the world; longitude stands first")
    return latitude, longitude
