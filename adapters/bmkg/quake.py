"""
BMKG's earthquakes as warnings: the three files have the same fields, all texts.

What BMKG does not say is by rules of ours, which no seismologist would sign: they only decide whether an
operator is asked to look.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from adapters.cap.forms import scrubbed
from contracts import Category, Garbled, Severity, Warned

from .words import ATTRIBUTION, QUAKES

FURTHEST_KM = 1500.0

_SEVERITIES = ((6.5, Severity.EXTREME), (5.5, Severity.SEVERE), (4.5, Severity.MODERATE))
_TSUNAMI, _NO_TSUNAMI = "berpotensi tsunami", "tidak berpotensi tsunami"

Row = Mapping[str, Any]


class _Inner(msgspec.Struct):
    gempa: dict[str, Any] | list[Any]


class _Outer(msgspec.Struct):
    Infogempa: _Inner


_read = msgspec.json.Decoder(_Outer).decode


def rows_of(body: bytes) -> list[Any]:
    """Return the earthquakes of one file: autogempa has an object, the others a list. Raises Garbled."""
    try:
        found = _read(body).Infogempa.gempa
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Garbled("no_quakes") from None
    return found if isinstance(found, list) else [found]


def merged(rows: Iterable[Any]) -> tuple[list[Row], list[str]]:
    """
    Return each earthquake once, with what any file says of it, and the names of rows that are none.

    The moment of an earthquake is its name: BMKG numbers them nowhere.
    """
    found: dict[str, dict[str, Any]] = {}
    odd: list[str] = []
    for number, row in enumerate(rows, 1):
        moment = row.get("DateTime") if isinstance(row, dict) else None
        if isinstance(moment, str) and moment:
            found[moment] = {**row, **found.get(moment, {})}
        else:
            odd.append(f"row {number}")
    return list(found.values()), odd


def warned_of(row: Row, *, keep: timedelta) -> Warned:
    """Return one earthquake; it is of interest for *keep*. Raises ValueError."""
    at = _moment(row["DateTime"])
    magnitude, centre = _magnitude(row), _centre(row)
    return Warned(
        identifier=f"gempa-{at:%Y%m%dT%H%M%SZ}",
        source=QUAKES,
        sent_at=at,
        category=Category.EARTHQUAKE,
        severity=severity_of(magnitude, str(row.get("Potensi", ""))),
        headline=f"Gempa M {magnitude:.1f}: {_words(row, 'Wilayah') or 'lokasi tidak disebut'}",
        language="id",
        attribution=ATTRIBUTION,
        text=_text(row),
        effective_at=at,
        expires_at=at + keep,
        centre=centre,
        radius_km=radius_km(magnitude),
    )


def radius_km(magnitude: float) -> float:
    """
    Return how far away people may feel it: 10 to the power of M/2 - 0.8, at most FURTHEST_KM.

    16 km at M 4, 50 at M 5, 160 at M 6, 500 at M 7; shallow or deep is not looked at.
    """
    return float(min(10 ** (magnitude / 2 - 0.8), FURTHEST_KM))


def severity_of(magnitude: float, potential: str) -> Severity:
    """Return how bad it is where it was; a tsunami is extreme whatever the magnitude."""
    told = potential.lower()
    if _TSUNAMI in told and _NO_TSUNAMI not in told:
        return Severity.EXTREME
    return next((severity for least, severity in _SEVERITIES if magnitude >= least), Severity.MINOR)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without zone")
    return at.astimezone(UTC).replace(microsecond=0)


def _magnitude(row: Row) -> float:
    magnitude = float(str(row.get("Magnitude")))
    if not 0 <= magnitude <= 10:
        raise ValueError("no such magnitude")
    return magnitude


def _centre(row: Row) -> tuple[float, float]:
    latitude, longitude = (float(part) for part in str(row.get("Coordinates")).split(","))
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError("no such place")
    return latitude, longitude


def _text(row: Row) -> str | None:
    deep, felt = _words(row, "Kedalaman"), _words(row, "Dirasakan")
    told = [f"Kedalaman {deep}." if deep else None, _words(row, "Potensi")]
    told += [f"Dirasakan (MMI): {felt}." if felt else None]
    return " ".join(each for each in told if each) or None


def _words(row: Row, name: str) -> str | None:
    value = row.get(name)
    return " ".join(scrubbed(value).split())[:500] or None if isinstance(value, str) else None
