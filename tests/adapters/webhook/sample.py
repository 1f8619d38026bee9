"""What the conformance suite needs to speak to a webhook: whole and thin, and the ways to ask."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts import (
    Alert,
    AlertKind,
    Busy,
    Casualties,
    Category,
    Caution,
    Change,
    Conveyed,
    PartnerError,
    Place,
    Severity,
)

# The secret of the published example of Standard Webhooks, and one of 32 bytes.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_c3ludGhldGljLXNlY3JldC1vZi0zMi1ieXRlcy1sZW4="
SETTINGS: dict[str, Any] = {"hook_url": "https://damkar.example/hook", "secret": SECRET}
MORE_SETTINGS: list[dict[str, Any]] = [
    SETTINGS | {"thin": True, "fetch_from": "https://gerbang.example/v1/inbox", "origin": "112.example"},
    SETTINGS | {"secret": f"{OTHER_SECRET} {SECRET}"},
]

# Standard Webhooks: any 2xx is a success, 502 and 504 are signs of too much to do.
TAKEN_BY_STATUS = (Conveyed, type(None))
STATUSES: dict[int, type[PartnerError]] = {502: Busy, 504: Busy}

SENT = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
ALERT = Alert(
    id="n-2k4m6p8r0t2v4",
    number=17,
    kind=AlertKind.ALERT,
    sent_at=SENT,
    expires_at=SENT + timedelta(hours=1),
    incident="i-abcdefghijklm",
    sequence=1,
    category=Category.FIRE,
    severity=Severity.SEVERE,
    urgent=True,
    live=True,
    reported_at=SENT - timedelta(seconds=20),
    place=Place(
        latitude=-1.61,
        longitude=103.61,
        precision_m=50,
        address="Jl. Contoh 5",
        landmark="seberang pasar",
        area_code="15.71.01",
        area_name="Kec. Contoh",
    ),
    narrative="Rumah terbakar, api dekat gudang gas",
    cautions=(Caution.HAZMAT,),
    casualties=Casualties(injured=2),
    callback="112",
    reply_to="https://gerbang.example/v1/callbacks/damkar/receipts",
)
CHANGE = Change(
    id="n-3k4m6p8r0t2v4",
    number=18,
    about="i-abcdefghijklm",
    topic="incident",
    sent_at=SENT,
    expires_at=SENT + timedelta(hours=1),
    data={"id": "i-abcdefghijklm", "state": "OPEN"},
    source_system="contoh-cad",
    source_ticket="T-1",
)
TEST = Alert(
    id="n-4k4m6p8r0t2v4",
    number=19,
    kind=AlertKind.TEST,
    sent_at=SENT,
    expires_at=SENT + timedelta(hours=1),
    live=True,
    reply_to=ALERT.reply_to,
)
HEARTBEAT = replace(TEST, id="n-5k4m6p8r0t2v4", kind=AlertKind.HEARTBEAT)


def tell(alert: Alert) -> Callable[[Any], Awaitable[object]]:
    """Return the question that hands *alert* over."""
    return lambda partner: partner.convey_alert(alert, key=alert.id)


ASK: list[Callable[[Any], Awaitable[object]]] = [
    tell(ALERT),
    tell(TEST),
    lambda partner: partner.convey_change(CHANGE, key=CHANGE.id),
]
