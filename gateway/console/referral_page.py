"""One screen to decide on: the patient as far as needed, hospitals with beds and age, coverage, history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from contracts import AnswerState, Criterion
from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id
from gateway.problems import Problem
from gateway.referrals import reading
from gateway.referrals.answers import HistoryLine, ReferralView
from gateway.referrals.orders import Channel

from . import moments
from .guard import ConsoleRoute
from .kept_forms import kept_forms
from .render import page
from .visitor import visitor_of
from .words import Speech, speech_for

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

EVERYBODY: Final = (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR)
RECORDERS: Final = (Role.DISPATCHER, Role.OPERATOR)
TELEPHONED: Final = (AnswerState.ACCEPTED, AnswerState.DECLINED, AnswerState.FAILED)
# Why a hospital declines, as an operator can tell it by one touch; free text could name a person.
REASONS: Final = ("full", "no_service", "no_specialist", "no_equipment", "other")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said above the page: *tone* is good or grave."""

    tone: str
    text: str
    more: tuple[str, ...] = ()


@router.get("/rujukan/{referral}")
@allow(*EVERYBODY)
async def show_referral(request: Request) -> Response:
    """Show it; reading it is an audit entry, since it names a patient."""
    return await show(request)


async def show(
    request: Request, *, problem: Problem | None = None, kept: Mapping[str, str] | None = None
) -> Response:
    """Show the referral as it is now, with *problem* above it and *kept* still in the form."""
    referral, by = str(request.path_params["referral"]), principal(request)
    room = request.app.state.referrals
    view = await reading.view(room, referral, by=by, request=request_id(request))
    t = speech_for(request)
    if kept is None:
        kept = _kept(request)
    told = _refused(problem, view, t) if problem else _good_news(request, came_back=bool(kept), t=t)
    return page(
        request,
        "referral.html",
        problem.status if problem else 200,
        view=view,
        told=told,
        kept=kept,
        by_whom=partial(by_whom, t=t),
        **_possible(view, by.role),
    )


def address_of(referral: str) -> str:
    """Return the page's address."""
    return f"/rujukan/{referral}"


def _possible(view: ReferralView, role: Role) -> dict[str, Any]:
    """Return what the template needs to offer what this person may do now, and nothing else."""
    return {
        "possible": {str(event) for event in view.possible},
        "may_record": role in RECORDERS,
        "alarmed": _alarmed(view),
        "asked": {ask.hospital for ask in view.asks},
        "names": {each.hospital: each.name for each in view.candidates}
        | {each.hospital: each.name for each in view.asks},
        "answer_states": TELEPHONED,
        "channels": list(Channel),
        "reasons": REASONS,
        "all_criteria": list(Criterion),
    }


def _alarmed(view: ReferralView) -> set[str]:
    """Return whom to ring because of the alarm: the hospital it is about, and all who wait for a call."""
    last = next((each for each in reversed(view.history) if each.event == "alarm"), None)
    about = last.hospital if last else None
    calls = {ask.hospital for ask in view.calls}
    return calls | {each for each in (about or view.destination,) if each}


def _kept(request: Request) -> Mapping[str, str]:
    """Return what was typed before the proof, for whoever comes back from it."""
    visitor = visitor_of(request)
    if visitor is None or "lanjut" not in request.query_params:
        return {}
    return kept_forms(request).take(visitor.account, request.url.path)


def _good_news(request: Request, *, came_back: bool, t: Speech) -> Told | None:
    if "tercatat" in request.query_params:
        return Told("good", t("act.done"))
    return Told("good", t("act.proven")) if came_back else None


def _refused(problem: Problem, view: ReferralView, t: Speech) -> Told:
    """Say what is wrong, and for whoever was overtaken who was first."""
    if problem.name == "changed-meanwhile":
        return Told("grave", t("wrong.changed"), (*_overtaken(view, t), t("wrong.read_again")))
    key = f"wrong.{problem.name.replace('-', '_')}"
    return Told("grave", t(key if t.knows(key) else "wrong.field"))


def _overtaken(view: ReferralView, t: Speech) -> tuple[str, ...]:
    """Name the last person who did something: what machines did since then follows from it."""
    last = next((each for each in reversed(view.history) if each.kind == "person"), None)
    if last is None:
        return ()
    now = datetime.now(UTC)
    key = f"event.{last.event}"
    return (
        t(
            "wrong.changed_by",
            age=moments.age(last.at, now=now, t=t),
            what=t(key if t.knows(key) else "event.other"),
            who=by_whom(last, t),
        ),
    )


def by_whom(line: HistoryLine, t: Speech) -> str:
    """Return who did it: a person's name where one is known, else the role, else the machine."""
    key = f"role.{line.role}"
    role = t(key) if t.knows(key) else t("event.by_hospital" if line.hospital else "event.by_gerbang")
    return f"{line.by} ({role})" if line.kind == "person" else role
