"""What is news takes its place in a complete picture; the rest stays as it was."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contracts.audit import Scalar
from gateway.areas.areas import Areas

from .facts import Facts
from .orders import News
from .placing import located
from .policy import is_urgent
from .rows import Incident


def with_news(facts: Facts, news: News, areas: Areas) -> Facts:
    """Return the whole picture as it is now."""
    own: Any = dict(news.facts)
    place = located(replace(facts.place, **_area_anew(news.place)), areas)  # type: ignore[arg-type]  # names are checked by replace
    casualties = replace(facts.casualties, **news.casualties)  # type: ignore[arg-type]  # as above
    return replace(facts, place=place, casualties=casualties, **own)


def sorted_anew(incident: Incident, news: News) -> dict[str, object]:
    """Return what it is now; once it is something else it is as urgent as that, unless somebody says."""
    category, severity = news.category or incident.category, news.severity or incident.severity
    if (category, severity) == (incident.category, incident.severity):
        urgent = incident.urgent if news.urgent is None else news.urgent
    else:
        urgent = is_urgent(category, severity, said=news.urgent)
    return {"category": category, "severity": severity, "urgent": urgent}


def difference(before: Facts, now: Facts) -> dict[str, Scalar]:
    """Return what is told anew; what was taken out stands as None."""
    was, is_now = before.scalars(), now.scalars()
    return {name: is_now.get(name) for name in {**was, **is_now} if was.get(name) != is_now.get(name)}


def _area_anew(place: Mapping[str, object]) -> Mapping[str, object]:
    """Let a new point find its area by itself, unless the area is said with it."""
    if "latitude" in place and "area_code" not in place:
        return {**place, "area_code": None}
    return place
