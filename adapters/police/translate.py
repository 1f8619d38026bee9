"""Our alert as the envelope and case of the hand-over contract."""

import re
from typing import Any

import msgspec

from contracts import Alert, AlertKind
from contracts.alert import Over
from contracts.alert_wire import plain, rfc3339
from contracts.incident import Place

from .words import ACTUAL, EXERCISE, KINDS, LABELS, PRIORITIES, REPORT, STATUS_OF_CASE, TEST, URGENT

SCHEME = "gerbang"
HIDDEN = "[nomor disembunyikan]"

_NO_CASE = (AlertKind.TEST, AlertKind.HEARTBEAT)
# A NIK (16 digits, as people group them) or the number of a BPJS card that somebody typed into a text.
_OF_A_PERSON = re.compile(
    r"(?<!\d)(?:\d{16}|\d{4}(?:[ .-]\d{4}){3}|\d{2}(?:[ .-]?\d{2}){2}[ .-]\d{6}[ .-]\d{4}|000\d{10})(?!\d)"
)


def body_of(alert: Alert, *, sender: str, recipient: str) -> bytes:
    """Return the envelope with its content, as JSON."""
    return msgspec.json.encode(_envelope(alert, sender, recipient) | {"content": _content(alert, sender)})


def distribution_id(alert: str, *, sender: str) -> str:
    """Return what a message is called on this wire."""
    return f"{sender}_{alert}"


def _envelope(alert: Alert, sender: str, recipient: str) -> dict[str, Any]:
    return {
        "distributionID": distribution_id(alert.id, sender=sender),
        "senderID": sender,
        "dateTimeSent": rfc3339(alert.sent_at),
        "dateTimeExpires": rfc3339(alert.expires_at),
        "distributionStatus": _status(alert),
        "distributionKind": KINDS.get(alert.kind, REPORT),
        "explicitAddress": {"scheme": SCHEME, "value": recipient},
    }


def _status(alert: Alert) -> str:
    """Say Actual only of what is true: whatever the demo says is a test."""
    if not alert.live or alert.kind in _NO_CASE:
        return TEST
    return EXERCISE if alert.drill else ACTUAL


def _content(alert: Alert, sender: str) -> dict[str, Any]:
    numbered = _known(number=alert.number, replyTo=alert.reply_to)
    if alert.kind in _NO_CASE:
        return numbered | {"link": {"kind": alert.kind.value.upper()}}
    if alert.kind is AlertKind.DIGEST:
        return numbered | {"digest": [_ended(over) for over in alert.over]}
    return numbered | {"case": _case(alert, sender)}


def _case(alert: Alert, sender: str) -> dict[str, Any]:
    return _known(
        caseId=alert.incident,
        sequence=alert.sequence,
        status=STATUS_OF_CASE.get(alert.kind, "OPEN"),
        outcome=alert.outcome,
        qualification=_qualification(alert),
        priority=min(PRIORITIES[alert.severity], URGENT) if alert.urgent else PRIORITIES[alert.severity],
        reportedAt=alert.reported_at,
        location=_location(alert.place),
        narrative=_discreet(alert.narrative),
        cautions=[caution.value.upper() for caution in alert.cautions],
        casualties=plain(alert.casualties),
        caller=plain(alert.caller),
        callback=alert.callback,
        supersedes=[
            {"distributionID": distribution_id(old.id, sender=sender), "dateTimeSent": rfc3339(old.sent_at)}
            for old in alert.replaces
        ],
        delayed=alert.delayed or None,
        heldSince=alert.held_since,
    )


def _qualification(alert: Alert | Over) -> dict[str, Any]:
    indonesian, english = LABELS[alert.category]
    return {"code": alert.category.value.upper(), "label": {"id": indonesian, "en": english}}


def _location(place: Place) -> dict[str, Any]:
    point = _known(latitude=place.latitude, longitude=place.longitude, precisionM=place.precision_m)
    return _known(
        point=point if place.latitude is not None and place.longitude is not None else None,
        address=_discreet(place.address),
        landmark=_discreet(place.landmark),
        areaCode=place.area_code,
        areaName=place.area_name,
    )


def _ended(over: Over) -> dict[str, Any]:
    return _known(
        caseId=over.incident,
        qualification=_qualification(over),
        areaName=over.area_name,
        reportedAt=over.reported_at,
        closedAt=over.closed_at,
    )


def _discreet(text: str | None) -> str | None:
    return text and _OF_A_PERSON.sub(HIDDEN, text)


def _known(**fields: Any) -> dict[str, Any]:
    """Leave out what nobody has said: never null, 0 or an empty text in its place."""
    return {name: plain(value) for name, value in fields.items() if value not in (None, "", [], {})}
