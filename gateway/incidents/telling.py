"""Who is told of an incident, and whether it is the first word for them: by category, severity and area."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from contracts import SENSITIVE, AlertKind, Category, Severity
from gateway.areas import codes
from gateway.partners.shape import Telling

from .policy import is_at_least

LAST_WORDS = frozenset({AlertKind.CLOSED, AlertKind.CANCEL})


@dataclass(frozen=True, slots=True)
class Matter:
    """
    What decides who is told; *area* None is not known, and counts as everybody's.

    *proposed*: a warning only, which those hear who want warnings.
    """

    category: Category
    severity: Severity
    area: str | None
    proposed: bool = False


def concerns(telling: Telling | None, matter: Matter) -> bool:
    """Say whether a partner with this *telling* is told of such a *matter*."""
    if telling is None or not (telling.warnings if matter.proposed else telling.incidents):
        return False
    if matter.category in SENSITIVE and not telling.sensitive:
        return False
    fits = not telling.categories or matter.category in telling.categories
    return fits and is_at_least(matter.severity, telling.min_severity) and _is_theirs(telling, matter.area)


def hearers(
    partners: Mapping[str, Telling | None],
    matter: Matter,
    kind: AlertKind,
    *,
    by_hand: Collection[str],
    before: Mapping[str, bool],
) -> dict[str, AlertKind]:
    """
    Return who is told a picture of this *kind*, each with the kind it is to them.

    *before* are those told earlier, with whether a first ALERT stands for them; without one the picture is
    it. The last word goes to them alone.
    """
    if kind in LAST_WORDS:
        return dict.fromkeys(sorted(before), kind)
    concerned = {name for name, telling in partners.items() if concerns(telling, matter)}
    wanted = concerned | set(by_hand) | set(before)
    return {name: kind if before.get(name) else AlertKind.ALERT for name in sorted(wanted)}


def _is_theirs(telling: Telling, area: str | None) -> bool:
    return area is None or not telling.areas or codes.meets(area, telling.areas)
