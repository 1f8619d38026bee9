"""What the conformance suite needs to speak to the police: settings, and the ways to hand over."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts import (
    Alert,
    AlertKind,
    Busy,
    Caller,
    Casualties,
    Category,
    Caution,
    Earlier,
    Over,
    PartnerError,
    Place,
    Severity,
)

SETTINGS: dict[str, Any] = {
    "handover_url": "https://polresta.example/cases",
    "secret": "whsec_c3ludGhldGljLXNlY3JldC1vZi0zMi1ieXRlcy1sZW4=",
    "recipient": "polresta-jambi",
}
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
    category=Category.TRAFFIC_ACCIDENT,
    severity=Severity.SEVERE,
    urgent=True,
    live=True,
    reported_at=SENT - timedelta(seconds=20),
    place=Place(-1.61, 103.61, 50, "Jl. Contoh 5", "seberang pasar", "15.71.01", "Kec. Contoh"),
    narrative="Dua motor bertabrakan, satu pengendara membawa senjata tajam",
    cautions=(Caution.ARMED,),
    casualties=Casualties(injured=2),
    caller=Caller(name="Budi Contoh", phone="+6281200000001"),
    callback="112",
    reply_to="https://gerbang.example/v1/callbacks/polresta-jambi/receipts",
)
UPDATE = replace(
    ALERT,
    id="n-3k4m6p8r0t2v4",
    number=18,
    kind=AlertKind.UPDATE,
    sequence=2,
    caller=None,
    replaces=(Earlier(ALERT.id, ALERT.sent_at),),
    delayed=True,
    held_since=SENT,
)
CLOSED = replace(
    UPDATE, id="n-4k4m6p8r0t2v4", number=19, kind=AlertKind.CLOSED, sequence=3, outcome="handled"
)
CANCEL = replace(
    CLOSED, id="n-5k4m6p8r0t2v4", number=20, kind=AlertKind.CANCEL, sequence=4, outcome="false_alarm"
)
_LINK = Alert(
    id="n-6k4m6p8r0t2v4", number=21, kind=AlertKind.TEST, sent_at=SENT, expires_at=SENT + timedelta(hours=1)
)
TEST = replace(_LINK, live=True, reply_to=ALERT.reply_to)
HEARTBEAT = replace(_LINK, id="n-7k4m6p8r0t2v4", kind=AlertKind.HEARTBEAT, live=True)
DIGEST = replace(
    _LINK,
    id="n-8k4m6p8r0t2v4",
    number=22,
    kind=AlertKind.DIGEST,
    live=True,
    over=(
        Over("i-nopqrstuvwxyz", Category.CRIME, "Kec. Contoh", SENT - timedelta(hours=5), SENT),
        Over("i-0123456789abc", Category.TRAFFIC, None, SENT - timedelta(hours=4), SENT),
    ),
)
EVERY_KIND = (ALERT, UPDATE, CLOSED, CANCEL, TEST, HEARTBEAT, DIGEST)


def tell(alert: Alert) -> Callable[[Any], Awaitable[object]]:
    """Return the question that hands *alert* over."""
    return lambda partner: partner.convey_alert(alert, key=alert.id)


ASK: list[Callable[[Any], Awaitable[object]]] = [tell(ALERT), tell(DIGEST)]
