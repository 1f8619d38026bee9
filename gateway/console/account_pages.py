"""One's own account: password, one-time codes, passkeys, sessions. A fresh proof comes before each change."""

import io
from datetime import UTC, datetime

import segno
from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import allow
from gateway.accounts import own, proofs, session_store, totp
from gateway.accounts.account import Session
from gateway.accounts.own import Surroundings
from gateway.accounts.sessions import mark_in
from gateway.passage import request_id
from gateway.problems import Problem

from .forms import read_form
from .guard import PEOPLE, ConsoleRoute, session_in, source_of
from .render import page
from .sign_in import origin_of, room_of
from .step_up import step_up_first

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

ACCOUNT, PASSWORD, CODES = "/akun", "/akun/sandi", "/akun/kode"
LONGEST_LABEL = 40


@router.get(ACCOUNT)
@allow(*PEOPLE)
async def show_account(request: Request) -> Response:
    """Show one's passkeys and sessions, and the way to change each thing."""
    room, session = room_of(request), session_in(request)
    at_us = room.now_us()
    mine = await room.database.read(
        lambda connection: session_store.sessions_of(connection, session.account.id, at_us=at_us)
    )
    return page(
        request,
        "account.html",
        login=session.account.login,
        passkeys=[(key, moment(key.created_at_us)) for key in await proofs.passkeys_of(room, session)],
        passkeys_here=room.place(origin_of(request)) is not None,
        sessions=[(each, moment(each.begun_at_us), moment(each.seen_at_us)) for each in mine],
        this_session=session.name,
        said=request.query_params.get("said", ""),
    )


@router.get(PASSWORD)
@allow(*PEOPLE)
async def show_password(request: Request) -> Response:
    """Ask for the old password and a new one."""
    return _password_page(request)


@router.post(PASSWORD)
@allow(*PEOPLE)
async def take_password(request: Request) -> Response:
    """Change the password; other sessions of the person end."""
    form, session = await read_form(request), session_in(request)
    new = form.get("new", "")
    if new != form.get("again", ""):
        return _password_page(request, "not_the_same")
    wrong = await own.change_password(
        room_of(request), session, old=form.get("old", ""), new=new, around=around(request)
    )
    return _back("password") if wrong is None else _password_page(request, wrong)


@router.get(CODES)
@allow(*PEOPLE)
async def show_codes(request: Request) -> Response:
    """Show the secret that awaits its first code, as a picture and in letters."""
    if (first := step_up_first(request, back_to=ACCOUNT)) is not None:
        return first
    return _codes_page(request, session_in(request))


@router.post(CODES)
@allow(*PEOPLE)
async def prepare_codes(request: Request) -> Response:
    """Make another secret of one-time codes."""
    if (first := step_up_first(request, back_to=ACCOUNT)) is not None:
        return first
    await own.prepare_totp(room_of(request), session_in(request), around=around(request))
    return RedirectResponse(CODES, 303)


@router.post("/akun/kode/uji")
@allow(*PEOPLE)
async def confirm_codes(request: Request) -> Response:
    """Let the new codes count, now that the telephone has shown one."""
    if (first := step_up_first(request, back_to=ACCOUNT)) is not None:
        return first
    form, session = await read_form(request), session_in(request)
    if await own.confirm_totp(room_of(request), session, form.get("code", ""), around=around(request)):
        return _back("codes")
    return _codes_page(request, session, wrong=True)


@router.post("/akun/passkey")
@allow(*PEOPLE)
async def ask_for_passkey(request: Request) -> Response:
    """Return what the browser is asked to make, as JSON."""
    room, session = room_of(request), session_in(request)
    place = room.place(origin_of(request))
    fresh = session.may_decide(room.now_us())
    question = await own.ask_for_passkey(room, session, place=place) if place and fresh else None
    if question is None:
        raise Problem("not-found")
    return Response(question, media_type="application/json")


@router.post("/akun/passkey/tambah")
@allow(*PEOPLE)
async def add_passkey(request: Request) -> Response:
    """Keep the passkey that the browser made."""
    if (first := step_up_first(request, back_to=ACCOUNT)) is not None:
        return first
    form, room = await read_form(request), room_of(request)
    place = room.place(origin_of(request))
    label = " ".join(form.get("label", "").split())[:LONGEST_LABEL] or "passkey"
    added = place and await own.add_passkey(
        room,
        session_in(request),
        form.get("answer", ""),
        label=label,
        place=place,
        around=around(request),
    )
    return _back("passkey" if added else "no_passkey")


@router.post("/akun/passkey/hapus")
@allow(*PEOPLE)
async def remove_passkey(request: Request) -> Response:
    """Forget a passkey: the telephone was lost or sold."""
    if (first := step_up_first(request, back_to=ACCOUNT)) is not None:
        return first
    name = (await read_form(request)).get("name", "")
    await own.remove_passkey(room_of(request), session_in(request), name, around=around(request))
    return _back("removed")


@router.post("/akun/sesi/akhiri")
@allow(*PEOPLE)
async def end_session(request: Request) -> Response:
    """End another session of one's own; that needs no fresh proof, it only takes away."""
    name = (await read_form(request)).get("name", "")
    await own.end_session(room_of(request), session_in(request), name, around=around(request))
    return _back("ended")


def around(request: Request) -> Surroundings:
    """Return what stands around an act of *request*."""
    known = mark_in(request, session_in(request).account.login)
    return Surroundings(request_id(request), source_of(request), known)


def moment(at_us: int) -> datetime:
    """Return microseconds since 1970 as a time."""
    return datetime.fromtimestamp(at_us // 1_000_000, UTC)


def _password_page(request: Request, wrong: str | None = None) -> Response:
    session = session_in(request)
    return page(
        request,
        "password.html",
        200 if wrong is None else 422,
        wrong=wrong,
        must=session.account.must_change,
        login=session.account.login,
    )


def _codes_page(request: Request, session: Session, *, wrong: bool = False) -> Response:
    room = room_of(request)
    secret = own.prepared_totp(room, session)
    if secret is None:
        return RedirectResponse(ACCOUNT, 303)
    address = totp.uri(secret, login=session.account.login, environment=room.environment)
    return page(
        request, "codes.html", 422 if wrong else 200, secret=secret, picture=_picture(address), wrong=wrong
    )


def _picture(address: str) -> Markup:
    """Return the QR picture as SVG without any style: the policy lets none run."""
    svg = io.BytesIO()
    segno.make(address, error="m").save(
        svg, kind="svg", scale=5, border=4, xmldecl=False, svgns=False, omitsize=False, light="#fff"
    )
    return Markup(svg.getvalue().decode("ascii"))  # noqa: S704  segno's own markup, digits and paths only


def _back(said: str) -> Response:
    return RedirectResponse(f"{ACCOUNT}?said={said}", 303)
