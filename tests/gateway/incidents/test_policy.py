"""What is urgent by itself, and which severity is bad enough."""

import itertools

import pytest

from contracts import Category, Severity
from gateway.incidents import policy

URGENT = (
    "ambulance traffic_accident fire rescue crime domestic_violence child_in_danger"
    " flood landslide earthquake"
).split()


@pytest.mark.parametrize(("category", "severity"), list(itertools.product(Category, Severity)))
def test_urgency_by_category_and_severity(category: Category, severity: Severity) -> None:
    """What is extreme or severe is; what is of an urgent kind is, unless it is called minor."""
    expected = severity in ("extreme", "severe") or (category in URGENT and severity != "minor")
    assert policy.is_urgent(category, severity) is expected


@pytest.mark.parametrize("said", [True, False])
def test_the_asker_has_the_last_word(said: bool) -> None:
    """Whatever it is."""
    assert policy.is_urgent(Category.FIRE, Severity.EXTREME, said=said) is said
    assert policy.is_urgent(Category.ANIMAL, Severity.MINOR, said=said) is said


ORDER = ("minor", "moderate", "severe", "extreme")


@pytest.mark.parametrize(("one", "least"), list(itertools.product(ORDER, ORDER)))
def test_severities_have_an_order(one: str, least: str) -> None:
    """CAP's."""
    expected = ORDER.index(one) >= ORDER.index(least)
    assert policy.is_at_least(Severity(one), Severity(least)) is expected


@pytest.mark.parametrize("least", Severity)
def test_unknown_is_not_harmless(least: Severity) -> None:
    """Nobody has said that it is not bad; and who wants to hear of the unknown hears of all."""
    assert policy.is_at_least(Severity.UNKNOWN, least)
    assert policy.is_at_least(least, Severity.UNKNOWN)
