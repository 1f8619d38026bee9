"""Signing in and out: the password, then a passkey or a one-time code; a refusal never says what fitted."""

from contextlib import suppress
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import PUBLIC, allow
from gateway.accounts import proofs, signing_in
from gateway.accounts.account import Session
from gateway.accounts.proofs import Proof
from gateway.accounts.room import AccountRoom
from gateway.accounts.sessions import give, give_mark, mark_in, take_back
from gateway.accounts.signing_in import Refused
from gateway.db import CannotWrite
from gateway.passage import request_id
from gateway.problems import Problem

from .forms import read_form, safe_next
from .guard import NEW_PASSWORD, SECOND_PROOF, SESSION, SIGN_IN, ConsoleRoute, source_of
from .render import page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

HOME = "/"


@router.get("/masuk")
@allow(PUBLIC)
async def show_sign_in(request: Request) -> Response:
    """Ask for login and password; whoever is signed in goes on."""
    session, address = _session(request), _next(request.query_params.get("next"))
    if session is not None and session.complete:
        return RedirectResponse(address, 303)
    return _ask_password(request, address)


@router.post("/masuk")
@allow(PUBLIC)
async def take_password(request: Request) -> Response:
    """Begin a session, or say that login and password do not fit together."""
    form, earlier = await read_form(request), _session(request)
    address, login = _next(form.get("next")), signing_in.written(form.get("login", ""))
    begun = await signing_in.begin(
        room_of(request),
        login,
        form.get("password", ""),
        source=source_of(request),
        request=request_id(request),
        known=mark_in(request, login),
    )
    if isinstance(begun, Refused):
        return _ask_password(request, address, refused=begun)
    if earlier is not None:  # its cookie goes now, and with it the only way to end it
        await signing_in.close(room_of(request), earlier, request=request_id(request))
    return _with_cookie(request, f"{SECOND_PROOF}?{urlencode({'next': address})}", begun[1])


@router.get("/masuk/kode")
@allow(PUBLIC)
async def show_second_proof(request: Request) -> Response:
    """Ask for a passkey or a one-time code of whoever has given the password."""
    return await _ask_proof(request, _next(request.query_params.get("next")))


@router.post("/masuk/kode")
@allow(PUBLIC)
async def take_second_proof(request: Request) -> Response:
    """Open the session under a new cookie, or say no."""
    form = await read_form(request)
    address, session = _next(form.get("next")), _session(request)
    if session is None or session.complete:
        return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': address})}", 303)
    opened = await signing_in.finish(
        room_of(request),
        session,
        proof_in(request, form),
        source=source_of(request),
        request=request_id(request),
        known=mark_in(request, session.account.login),
    )
    if isinstance(opened, Refused):
        return await _ask_proof(request, address, refused=opened)
    answer = _with_cookie(request, NEW_PASSWORD if session.account.must_change else address, opened[1])
    give_mark(request, answer, session.account)
    return answer


@router.post("/masuk/passkey")
@allow(PUBLIC)
async def ask_passkey(request: Request) -> Response:
    """Return what the person's passkey shall sign, as JSON."""
    session = _session(request)
    if session is None:
        raise Problem("not-signed-in")
    return await passkey_question(request, session)


@router.post("/keluar")
@allow(PUBLIC)
async def sign_out(request: Request) -> Response:
    """End the session; the cookie goes even where that cannot be written."""
    session = _session(request)
    if session is not None:
        with suppress(CannotWrite):
            await signing_in.close(room_of(request), session, request=request_id(request))
    answer = RedirectResponse(SIGN_IN, 303, headers={"clear-site-data": '"cache"'})
    take_back(request, answer)
    return answer


def room_of(request: Request) -> AccountRoom:
    """Return the room of accounts."""
    room: AccountRoom = request.app.state.accounts
    return room


def origin_of(request: Request) -> str:
    """Return the address the browser shows; a proxy before us says whether that is https."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def proof_in(request: Request, form: dict[str, str]) -> Proof:
    """Return the proof that *form* carries."""
    place = room_of(request).place(origin_of(request))
    return Proof(code=form.get("code", ""), answer=form.get("answer", ""), place=place)


async def passkey_question(request: Request, session: Session) -> Response:
    """Return what one of the person's passkeys shall sign, as JSON. Raises Problem where there is none."""
    room = room_of(request)
    question = await proofs.ask_passkey(room, session, place=room.place(origin_of(request)))
    if question is None:
        raise Problem("not-found")
    return Response(question, media_type="application/json")


async def has_passkey(request: Request, session: Session) -> bool:
    """Say whether the person can use a passkey at this address."""
    room = room_of(request)
    return room.place(origin_of(request)) is not None and bool(await proofs.passkeys_of(room, session))


def _ask_password(request: Request, address: str, *, refused: Refused | None = None) -> Response:
    status = 200 if refused is None else 429 if refused.code == "wait" else 401
    return page(request, "sign_in.html", status, next=address, refused=refused)


async def _ask_proof(request: Request, address: str, *, refused: Refused | None = None) -> Response:
    session = _session(request)
    if session is None:
        return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': address})}", 303)
    if session.complete:
        return RedirectResponse(address, 303)
    status = 200 if refused is None else 429 if refused.code == "wait" else 401
    return page(
        request,
        "second_proof.html",
        status,
        next=address,
        refused=refused,
        token=session.csrf,
        passkey=await has_passkey(request, session),
        action=SECOND_PROOF,
        question="/masuk/passkey",
    )


def _session(request: Request) -> Session | None:
    found = request.scope.get(SESSION)
    return found if isinstance(found, Session) else None


def _next(address: str | None) -> str:
    return safe_next(address, otherwise=HOME)


def _with_cookie(request: Request, address: str, token: str) -> Response:
    answer = RedirectResponse(address, 303)
    give(request, answer, token)
    return answer
