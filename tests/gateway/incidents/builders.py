"""Short ways to say an incident, what is known of it, and what a partner is told."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from contracts import (
    Alert,
    AlertKind,
    Caller,
    Casualties,
    Category,
    Caution,
    Place,
    Severity,
)
from gateway.incidents.facts import Facts
from gateway.incidents.rows import Incident, Picture, State
from gateway.partners.shape import Share, Telling

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
NIK = "1571015203909901"

PLACE = Place(
    latitude=-1.61234,
    longitude=103.61567,
    precision_m=25,
    address="Jl. Contoh 7",
    landmark="Seberang pasar contoh",
    area_code="15.71.08",
    area_name="Jelutung",
)
FACTS = Facts(
    place=PLACE,
    narrative="Contoh narasi",
    cautions=(Caution.ARMED, Caution.HAZMAT),
    casualties=Casualties(injured=2),
    caller=Caller("Budi Contoh", "+6281200000001"),
)
ALL = frozenset(Share)


def incident(**more: Any) -> Incident:
    """Return a fire that was taken up at noon."""
    made = Incident(
        id="i-contohcontoh2",
        version=1,
        sequence=1,
        state=State.OPEN,
        category=Category.FIRE,
        severity=Severity.UNKNOWN,
        urgent=True,
        drill=False,
        area_code="15.71.08",
        latitude=-1.61,
        longitude=103.62,
        subject="p-contoh",
        source_system=None,
        source_ticket=None,
        origin="operator",
        warning=None,
        outcome=None,
        merged_into=None,
        told=(),
        created_by="k-dispatcher",
        reported_at=NOON,
        created_at=NOON,
        changed_at=NOON,
    )
    return replace(made, **more)


def picture(**more: Any) -> Picture:
    """Return the first picture of that incident."""
    made = Picture(
        incident="i-contohcontoh2",
        sequence=1,
        at=NOON,
        kind=AlertKind.ALERT,
        category=Category.FIRE,
        severity=Severity.UNKNOWN,
        sealed="",
        actor="k-dispatcher",
        role="dispatcher",
    )
    return replace(made, **more)


def alert(**more: Any) -> Alert:
    """Return the whole first word of that incident, thinned for nobody yet."""
    made = Alert(
        id="n-contohcontoh2",
        number=1,
        kind=AlertKind.ALERT,
        sent_at=NOON,
        expires_at=NOON,
        incident="i-contohcontoh2",
        sequence=1,
        category=Category.FIRE,
        place=FACTS.place,
        narrative=FACTS.narrative,
        cautions=FACTS.cautions,
        casualties=FACTS.casualties,
        caller=FACTS.caller,
    )
    return replace(made, **more)


def telling(*shares: Share, **more: Any) -> Telling:
    """Return what a partner is told that shares these."""
    return Telling(shares=frozenset(shares), **more)
