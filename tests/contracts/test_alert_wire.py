"""An alert as JSON: CloudEvents around it, only what is known within it, nothing of the house."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from contracts import (
    Alert,
    AlertKind,
    Caller,
    Casualties,
    Category,
    Caution,
    Change,
    Earlier,
    Over,
    Place,
    Severity,
)
from contracts.alert_wire import wire, wire_change

SENT = datetime(2026, 11, 23, 7, 30, 5, 120_000, tzinfo=UTC)
BARE = Alert("n-1", 7, AlertKind.HEARTBEAT, SENT, SENT + timedelta(minutes=5))
FULL = Alert(
    "n-2",
    8,
    AlertKind.UPDATE,
    SENT,
    SENT + timedelta(hours=2),
    incident="i-1",
    sequence=3,
    category=Category.FIRE,
    severity=Severity.SEVERE,
    urgent=True,
    drill=True,
    live=True,
    reported_at=SENT,
    place=Place(-1.61, 103.61, area_code="15.71.01", area_name="Telanaipura"),
    cautions=(Caution.ARMED, Caution.HAZMAT),
    casualties=Casualties(injured=0),
    caller=Caller(phone="+62741112"),
    replaces=(Earlier("n-1", SENT),),
    delayed=True,
    held_since=SENT,
    anchor="a checkpoint",
)


def test_the_envelope_has_the_names_of_cloudevents() -> None:
    """Id, type by kind, subject and times; `drill` and `environment` beside them."""
    expected = {
        "specversion": "1.0",
        "id": "n-2",
        "source": "urn:gerbang:112-jambi",
        "type": "id.jambi.112.update.v1",
        "subject": "i-1",
        "time": "2026-11-23T07:30:05.120000Z",
        "expirytime": "2026-11-23T09:30:05.120000Z",
        "sequence": 3,
        "datacontenttype": "application/json",
        "drill": True,
        "environment": "live",
    }
    said = wire(FULL)
    del said["data"]
    assert expected == said


def test_the_data_is_what_is_known() -> None:
    """A counted zero is known; what nobody said is not there."""
    data = wire(FULL)["data"]
    assert data == {
        "number": 8,
        "kind": "update",
        "incident": "i-1",
        "category": "fire",
        "severity": "severe",
        "urgent": True,
        "reported_at": "2026-11-23T07:30:05.120000Z",
        "place": {
            "latitude": -1.61,
            "longitude": 103.61,
            "area_code": "15.71.01",
            "area_name": "Telanaipura",
        },
        "cautions": ["armed", "hazmat"],
        "casualties": {"injured": 0},
        "caller": {"phone": "+62741112"},
        "replaces": [{"id": "n-1", "sent_at": "2026-11-23T07:30:05.120000Z"}],
        "delayed": True,
        "held_since": "2026-11-23T07:30:05.120000Z",
    }


def test_where_nothing_happened_no_incident_is_told_of() -> None:
    """A heartbeat says how far the numbers are; it has no category, severity or urgency to speak of."""
    assert wire(BARE)["data"] == {"number": 7, "kind": "heartbeat"}
    assert "subject" not in wire(BARE)
    assert "sequence" not in wire(BARE)
    assert wire(BARE)["environment"] == "demo"


def test_a_digest_lists_what_is_over() -> None:
    """Each with its times."""
    over = Over("i-1", Category.FLOOD, None, SENT, SENT + timedelta(hours=1))
    said = wire(Alert("n-3", 9, AlertKind.DIGEST, SENT, SENT, over=(over,)))
    assert said["data"]["over"] == [
        {
            "incident": "i-1",
            "category": "flood",
            "reported_at": "2026-11-23T07:30:05.120000Z",
            "closed_at": "2026-11-23T08:30:05.120000Z",
        }
    ]


def test_times_are_utc() -> None:
    """Whatever zone they came in."""
    west = timezone(timedelta(hours=7))
    said = wire(Alert("n-1", 1, AlertKind.TEST, SENT.astimezone(west), SENT))
    assert said["time"] == "2026-11-23T07:30:05.120000Z"


@pytest.mark.parametrize("alert", [BARE, FULL])
def test_it_is_json(alert: Alert) -> None:
    """Nothing in it needs help to become text."""
    assert wire(alert) == json.loads(json.dumps(wire(alert)))


def test_a_change_carries_the_whole_picture_under_its_topic() -> None:
    """The picture stays as it is, null included: our API shows it so."""
    picture = {"id": "i-1", "phone": None, "lines": []}
    change = Change("n-4", 2, "i-1", "incident", SENT, SENT, picture, "cad", "T-9")
    said = wire_change(change)
    assert said["type"] == "id.jambi.112.incident_changed.v1"
    assert said["subject"] == "i-1"
    assert said["data"] == {
        "number": 2,
        "topic": "incident",
        "about": "i-1",
        "source_system": "cad",
        "source_ticket": "T-9",
        "incident": picture,
    }
    assert said == json.loads(json.dumps(said))
