"""What the conformance suite needs to speak to BPBD: both scopes, and every kind of message."""

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
    Earlier,
    Over,
    PartnerError,
    Place,
    Severity,
)

SECRET = "whsec_c3ludGhldGljLXNlY3JldC1vZi0zMi1ieXRlcy1sZW4="
SETTINGS: dict[str, Any] = {
    "cap_url": "https://bpbd.example/cap",
    "secret": SECRET,
    "sender": "112.kota-contoh.example",
    "sender_name": "Call Center 112 Kota Contoh",
    "addresses": ["pusdalops.bpbd.kota-contoh.example"],
}
MORE_SETTINGS: list[dict[str, Any]] = [
    {name: value for name, value in SETTINGS.items() if name != "addresses"}
    | {"scope": "restricted", "restriction": "Hanya untuk Pusdalops BPBD Kota Contoh", "utc_offset": 9},
]
STATUSES: dict[int, type[PartnerError]] = {502: Busy, 504: Busy}  # as for every hook

SENT = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
ALERT = Alert(
    id="n-2k4m6p8r0t2v4",
    number=17,
    kind=AlertKind.ALERT,
    sent_at=SENT,
    expires_at=SENT + timedelta(hours=6),
    incident="i-abcdefghijklm",
    sequence=1,
    category=Category.FLOOD,
    severity=Severity.SEVERE,
    urgent=True,
    live=True,
    reported_at=SENT - timedelta(minutes=2),
    place=Place(
        latitude=-1.572,
        longitude=103.593,
        precision_m=200,
        address="Jl. Contoh 5",
        landmark="Masjid Contoh",
        area_code="15.71.06",
        area_name="Kecamatan Contoh",
    ),
    narrative="Air setinggi dada, dua keluarga di atap.",
    cautions=(Caution.ELECTRICITY,),
    casualties=Casualties(dead=0, injured=2, displaced=14),
    callback="112",
    reply_to="https://gerbang.example/v1/callbacks/bpbd/receipts",
)
UPDATE = replace(
    ALERT,
    id="n-3k4m6p8r0t2v4",
    number=18,
    kind=AlertKind.UPDATE,
    sequence=2,
    sent_at=SENT + timedelta(minutes=30),
    casualties=Casualties(dead=0, injured=3, displaced=40),
    replaces=(Earlier(ALERT.id, SENT),),
)
CLOSED = replace(
    UPDATE,
    id="n-4k4m6p8r0t2v4",
    number=19,
    kind=AlertKind.CLOSED,
    sequence=3,
    sent_at=SENT + timedelta(hours=4),
    outcome="handled",
    replaces=(Earlier(ALERT.id, SENT), Earlier(UPDATE.id, UPDATE.sent_at)),
)
CANCEL = replace(CLOSED, id="n-5k4m6p8r0t2v4", number=20, kind=AlertKind.CANCEL, outcome="false_alarm")
DRILL = replace(ALERT, id="n-6k4m6p8r0t2v4", number=21, drill=True)
LATE = replace(
    ALERT,
    id="n-7k4m6p8r0t2v4",
    number=22,
    delayed=True,
    held_since=SENT - timedelta(days=1),
)
DIGEST = Alert(
    id="n-8k4m6p8r0t2v4",
    number=23,
    kind=AlertKind.DIGEST,
    sent_at=SENT,
    expires_at=SENT + timedelta(days=1),
    live=True,
    delayed=True,
    held_since=SENT - timedelta(days=1),
    over=(
        Over("i-bcdefghijklmn", Category.FLOOD, "Kecamatan Contoh", SENT - timedelta(hours=20), SENT),
        Over("i-cdefghijklmno", Category.FALLEN_TREE, None, SENT - timedelta(hours=9), SENT),
    ),
)
TEST = Alert(
    id="n-9k4m6p8r0t2v4",
    number=24,
    kind=AlertKind.TEST,
    sent_at=SENT,
    expires_at=SENT + timedelta(hours=1),
    live=True,
    callback="112",
)
HEARTBEAT = replace(TEST, id="n-0k4m6p8r0t2v4", kind=AlertKind.HEARTBEAT)
EVERY = {
    "alert": ALERT,
    "update": UPDATE,
    "closed": CLOSED,
    "cancel": CANCEL,
    "drill": DRILL,
    "delayed": LATE,
    "digest": DIGEST,
    "test": TEST,
    "heartbeat": HEARTBEAT,
}


def tell(alert: Alert) -> Callable[[Any], Awaitable[object]]:
    """Return the question that hands *alert* over."""
    return lambda partner: partner.convey_alert(alert, key=alert.id)


ASK: list[Callable[[Any], Awaitable[object]]] = [tell(ALERT), tell(CANCEL), tell(TEST)]
