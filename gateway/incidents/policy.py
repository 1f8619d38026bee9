"""What is urgent, and which severity is worse."""

from contracts import Category, Severity

URGENT = frozenset(
    {
        Category.AMBULANCE,
        Category.TRAFFIC_ACCIDENT,
        Category.FIRE,
        Category.RESCUE,
        Category.CRIME,
        Category.DOMESTIC_VIOLENCE,
        Category.CHILD_IN_DANGER,
        Category.FLOOD,
        Category.LANDSLIDE,
        Category.EARTHQUAKE,
    }
)
BAD = frozenset({Severity.EXTREME, Severity.SEVERE})

_RANK = {Severity.MINOR: 1, Severity.MODERATE: 2, Severity.SEVERE: 3, Severity.EXTREME: 4}


def is_urgent(category: Category, severity: Severity, *, said: bool | None = None) -> bool:
    """Return what the asker has *said*; else whether it is bad, or of a kind that is until called minor."""
    if said is not None:
        return said
    return severity in BAD or (category in URGENT and severity is not Severity.MINOR)


def is_at_least(severity: Severity, least: Severity) -> bool:
    """Say whether *severity* is as bad as *least*; unknown is not harmless, and counts as bad enough."""
    if Severity.UNKNOWN in (severity, least):
        return True
    return _RANK[severity] >= _RANK[least]
