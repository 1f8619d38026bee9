"""
An alert thinned to what the agreement with a partner shares; the only place where that is decided.

What is not shared is left out before anything leaves this room. A sensitive matter told by hand to a partner
without an agreement for such is told as if nothing were shared.
"""

import re
from collections.abc import Collection
from dataclasses import replace

from contracts import SENSITIVE, Alert, Caller, Place
from contracts.incident import NOBODY_COUNTED
from gateway.partners.shape import Share, Telling

COARSE_M = 1000  # what two decimals of a degree leave of a place

# A NIK typed into free text, in one run or in groups of four; E.164 has at most 15 digits.
_NIK = re.compile(r"(?<![\d+])\d(?:[ .-]?\d){15}(?!\d)")


def thin(alert: Alert, telling: Telling | None, *, published: bool = False) -> Alert:
    """Return *alert* as the partner may have it; *published*: its words are an authority's, for everybody."""
    shares = _shares(alert, telling)
    told = published or Share.NARRATIVE in shares
    return replace(
        alert,
        place=place_for(alert.place, shares),
        narrative=_text(alert.narrative) if told else None,
        cautions=alert.cautions if Share.CAUTIONS in shares else (),
        casualties=alert.casualties if Share.CASUALTIES in shares else NOBODY_COUNTED,
        caller=_caller(alert.caller, shares),
    )


def place_for(place: Place, shares: Collection[Share]) -> Place:
    """Return the place itself, or the area with a point to about 1 km."""
    if Share.EXACT_PLACE in shares:
        return replace(place, address=_text(place.address), landmark=_text(place.landmark))
    return coarse(place)


def coarse(place: Place) -> Place:
    """Return the area, and a point to about 1 km where one is known."""
    known = place.latitude is not None and place.longitude is not None
    return Place(
        latitude=about(place.latitude) if known else None,
        longitude=about(place.longitude) if known else None,
        precision_m=max(COARSE_M, place.precision_m or 0) if known else None,
        area_code=place.area_code,
        area_name=place.area_name,
    )


def about(degrees: float | None) -> float | None:
    """Return degrees to two decimals: what may stand in the clear."""
    return None if degrees is None else round(degrees, 2)


def _shares(alert: Alert, telling: Telling | None) -> Collection[Share]:
    if telling is None or (alert.category in SENSITIVE and not telling.sensitive):
        return ()
    return telling.shares


def _caller(caller: Caller | None, shares: Collection[Share]) -> Caller | None:
    if caller is None:
        return None
    shared = Caller(
        name=caller.name if Share.CALLER_NAME in shares else None,
        phone=caller.phone if Share.CALLER_PHONE in shares else None,
    )
    return None if shared == Caller() else shared


def _text(text: str | None) -> str | None:
    return None if text is None else _NIK.sub("•••", text)
