"""Who is told, as a table: by category, severity, area, what is sensitive, and who was told before."""

from collections.abc import Mapping
from typing import Any

import pytest

from contracts import AlertKind, Category, Severity
from gateway.incidents.telling import Matter, concerns, hearers
from gateway.partners.shape import Telling

from .builders import telling

FIRE = Matter(Category.FIRE, Severity.MODERATE, "15.71.08")
ALERT, UPDATE, CLOSED, CANCEL = AlertKind.ALERT, AlertKind.UPDATE, AlertKind.CLOSED, AlertKind.CANCEL


def _matter(**more: Any) -> Matter:
    known = {"category": FIRE.category, "severity": FIRE.severity, "area": FIRE.area}
    return Matter(**{**known, **more})


@pytest.mark.parametrize(
    ("their", "matter", "told"),
    [
        ({}, {}, True),  # nothing said: everything
        ({"categories": {"fire", "rescue"}}, {}, True),
        ({"categories": {"crime"}}, {}, False),
        ({"min_severity": "moderate"}, {}, True),
        ({"min_severity": "severe"}, {}, False),
        ({"min_severity": "extreme"}, {"severity": Severity.UNKNOWN}, True),  # nobody has said it is not
        ({"areas": ("15.71",)}, {}, True),
        ({"areas": ("15.71.08",)}, {}, True),
        ({"areas": ("15.71.09", "15.71.08")}, {}, True),
        ({"areas": ("15.71.09",)}, {}, False),
        ({"areas": ("15.71.0",)}, {}, False),  # no code, and no prefix by letters
        ({"areas": ("15.71.09",)}, {"area": None}, True),  # unknown counts as inside
        ({"areas": ("15.71.09",)}, {"area": "15.71"}, True),  # all of the city is theirs, too
        ({"areas": ("15.71",)}, {"area": "15.04"}, False),
        ({"incidents": False}, {}, False),
        ({"incidents": False, "warnings": True}, {}, False),
        ({}, {"proposed": True}, False),
        ({"warnings": True}, {"proposed": True}, True),
        ({"warnings": True, "areas": ("15.71.09",)}, {"proposed": True}, False),
        ({"incidents": False, "follows": True}, {}, False),
        ({}, {"category": Category.DOMESTIC_VIOLENCE}, False),
        ({}, {"category": Category.CHILD_IN_DANGER}, False),
        ({}, {"category": Category.PSYCHIATRIC}, False),
        ({"sensitive": True}, {"category": Category.PSYCHIATRIC}, True),
        ({"sensitive": True, "categories": {"fire"}}, {"category": Category.PSYCHIATRIC}, False),
        ({"categories": {"fire"}, "areas": ("15.71",), "min_severity": "severe"}, {}, False),  # all must fit
    ],
)
def test_whom_it_concerns(their: dict[str, Any], matter: dict[str, Any], told: bool) -> None:
    """By what stands in the partner's row."""
    fitting = {
        **their,
        "categories": frozenset(Category(each) for each in their.get("categories", ())),
        "min_severity": Severity(their.get("min_severity", "unknown")),
    }
    assert concerns(telling(**fitting), _matter(**matter)) is told


def test_who_is_told_nothing_is_told_nothing() -> None:
    """A partner without an agreement."""
    assert not concerns(None, FIRE)


DAMKAR = telling(categories=frozenset({Category.FIRE}))
POLICE = telling(categories=frozenset({Category.CRIME}))
BPBD = telling(incidents=False, warnings=True)
PARTNERS: Mapping[str, Telling | None] = {"polres": POLICE, "damkar": DAMKAR, "bpbd": BPBD, "rsud": None}


@pytest.mark.parametrize(
    ("matter", "kind", "by_hand", "before", "told"),
    [
        (FIRE, ALERT, (), {}, {"damkar": ALERT}),
        (FIRE, ALERT, ("polres",), {}, {"damkar": ALERT, "polres": ALERT}),
        (FIRE, UPDATE, (), {"damkar": True}, {"damkar": UPDATE}),
        # Who once was told hears every later picture, whatever it has become.
        (_matter(category=Category.CRIME), UPDATE, (), {"damkar": True}, {"damkar": UPDATE, "polres": ALERT}),
        # Whose first word never came has its first word now.
        (FIRE, UPDATE, (), {"damkar": False}, {"damkar": ALERT}),
        (FIRE, UPDATE, (), {}, {"damkar": ALERT}),
        # The end is told to who was told of it, and to nobody else.
        (FIRE, CLOSED, ("polres",), {}, {}),
        (FIRE, CLOSED, (), {"damkar": True, "polres": False}, {"damkar": CLOSED, "polres": CLOSED}),
        (FIRE, CANCEL, ("polres",), {"damkar": True}, {"damkar": CANCEL}),
        # What is only proposed is news to who wants warnings, and to nobody else.
        (_matter(proposed=True), ALERT, (), {}, {"bpbd": ALERT}),
        (_matter(proposed=True), UPDATE, (), {"bpbd": True}, {"bpbd": UPDATE}),
        # A partner that the file no longer names was told all the same.
        (FIRE, UPDATE, (), {"tagana": True}, {"damkar": ALERT, "tagana": UPDATE}),
    ],
)
def test_who_hears_a_picture_and_as_what(
    matter: Matter,
    kind: AlertKind,
    by_hand: tuple[str, ...],
    before: dict[str, bool],
    told: dict[str, AlertKind],
) -> None:
    """In the order of their ids, so that two replicas do not wait for each other."""
    found = hearers(PARTNERS, matter, kind, by_hand=by_hand, before=before)
    assert found == told
    assert list(found) == sorted(found)
