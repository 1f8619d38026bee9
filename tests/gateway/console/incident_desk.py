"""Incidents, ladders and alarms of pretence for the console's pages, and the rooms they come from."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from contracts import AlertKind, Category, Caution, Severity
from gateway.access.roles import Role
from gateway.areas import areas
from gateway.console import (
    incident_acts,
    incident_list,
    incident_page,
    new_incident,
)
from gateway.console.alarmed import Alarmed
from gateway.incidents.afloat import Taken
from gateway.incidents.answers import (
    CallerView,
    CasualtiesView,
    IncidentLine,
    IncidentView,
    LinkLine,
    PhoneLine,
    PictureLine,
    PlaceView,
)
from gateway.incidents.rows import State
from gateway.incidents.states import PARTY_OF, possible
from gateway.notifications.answers import LadderLine, ReceiptView
from gateway.notifications.words import SHOWN
from gateway.partners.shape import Standing

from .desk import NOW, Desk, _answering, _noting, desk

INCIDENT = "i-abcdefghjkmnp"
HERE = f"/insiden/{INCIDENT}"
POLICE = {"partner": "polres-jambi", "partner_name": "Polres Jambi", "phone": "0741-110110"}
BPBD = {"partner": "bpbd", "partner_name": "BPBD Kota Jambi", "phone": "0741-60000"}


def receipt(state: str = "accepted", **changes: Any) -> ReceiptView:
    """Return what a partner's person said by telephone a minute ago."""
    told: dict[str, Any] = {
        "state": state,
        "heard_at": NOW - timedelta(minutes=1),
        "at": NOW - timedelta(minutes=1),
        "channel": "phone",
        "proof": "operator_statement",
        "named": True,
        "post": "SPKT",
        "reference": "LP/B/7/XI/2026",
        "reason": None,
    }
    return ReceiptView(**(told | changes))


def ladder(state: str = "delivered", **changes: Any) -> LadderLine:
    """Return a first alert to the police, two minutes old."""
    told: dict[str, Any] = {
        "id": "n-abcdefghjkmnp",
        "topic": "incident",
        "about": INCIDENT,
        **POLICE,
        "number": 7,
        "sequence": 1,
        "kind": "alert",
        "state": state,
        "shown": SHOWN[state],
        "words": {"id": f"Kata-kata ({state})", "en": f"Words ({state})"},
        "urgent": True,
        "drill": False,
        "accepted_at": NOW - timedelta(minutes=2),
        "expires_at": NOW + timedelta(hours=1),
        "delivered_at": None,
        "channel": None,
        "held_since": None,
        "delayed": False,
        "confirmed_at": None,
        "human_confirmed": False,
        "needs_phone_call": False,
        "call_since": None,
        "alarm": None,
        "alarm_at": None,
        "attempts": 1,
        "trouble": None,
        "reference": None,
        "reason": None,
        "receipts": [],
    }
    return LadderLine(**(told | changes))


def _line(state: State) -> dict[str, Any]:
    return {
        "id": INCIDENT,
        "version": 4,
        "sequence": 2,
        "state": state,
        "text": "",
        "category": Category.FIRE,
        "severity": Severity.SEVERE,
        "urgent": True,
        "sensitive": False,
        "drill": False,
        "area_code": "15.71.08",
        "area_name": "Jelutung",
        "origin": "operator",
        "warning": None,
        "source_system": "112",
        "source_ticket": "T-88",
        "reported_at": NOW - timedelta(minutes=3),
        "created_at": NOW - timedelta(minutes=3),
        "changed_at": NOW,
        "closed_at": None,
        "outcome": None,
        "merged_into": None,
        "needs_phone_call": False,
        "phone": [],
        "human_confirmed": False,
    }


def incident(state: State = State.OPEN, **changes: Any) -> IncidentLine:
    """Return an incident as the list shows it."""
    return IncidentLine(**(_line(state) | changes))


