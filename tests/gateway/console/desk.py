"""A console to look at: the real pages, guard and templates, with rooms of pretence behind them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from contracts import Coverage, Criterion, Need, Urgency
from gateway import problems
from gateway.access.roles import Role
from gateway.accounts.account import Account, Session, now_us
from gateway.capacity import actions as capacity
from gateway.changes import Changes
from gateway.console import (
    board,
    decisions,
    guard,
    inbox,
    language,
    live,
    new_referral,
    partners_page,
    referral_page,
    search_page,
    static_files,
    warnings_page,
)
from gateway.console.counts import Counts
from gateway.edge import Edge
from gateway.problems import Problem
from gateway.referrals.answers import (
    AskView,
    CandidateView,
    CoverageView,
    HistoryLine,
    OwedView,
    PatientView,
    ReasonView,
    ReferralLine,
    ReferralView,
)
from gateway.referrals.rows import AskState, Clearance, OwedWhat, Rule, Wait
from gateway.referrals.states import PARTY_OF, State, possible
from gateway.warnings.answers import WarningList
from tests.gateway.gate import Notebook

NOW = datetime.now(UTC).replace(microsecond=0)
CSRF = "c" * 32
ROUTERS = (
    *(board, decisions, inbox, language, live, new_referral, partners_page, referral_page),
    *(search_page, static_files, warnings_page),
)
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


def candidate(name: str = "RSUD Contoh", **changes: Any) -> CandidateView:
    """Return a hospital with two fresh free beds."""
    told: dict[str, Any] = {
        "hospital": name.lower().replace(" ", "-"),
        "name": name,
        "phone": "0741-61692",
        "rank": 1,
        "free": 2,
        "total": 10,
        "as_of": NOW - timedelta(minutes=4),
        "age_s": 240,
        "origin": "fhir",
        "freshness": "fresh",
        "free_by_class": {"1": 2},
        "class_matches": None,
        "distance_km": 3.24,
        "travel_min": 9,
        "able": True,
        "telephone": False,
        "reasons": [ReasonView("free", "2 kosong, 4 menit lalu")],
    }
    return CandidateView(**(told | changes))


def ask(state: AskState, name: str = "RSUD Contoh", **changes: Any) -> AskView:
    """Return one hospital that was asked two minutes ago."""
    told: dict[str, Any] = {
        "id": f"q-{name.lower().replace(' ', '')}",
        "hospital": name.lower().replace(" ", "-"),
        "name": name,
        "phone": "0741-61692",
        "state": state,
        "text": "",
        "needs_phone_call": False,
        "telephone": False,
        "asked_at": NOW - timedelta(minutes=2),
        "answer_by": NOW + timedelta(minutes=13),
        "answer": None,
        "answered_at": None,
        "channel": None,
        "code": None,
        "reason": None,
        "answered_by": None,
        "bed_held_until": None,
        "number": None,
        "trouble": None,
    }
    return AskView(**(told | changes))


def happening(event: str, **changes: Any) -> HistoryLine:
    """Return a line of history, three minutes old, by the operator."""
    told: dict[str, Any] = {
        "at": NOW - timedelta(minutes=3),
        "event": event,
        "before": None,
        "after": State.SUBMITTED,
        "by": "Operator Contoh",
        "role": "operator",
        "kind": "person",
        "hospital": None,
        "code": None,
        "note": None,
    }
    return HistoryLine(**(told | changes))


def owed(what: OwedWhat = OwedWhat.REVIEW, **changes: Any) -> OwedView:
    """Return something owed for five more hours."""
    told: dict[str, Any] = {
        "what": what,
        "owed_since": NOW - timedelta(hours=19),
        "deadline": NOW + timedelta(hours=5, seconds=30),
        "overdue": False,
        "done_at": None,
        "verdict": None,
    }
    return OwedView(**(told | changes))


def line(state: State = State.SUBMITTED, **changes: Any) -> ReferralLine:
    """Return a referral as the inbox shows it."""
    return ReferralLine(**(_line(state) | changes))


def _line(state: State) -> dict[str, Any]:
    waits = state is State.SUBMITTED
    return {
        "id": "r-abcdefghjkmnp",
        "version": 3,
        "state": state,
        "text": "",
        "urgency": Urgency.ROUTINE,
        "clearance": Clearance.NONE,
        "need": Need.ICU,
        "kelas": None,
        "criteria": [],
        "drill": False,
        "source_system": "112",
        "source_ticket": "T-17",
        "created_at": NOW - timedelta(minutes=18),
        "changed_at": NOW,
        "wait": Wait.DEPUTY if waits else None,
        "due_at": NOW + timedelta(minutes=2) if waits else None,
        "run_out_at": NOW + timedelta(minutes=12, seconds=30) if waits else None,
        "destination": None,
        "destination_name": None,
        "alarm": None,
        "alarm_text": None,
        "needs_phone_call": False,
        "calls": [],
        "owed": [],
    }


def view(state: State = State.SUBMITTED, role: Role = Role.APPROVER, **changes: Any) -> ReferralView:
    """Return a referral as its page shows it to *role*."""
    party = PARTY_OF.get(role)
    told = {
        "environment": "demo",
        "request": "q",
        "rule": Rule.FIRST,
        "patient": PatientView(name="Siti Contoh", sex="female", age_years=54, nik="1571015203909901"),
        "erased": False,
        "diagnosis": "I21.9",
        "situation": "Nyeri dada 2 jam, TD 90/60",
        "transport": "Ambulans 2",
        "callback_phone": "0811-740112",
        "coverage": CoverageView(
            coverage=Coverage.UNKNOWN, checked_at=None, age_s=None, origin=None, reason=None, advice=[]
        ),
        "candidates": [candidate(), candidate("RS Lain", free=None, as_of=None, reasons=UNKNOWN)],
        "asks": [],
        "history": [happening("created"), happening("submit")],
        "possible": list(possible(state, party)) if party else [],
        "no_refusal": None,
        "screen": "5" * 64,
    }
    return ReferralView(**(_line(state) | told | changes))


UNKNOWN = [ReasonView("free_unknown", "Tidak diketahui"), ReasonView("not_connected", "Belum terhubung")]


@dataclass
class Desk:
    """One person's console; *said* is what the pretended rooms were asked to do."""

    app: FastAPI
    role: Role
    may_decide: bool = True
    said: list[tuple[str, Any]] = field(default_factory=list)
    refuse: Problem | None = None
    shown: ReferralView | None = None
    waiting: list[ReferralLine] = field(default_factory=list)
    going_on: list[ReferralLine] = field(default_factory=list)
    incidents: list[Any] = field(default_factory=list)
    warned: WarningList = field(
        default_factory=lambda: WarningList(environment="demo", request="q", feeds=[], warnings=[])
    )
    notebook: Notebook = field(default_factory=Notebook)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Read a page."""
        async with self._client() as client:
            return await client.get(path, headers={name.replace("_", "-"): v for name, v in headers.items()})

    async def post(self, path: str, *fields: tuple[str, str], **more: str) -> httpx.Response:
        """Send a form with the session's token."""
        body = urlencode([("csrf", CSRF), *fields, *more.items()])
        async with self._client() as client:
            return await client.post(path, content=body, headers=FORM)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1")

    def session(self) -> Session:
        """Return the session of whoever sits here."""
        at = now_us()
        account = Account(
            "a-contohcontoh"[:12], "contoh", "Dr. Contoh", self.role, "", at, False, None, None, 0, at, ""
        )
        proven = at if self.may_decide else None
        return Session(b"d", "s-x", account, at, at, at, proven, csrf=CSRF)


