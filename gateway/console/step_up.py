"""
A fresh proof before a decision: `/konfirmasi?next=...` and back, good for 300 s.

    if (first := step_up_first(request, back_to=address)) is not None:
        return first
"""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import allow
from gateway.accounts import stepping_up
from gateway.accounts.sessions import mark_in
from gateway.accounts.signing_in import Refused
from gateway.passage import request_id

from .forms import read_form, safe_next
from .guard import PEOPLE, ConsoleRoute, session_in, source_of
from .render import page
from .sign_in import has_passkey, passkey_question, proof_in, room_of

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

STEP_UP = "/konfirmasi"
HOME = "/"


def step_up_first(request: Request, *, back_to: str) -> Response | None:
    """Return the way to a fresh proof and then *back_to*, None if there is one already."""
    if session_in(request).may_decide(room_of(request).now_us()):
        return None
    return RedirectResponse(f"{STEP_UP}?{urlencode({'next': back_to})}", 303)


@router.get(STEP_UP)
@allow(*PEOPLE)
async def show_step_up(request: Request) -> Response:
    """Ask for a passkey or a one-time code."""
    return await _ask(request, safe_next(request.query_params.get("next"), otherwise=HOME))


@router.post(STEP_UP)
@allow(*PEOPLE)
async def take_step_up(request: Request) -> Response:
    """Go back to what was to be decided, or say no."""
    form, session = await read_form(request), session_in(request)
    address = safe_next(form.get("next"), otherwise=HOME)
    done = await stepping_up.step_up(
        room_of(request),
        session,
        proof_in(request, form),
        source=source_of(request),
        request=request_id(request),
        known=mark_in(request, session.account.login),
    )
    if isinstance(done, Refused):
        return await _ask(request, address, refused=done)
    return RedirectResponse(address, 303)


@router.post("/konfirmasi/passkey")
@allow(*PEOPLE)
async def ask_passkey(request: Request) -> Response:
    """Return what the person's passkey shall sign, as JSON."""
    return await passkey_question(request, session_in(request))


async def _ask(request: Request, address: str, *, refused: Refused | None = None) -> Response:
    session = session_in(request)
    status = 200 if refused is None else 429 if refused.code == "wait" else 401
    return page(
        request,
        "second_proof.html",
        status,
        next=address,
        refused=refused,
        token=session.csrf,
        passkey=await has_passkey(request, session),
        action=STEP_UP,
        question="/konfirmasi/passkey",
    )
