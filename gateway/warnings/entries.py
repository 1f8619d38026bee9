"""
The declared set of this room: a round leaves one entry, and one for each partner whose reading ended
otherwise than the time before; each warning that is new, changed, stale, void or over leaves one, and so does
each that an incident is proposed for.
"""

from collections.abc import Mapping, Sequence

from contracts import Entry
from contracts.audit import Scalar
from gateway.access.guard import Principal

from .rows import KeptWarning
from .states import News

# The house tests hold it against a running gateway.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {
    "round of warnings": ("warning.read",),
    "change of a feed's outcome": ("warning.outcome_changed",),
    "a warning is new or changed": ("warning.changed",),
    "a warning is on no list any more": ("warning.stale",),
    "a warning touches us": ("warning.changed", "warning.proposed"),
    "list warnings": ("warning.listed",),
}


def read(outcomes: Mapping[str, str], found: Sequence[News], *, elapsed_ms: int) -> Entry:
    """Return the entry of one round: how each partner's reading ended, and how much was new."""
    told: dict[str, Scalar] = {**outcomes, "news": sum(each.act is not None for each in found)}
    return Entry("warning.read", "done", object_type="warnings", elapsed_ms=elapsed_ms, detail=told)


def outcome_changed(partner: str, before: str | None, word: str, code: str | None) -> Entry:
    """Return the entry of a reading that ended otherwise than the one before."""
    return Entry("warning.outcome_changed", word, partner=partner, code=code, detail={"before": before})


def changed(one: News) -> Entry:
    """Return the entry of what became of one warning; its words stand in the table, and not here."""
    act = "warning.stale" if one.act == "stale" else "warning.changed"
    row = one.row
    told: dict[str, Scalar] = {"category": str(row.category), "severity": str(row.severity)}
    return _of(row, act, str(one.act), told | {"touches": row.touches})


def proposed(row: KeptWarning) -> Entry:
    """Return the entry of a warning that an operator is asked about."""
    return _of(row, "warning.proposed", "proposed", {"incident": row.incident})


def listed(count: int, *, by: Principal, request: str) -> Entry:
    """Return the entry of a look at the warnings."""
    return Entry(
        "warning.listed",
        "answered",
        by.actor,
        object_type="warnings",
        request=request,
        detail={"count": count},
    )


def _of(row: KeptWarning, act: str, outcome: str, told: Mapping[str, Scalar]) -> Entry:
    return Entry(act, outcome, object_type="warning", object_id=row.id, partner=row.partner, detail=told)