def desk(monkeypatch: pytest.MonkeyPatch, role: Role = Role.APPROVER, **changes: Any) -> Desk:
    """Return a console at which somebody of *role* has signed in."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    for each in ROUTERS:
        app.router.routes.extend(each.router.routes)
    app.add_middleware(Edge, environment="demo", registry=CollectorRegistry())
    problems.install(app, environment="demo")
    made = Desk(app, role, **changes)
    _pretend(made, monkeypatch)
    return made


def _pretend(made: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    state = made.app.state
    state.settings = SimpleNamespace(environment="demo")
    state.accounts = SimpleNamespace(now_us=now_us, refusals=SimpleNamespace(note=_nothing))
    state.changes = Changes()
    state.referrals = SimpleNamespace(changes=state.changes)
    state.incidents = SimpleNamespace()
    state.recorder = made.notebook
    state.registry = SimpleNamespace(partners={})
    state.burdens = _no_burden
    state.warnings = SimpleNamespace()
    state.capacity = SimpleNamespace(places=[SimpleNamespace(id="rsud-contoh", name="RSUD Contoh")])
    state.console_counts = SimpleNamespace(now=Counts(decisions=2, owed=1), since=lambda _: [])

    async def somebody(_: object) -> Session:
        return made.session()

    monkeypatch.setattr(guard, "any_session_of", somebody)
    monkeypatch.setattr(referral_page.reading, "view", _answering(made, lambda: made.shown))
    monkeypatch.setattr(inbox.reading, "waiting", _answering(made, lambda: made.waiting))
    monkeypatch.setattr(inbox.reading, "open_referrals", _answering(made, lambda: made.going_on))
    monkeypatch.setattr(search_page.incidents, "search", _answering(made, lambda: made.incidents))
    monkeypatch.setattr(search_page.referrals, "search", _noting(made, "search", lambda: made.waiting))
    monkeypatch.setattr(warnings_page.reading, "listed", _answering(made, lambda: made.warned))
    for name in ("carry_out", "answer_by_telephone", "review", "confirm_telephoned", "acknowledge"):
        monkeypatch.setattr(decisions.actions, name, _noting(made, name, lambda: None))
    monkeypatch.setattr(new_referral.actions, "create", _noting(made, "create", line))
    monkeypatch.setattr(capacity, "answer", _noting(made, "beds", lambda: BEDS))


async def _no_burden() -> dict[str, object]:
    return {}


async def _nothing(*_: object, **__: object) -> None: ...


def _answering(made: Desk, answer: Callable[[], Any]) -> Callable[..., Any]:
    async def ask(*_: object, **__: object) -> Any:
        found = answer()
        if found is None:
            raise Problem("no-such-referral")
        return found

    return ask


def _noting(made: Desk, name: str, answer: Callable[[], Any]) -> Callable[..., Any]:
    async def do(room: object, *what: object, **_: object) -> Any:
        if made.refuse is not None:
            raise made.refuse
        made.said.append((name, what[-1]))
        return answer()

    return do


_BEDS: Mapping[str, Any] = {
    "rank": 1,
    "distance_km": None,
    "travel_min": None,
    "id": "a",
    "name": "RS Satu",
    "phone": "0741-34212",
    "free": 3,
    "total": 10,
    "soon": 0,
    "state_unknown": 0,
    "free_by_class": {"1": 3},
    "free_for_sex": None,
    "as_of": (NOW - timedelta(minutes=4)).isoformat(),
    "age_s": 240,
    "origin": "fhir",
    "mode": "cached",
    "freshness": "fresh",
    "confidence": "high",
    "outcome": "answered",
    "outcome_reason": None,
    "able": True,
    "reasons": [{"code": "free", "text": "-"}],
}
_NO_BEDS = {"name": "RS Dua", "phone": None, "free": None, "total": None, "as_of": None, "origin": None}
_WHY = [{"code": code, "text": "-"} for code in ("free_unknown", "competence_unknown", "not_connected")]
_ANSWER: Mapping[str, Any] = {
    "environment": "demo",
    "request": "q",
    "need": "icu",
    "asked_at": NOW.isoformat(),
    "complete": False,
    "known": 1,
    "of": 2,
    "audit": "durable",
    "hospitals": [_BEDS, {**_BEDS, **_NO_BEDS, "free_by_class": {}, "reasons": _WHY}],
}
BEDS = json.dumps(_ANSWER).encode()

EMERGENCY: Mapping[str, Any] = {"urgency": Urgency.EMERGENCY, "criteria": [Criterion.HAEMODYNAMIC]}
