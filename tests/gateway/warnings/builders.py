"""Warnings as authorities might publish them; everything in them is invented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts import Category, Ring, Severity, Warned, WarningReport
from gateway.warnings.rows import KeptWarning, State
from gateway.warnings.states import id_of

NOON = datetime(2026, 11, 29, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = "cuaca-contoh"

# One across the city of Kota Jambi (15.71), one far in the west of the same province.
HERE: Ring = ((-1.60, 103.58), (-1.60, 103.62), (-1.64, 103.62), (-1.64, 103.58), (-1.60, 103.58))
ELSEWHERE: Ring = ((-2.0, 101.4), (-2.0, 101.5), (-2.1, 101.5), (-2.0, 101.4))


def warned(identifier: str = "a", **more: Any) -> Warned:
    """Return a warning that touches the city."""
    told: dict[str, Any] = {
        "source": SOURCE,
        "sent_at": NOON,
        "category": Category.STORM,
        "severity": Severity.MODERATE,
        "headline": "Hujan lebat contoh",
        "language": "id",
        "attribution": "Badan Contoh",
        "text": "Keterangan contoh",
        "effective_at": NOON,
        "expires_at": NOON + 2 * HOUR,
        "rings": (HERE,),
    }
    return Warned(identifier=identifier, **(told | more))


def report(*warnings: Warned, unread: tuple[str, ...] = (), at: datetime = NOON) -> WarningReport:
    """Return a list with these on it."""
    return WarningReport(at, warnings, unread)


def kept(identifier: str = "a", state: State = State.IN_FORCE, **more: Any) -> KeptWarning:
    """Return a warning as it stands in the database."""
    row = KeptWarning(
        id=id_of(SOURCE, identifier),
        partner="cuaca",
        source=SOURCE,
        identifier=identifier,
        state=state,
        touches=True,
        category=Category.STORM,
        severity=Severity.MODERATE,
        headline="Hujan lebat contoh",
        text="Keterangan contoh",
        language="id",
        attribution="Badan Contoh",
        sent_at=NOON,
        effective_at=NOON,
        expires_at=NOON + 2 * HOUR,
        areas=("15.71",),
        seen_at=NOON,
    )
    return replace(row, **more)
