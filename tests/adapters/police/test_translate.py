"""An alert as a case of the hand-over contract, and what never stands in one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.police.translate import HIDDEN, body_of
from adapters.police.words import LABELS, PRIORITIES
from contracts import Alert, AlertKind, Category, Place, Severity

from .sample import ALERT, EVERY_KIND, UPDATE

WIRE = Path(__file__).parents[2] / "wire" / "police"
NIK = "1571015203909901"


def told(alert: Alert) -> dict[str, Any]:
    """Return what is sent."""
    sent: dict[str, Any] = json.loads(body_of(alert, sender="id.jambi.112", recipient="polresta-jambi"))
    return sent


def case_of(alert: Alert) -> dict[str, Any]:
    """Return the case that is sent."""
    case: dict[str, Any] = told(alert)["content"]["case"]
    return case


@pytest.mark.parametrize("alert", EVERY_KIND, ids=lambda alert: alert.kind)
def test_every_kind_is_what_its_example_says(alert: Alert) -> None:
    """Alert, update, closed, cancel, test, heartbeat, digest."""
    assert told(alert) == json.loads((WIRE / f"{alert.kind}.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("kind", "distribution", "case"),
    [
        (AlertKind.ALERT, "Report", "OPEN"),
        (AlertKind.UPDATE, "Update", "OPEN"),
        (AlertKind.CLOSED, "Update", "CLOSED"),
        (AlertKind.CANCEL, "Cancel", "CANCELLED"),
    ],
)
def test_what_a_message_is_to_the_case(kind: AlertKind, distribution: str, case: str) -> None:
    """The first word, a newer picture, the end, an error."""
    alert = replace(ALERT, kind=kind)
    assert (told(alert)["distributionKind"], case_of(alert)["status"]) == (distribution, case)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "Actual"),
        ({"drill": True}, "Exercise"),
        ({"live": False}, "Test"),
        ({"live": False, "drill": True}, "Test"),
        ({"kind": AlertKind.TEST}, "Test"),
        ({"kind": AlertKind.HEARTBEAT, "drill": True}, "Test"),
        ({"kind": AlertKind.CANCEL, "drill": True}, "Exercise"),
    ],
)
def test_only_what_is_true_is_actual(changes: dict[str, Any], status: str) -> None:
    """Nobody drives out for a drill, the demo or a test of the link."""
    assert told(replace(ALERT, **changes))["distributionStatus"] == status


@pytest.mark.parametrize(
    ("severity", "urgent", "priority"),
    [
        (Severity.EXTREME, False, "P0"),
        (Severity.EXTREME, True, "P0"),
        (Severity.SEVERE, False, "P1"),
        (Severity.UNKNOWN, False, "P2"),
        (Severity.UNKNOWN, True, "P1"),
        (Severity.MINOR, False, "P3"),
        (Severity.MINOR, True, "P1"),
    ],
)
def test_what_is_urgent_is_p1_at_least(severity: Severity, urgent: bool, priority: str) -> None:
    """Whatever its severity."""
    assert case_of(replace(ALERT, severity=severity, urgent=urgent))["priority"] == priority


def test_every_category_and_severity_has_words() -> None:
    """A new one of ours without theirs fails here and not at night."""
    assert set(LABELS) == set(Category)
    assert set(PRIORITIES) == set(Severity)


def test_what_nobody_has_said_is_left_out() -> None:
    """Never null, 0 or an empty text in its place."""
    bare = Alert(id="n-1", number=1, kind=AlertKind.ALERT, sent_at=ALERT.sent_at, expires_at=ALERT.expires_at)
    case = case_of(replace(bare, incident="i-1", sequence=1))
    assert set(case) == {"caseId", "sequence", "status", "qualification", "priority"}
    assert "replyTo" not in told(bare)["content"]


def test_half_a_point_is_none() -> None:
    """A latitude alone leads nowhere."""
    place = Place(latitude=-1.6, precision_m=10, area_name="Kec. Contoh")
    assert case_of(replace(ALERT, place=place))["location"] == {"areaName": "Kec. Contoh"}


def test_the_caller_is_told_only_where_it_was_given() -> None:
    """Thinning decided before; nothing of the caller is left in an update without."""
    assert case_of(ALERT)["caller"] == {"name": "Budi Contoh", "phone": "+6281200000001"}
    assert "caller" not in case_of(UPDATE)


@pytest.mark.parametrize(
    "text",
    [
        f"korban NIK {NIK} dan saksi",
        f"{NIK}",
        f"({NIK})",
        f"NIK {NIK} telp 081200000001",
        "1571 0152 0390 9901",
        "1571-0152-0390-9901",
        "157101 520390 9901",
        "15.71.01.520390.9901",
        "kartu 0001234567890",
    ],
)
def test_a_number_of_a_person_is_hidden(text: str) -> None:
    """Somebody types it into a text; the case is told all the same."""
    case = case_of(replace(ALERT, narrative=text, place=Place(address=text, landmark=text)))
    for shown in (case["narrative"], case["location"]["address"], case["location"]["landmark"]):
        assert HIDDEN in shown
        assert "9901" not in shown
        assert "234567" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "telp 081234567890 081234567891",
        "telp +6281234567890",
        "BH 1234 XY, 3 motor, KM 12",
        "12345678901234567",
        "29-11-2026 10:15, no. 15.71.01",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    """A telephone, a number plate, a date are what the police need."""
    assert case_of(replace(ALERT, narrative=text))["narrative"] == text


@given(before=st.text("abc .,-", max_size=5), after=st.text("abc .,-", max_size=5))
def test_no_sixteen_digits_get_through_between_words(before: str, after: str) -> None:
    """Whatever stands around them."""
    assert NIK not in str(told(replace(ALERT, narrative=f"{before}{NIK}{after}")))
