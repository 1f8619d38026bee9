"""The areas of the city as they are shipped, and as a file of one's own has them."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.areas.areas import Areas, load

JAMBI = load()
KECAMATAN = [f"15.71.{number:02}" for number in range(1, 12)]


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        (-1.595, 103.563, "15.71.01"),  # the centre of Telanaipura
        (-1.626, 103.650, "15.71.11"),
        (-1.696, 103.525, "15.71.09"),  # the corner of the box: the nearest centre is Alam Barajo's
        (-1.618, 103.600, "15.71.08"),
        (-1.5, 103.6, None),  # north of the city
        (-1.6, 103.7, None),
        (0.0, 0.0, None),
    ],
)
def test_a_point_lies_in_the_kecamatan_with_the_nearest_centre(
    latitude: float, longitude: float, code: str | None
) -> None:
    """Within the city's box; outside it nowhere."""
    assert JAMBI.area_of(latitude, longitude) == code


def test_every_kecamatan_is_named_and_can_be_found() -> None:
    """Eleven, each in its own centre."""
    assert [JAMBI.name_of(code) is not None for code in KECAMATAN] == [True] * 11
    assert JAMBI.name_of("15.71") == "Kota Jambi"
    assert JAMBI.name_of("15.71.12") is None
    assert JAMBI.name_of(None) is None


@pytest.mark.parametrize(
    ("ring", "codes"),
    [
        (((-1.55, 103.61), (-1.57, 103.61), (-1.57, 103.63), (-1.55, 103.63)), ("15.71", "15.71.05")),
        (((-1.80, 103.50), (-1.80, 103.60), (-1.69, 103.60), (-1.69, 103.50)), ("15.71",)),
        (((-3.0, 102.0), (-3.0, 105.0), (0.0, 105.0), (0.0, 102.0)), ("15.71", *KECAMATAN)),
        (((-1.4, 103.5), (-1.4, 103.6), (-1.3, 103.6)), ()),
        (((-1.6, 103.6), (-1.6, 103.7)), ()),  # no polygon
    ],
)
def test_a_polygon_touches_the_city_and_the_centres_inside(
    ring: tuple[tuple[float, float], ...], codes: tuple[str, ...]
) -> None:
    """Also where it covers no centre at all."""
    assert JAMBI.touches([ring]) == codes


@pytest.mark.parametrize(
    ("centre", "radius_km", "codes"),
    [
        ((-1.565, 103.622), 1.0, ("15.71", "15.71.05")),
        ((-1.75, 103.60), 5.0, ()),
        ((-1.75, 103.60), 6.5, ("15.71",)),
        ((-2.5, 102.0), 300.0, ("15.71", *KECAMATAN)),
        ((-1.6, 103.6), None, ()),
        (None, 300.0, ()),
    ],
)
def test_a_circle_touches(
    centre: tuple[float, float] | None, radius_km: float | None, codes: tuple[str, ...]
) -> None:
    """A quake that is felt as far as the city."""
    assert JAMBI.touches(centre=centre, radius_km=radius_km) == codes


def _feature(code: str, *rings: list[list[float]], kind: str = "Polygon") -> dict[str, Any]:
    coordinates: Any = list(rings) if kind == "Polygon" else [[ring] for ring in rings]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": f"Contoh {code}", "source": "BIG"},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def _square(west: float, south: float, size: float) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def _own(folder: Path, *features: Any) -> Areas:
    file = folder / "areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return load(file)


def test_a_file_of_ones_own_takes_the_place_of_the_box(tmp_path: Path) -> None:
    """The narrowest shape counts, holes and several parts are understood, and longitude stands first."""
    areas = _own(
        tmp_path,
        _feature("1571", _square(103.5, -1.7, 0.2), _square(103.55, -1.65, 0.05)),
        _feature("157101", _square(103.5, -1.7, 0.02), _square(103.6, -1.6, 0.02), kind="MultiPolygon"),
    )
    assert areas.area_of(-1.69, 103.51) == "15.71.01"
    assert areas.area_of(-1.59, 103.61) == "15.71.01"
    assert areas.area_of(-1.69, 103.65) == "15.71"
    assert areas.area_of(-1.63, 103.58) is None
    assert areas.name_of("15.71.01") == "Contoh 157101"
    assert areas.name_of("15.71.05") == "Pelayangan"
    assert areas.touches(centre=(-1.63, 103.58), radius_km=1.0) == ()
    assert areas.touches(centre=(-1.63, 103.58), radius_km=3.0) == ("15.71",)


@pytest.mark.parametrize(
    ("feature", "wrong"),
    [
        (_feature("15.7", _square(103.5, -1.7, 0.2)), "feature 0: no Kemendagri code"),
        (_feature("15.71", [[103.5, -1.7], [103.6, -1.7], [103.5, -1.7]]), "fewer than three points"),
        (_feature("15.71", _square(-1.7, 103.5, 0.2)), "longitude stands first"),
        (_feature("15.71"), "without a ring"),
        (_feature("15.71", [[103.5], [103.6], [103.7]]), "a position is"),
        (_feature("15.71", kind="Point"), "neither Polygon"),
        ({**_feature("15.71"), "geometry": {"type": "Polygon", "coordinates": 7}}, "feature 0: "),
        ({**_feature("15.71"), "geometry": None}, "no GeoJSON"),
        ({"type": "Feature", "properties": {}}, "no GeoJSON"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, feature: Any, wrong: str) -> None:
    """With the number of the feature where one can be read."""
    with pytest.raises(ValueError, match=wrong):
        _own(tmp_path, feature)


def test_an_empty_file_or_a_code_twice_is_refused(tmp_path: Path) -> None:
    """Nothing would be inside, or two things would."""
    with pytest.raises(ValueError, match="no features"):
        _own(tmp_path)
    with pytest.raises(ValueError, match="more than one"):
        _own(tmp_path, *[_feature(code, _square(103.5, -1.7, 0.2)) for code in ("1571", "15.71")])
