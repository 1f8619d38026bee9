"""Where an incident is: its area, and what of its place stands in the clear."""

from dataclasses import replace
from typing import Any

from contracts import Place
from gateway.areas.areas import Areas

from .thinning import about


def located(place: Place, areas: Areas) -> Place:
    """Return *place* with its area: as said, or the one its point lies in."""
    code = place.area_code
    if code is None and place.latitude is not None and place.longitude is not None:
        code = areas.area_of(place.latitude, place.longitude)
    return replace(place, area_code=code, area_name=areas.name_of(code))


def in_the_clear(place: Place) -> dict[str, Any]:
    """Return what of a place stands unsealed: the area, and the point to some kilometre."""
    return {
        "area_code": place.area_code,
        "latitude": about(place.latitude),
        "longitude": about(place.longitude),
    }