def shown(state: State = State.OPEN, role: Role = Role.OPERATOR, **changes: Any) -> IncidentView:
    """Return an incident as its page shows it to *role*."""
    told = {
        "masked": False,
        "erased": False,
        "place": PlaceView(
            lat=-1.6172,
            lon=103.6131,
            precision_m=20,
            address="Jl. Contoh 7",
            landmark="Pasar Contoh",
            area_code="15.71.08",
            area_name="Jelutung",
        ),
        "narrative": "Rumah terbakar, api di atap",
        "cautions": [Caution.ELECTRICITY],
        "casualties": CasualtiesView(dead=None, missing=None, injured=2, displaced=None),
        "caller": CallerView(name="Budi Contoh", phone="+62811740112"),
        "note": None,
        "pictures": [picture(1), picture(2, AlertKind.UPDATE)],
        "links": [],
        "ladder": [ladder()],
        "possible": list(possible(state, PARTY_OF.get(role))),
    }
    return IncidentView(**(_line(state) | told | changes))


def everything() -> IncidentView:
    """Return an incident on which everything there is to show stands."""
    dispatched = ladder(
        "dispatched",
        human_confirmed=True,
        confirmed_at=NOW,
        receipts=[receipt("dispatched")],
        reference="LP/7",
    )
    held = ladder(
        "held", id="n-held", **BPBD, number=3, needs_phone_call=True, alarm="not_connected", alarm_at=NOW
    )
    late = ladder("queued", id="n-late", number=9, sequence=2, kind="update", delayed=True, held_since=NOW)
    refused = ladder(
        "refused", id="n-no", partner="damkar", partner_name="Damkar", phone=None, human_confirmed=True
    )
    return shown(
        drill=True,
        needs_phone_call=True,
        phone=[PhoneLine(partner="bpbd", name="BPBD Kota Jambi", phone="0741-60000")],
        ladder=[dispatched, held, late, refused],
        note="Hubungi RT",
        links=[LinkLine(incident="i-xxxxxxxxxxxxx", kind="related", at=NOW)],
    )


def picture(sequence: int, kind: AlertKind = AlertKind.ALERT) -> PictureLine:
    """Return one picture by the operator."""
    return PictureLine(
        sequence=sequence,
        at=NOW - timedelta(minutes=3 - sequence),
        kind=kind,
        category=Category.FIRE,
        severity=Severity.SEVERE,
        by="Operator Contoh",
        role="operator",
    )


def alarm(why: str = "call_now", **changes: Any) -> Alarmed:
    """Return an alarm of half a minute."""
    told: dict[str, Any] = {
        "id": "n-abcdefghjkmnp",
        "why": why,
        "partner": "polres-jambi",
        "incident": INCIDENT,
        "category": Category.FIRE,
        "urgent": True,
        "drill": False,
        "since": NOW - timedelta(seconds=30),
    }
    return Alarmed(**(told | changes))


def partner(**told: str) -> SimpleNamespace:
    """Return a partner that is told of incidents and has no system."""
    return SimpleNamespace(
        id=told["partner"],
        name=told["partner_name"],
        phone=told["phone"],
        telling=object(),
        standing=Standing.LIVE,
        standing_since=None,
        port=None,
        presence=SimpleNamespace(last_answered_at=None, last_failed_at=None),
        breakers={},
    )


def incident_desk(monkeypatch: pytest.MonkeyPatch, role: Role = Role.OPERATOR, **changes: Any) -> Desk:
    """Return a console with the incidents' pages over rooms of pretence."""
    made = desk(monkeypatch, role, **changes)
    for each in (incident_list, new_incident, incident_page, incident_acts):
        made.app.router.routes.extend(each.router.routes)
    state = made.app.state
    state.incidents = SimpleNamespace(areas=areas.load(), registry=state.registry, afloat={})
    state.notifications = SimpleNamespace()
    state.registry.partners = {each["partner"]: partner(**each) for each in (POLICE, BPBD)}
    monkeypatch.setattr(incident_page.reading, "view", _answering(made, lambda: made.shown))
    monkeypatch.setattr(incident_list.reading, "in_states", _lists(made))
    for name in ("update", "close", "cancel", "merge", "link", "tell_partner", "accept_proposal", "dismiss"):
        monkeypatch.setattr(incident_acts.actions, name, _noting(made, name, lambda: None))
    monkeypatch.setattr(incident_acts, "hear", _noting(made, "hear", list))
    taken = Taken(SimpleNamespace(id=INCIDENT), new=True)  # type: ignore[arg-type]  # all that is used of it
    monkeypatch.setattr(new_incident, "take", _noting(made, "take", lambda: taken))
    return made


def _lists(made: Desk) -> Any:
    async def in_states(room: object, states: Any, **_: object) -> list[Any]:
        return [each for each in made.waiting if each.state in states]

    return in_states
