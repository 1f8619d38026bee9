"""
What people do to a referral: each a form with the version and the screen it was decided on.

A decision (approve, reject, review, confirmation) needs a fresh proof first; what was typed is kept.
Whoever was overtaken sees who was first, and the present state; nothing is recorded then.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id
from gateway.problems import Problem
from gateway.referrals import actions
from gateway.referrals.orders import Review, Verdict
from gateway.referrals.states import Event

from .forms import read_fields, read_form
from .guard import ConsoleRoute
from .kept_forms import kept_forms
from .ordered import Form, at_once, demand_screen, event_in, note_in, order_from, telephone_answer, wrong
from .referral_page import address_of, show
from .step_up import step_up_first
from .visitor import visitor_of

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

DECISIONS: Final = (Event.APPROVE, Event.REJECT)
ACTS: Final = frozenset(
    {
        *(Event.SUBMIT, Event.APPROVE_BY_TELEPHONE, Event.BREAK_GLASS, Event.WORSENED),
        *(Event.ASK, Event.CHOOSE, Event.DEPART, Event.DEPART_UNANSWERED, Event.ARRIVE, Event.CANCEL),
    }
)
# Refusals after which the page is shown again with what is true now; anything else is the guard's to say.
SHOWN: Final = frozenset(
    {
        *("changed-meanwhile", "not-now", "screen-unknown", "wrong-input", "criterion-missing"),
        *("not-accepted-there", "not-asked-there", "destination-missing", "no-such-hospital"),
    }
)


@router.post("/rujukan/{referral}/keputusan")
@allow(Role.APPROVER)
async def decide(request: Request) -> Response:
    """Approve or reject, with a proof at most 300 s old."""
    fields = await read_fields(request)
    form, hospitals = dict(fields), [value for name, value in fields if name == "hospitals"]
    event = event_in(form, DECISIONS)
    kept = {**form, "hospitals": ",".join(hospitals)}
    return _proof_first(request, kept, event) or await _carry_out(request, form, event, hospitals)


@router.post("/rujukan/{referral}/tindakan")
@allow(Role.DISPATCHER, Role.OPERATOR, Role.APPROVER)
async def act(request: Request) -> Response:
    """Bring about any other event; an emergency is one tap and asks for no proof."""
    form = await read_form(request)
    hospitals = [form["hospitals"]] if "hospitals" in form else []
    return await _carry_out(request, form, event_in(form, ACTS), hospitals)


@router.post("/rujukan/{referral}/dilihat")
@allow(Role.DISPATCHER, Role.OPERATOR)
async def acknowledge(request: Request) -> Response:
    """Take the alarm off the screen: a person has seen to it."""

    async def record() -> None:
        room, by = request.app.state.referrals, principal(request)
        await actions.acknowledge(room, _referral(request), by=by, request=request_id(request))

    return await _recorded(request, await read_form(request), record, "seen")


@router.post("/rujukan/{referral}/tinjauan")
@allow(Role.APPROVER)
async def review(request: Request) -> Response:
    """Take the head's word on a break-glass; it stops and recalls nobody."""
    return await _settle(request, actions.review, "review")


@router.post("/rujukan/{referral}/persetujuan-telepon")
@allow(Role.APPROVER)
async def confirm_telephoned(request: Request) -> Response:
    """Take the head's word on an approval that an operator entered after a call."""
    return await _settle(request, actions.confirm_telephoned, "confirm")


async def _settle(request: Request, settle: Callable[..., Awaitable[object]], what: str) -> Response:
    form = await read_form(request)

    async def record() -> None:
        if form.get("verdict") not in list(Verdict):
            raise wrong("verdict")
        demand_screen(form)
        verdict = Review(Verdict(form["verdict"]), note=note_in(form), screen=form.get("screen"))
        room, by = request.app.state.referrals, principal(request)
        await settle(room, _referral(request), verdict, by=by, request=request_id(request))

    return _proof_first(request, form, what) or await _recorded(request, form, record, what)


@router.post("/rujukan/{referral}/jawaban")
@allow(Role.DISPATCHER, Role.OPERATOR)
async def answer_by_telephone(request: Request) -> Response:
    """Take what a hospital said to the operator; it counts as much as its system's answer."""
    form = await read_form(request)

    async def record() -> None:
        answer = telephone_answer(form, at=datetime.now(UTC))
        room, by = request.app.state.referrals, principal(request)
        await actions.answer_by_telephone(
            room, _referral(request), answer, by=by, request=request_id(request)
        )

    return await _recorded(request, form, record, "answered")


async def _carry_out(request: Request, form: Form, event: Event, hospitals: Sequence[str]) -> Response:
    async def record() -> None:
        room, by = request.app.state.referrals, principal(request)
        refused: Problem | None = None
        for order in at_once(order_from(form, event, hospitals)):
            try:
                await actions.carry_out(room, _referral(request), order, by=by, request=request_id(request))
            except Problem as problem:
                if problem.name not in ("screen-unknown", "not-now"):
                    raise
                refused = refused or problem
            else:
                return
        if refused is not None:
            raise refused

    return await _recorded(request, form, record, str(event))


async def _recorded(
    request: Request, form: Form, record: Callable[[], Awaitable[None]], what: str
) -> Response:
    """Do it and go back to the page; a refusal that people can mend shows the page as it is now."""
    try:
        await record()
    except Problem as problem:
        if problem.name not in SHOWN:
            raise
        return await show(request, problem=problem, kept=form)
    return RedirectResponse(f"{address_of(_referral(request))}?tercatat={what}", 303)


def _proof_first(request: Request, form: Form, what: str) -> Response | None:
    """Return the way to a fresh proof where one is needed; the form waits for whoever comes back."""
    address, visitor = address_of(_referral(request)), visitor_of(request)
    first = step_up_first(request, back_to=f"{address}?lanjut={what}")
    if first is not None and visitor is not None:
        kept_forms(request).keep(visitor.account, address, form)
    return first


def _referral(request: Request) -> str:
    return str(request.path_params["referral"])
