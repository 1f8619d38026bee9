"""
Who is signed in: a cookie of 128 random bits, kept here as its SHA-256, and what follows from it.

    session = await session_of(request)        # None: nobody, or the second proof is still due
    by = principal_of(session)
"""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest as hmac_of
from typing import Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.roles import Principal, Role
from gateway.db import CannotRead, CannotWrite

from . import browsers, session_store
from .account import ABSOLUTE_US, Account, Session
from .room import AccountRoom

COOKIE = "__Host-gerbang"
DEMO_COOKIE = "gerbang"  # a browser takes no __Host- cookie over plain HTTP
NOTED_EVERY_US = 60 * 1_000_000  # so a session may end up to a minute before its 15 idle ones are over
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


def new_token() -> str:
    """Return the text of a new cookie: 128 random bits in base64url."""
    return secrets.token_urlsafe(16)


def digest(token: str) -> bytes:
    """Return what is kept of a cookie's text; 128 random bits need no slow hash."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def csrf_of(token: str) -> str:
    """Return the token that forms of that session carry; who reads the database cannot make it."""
    return hmac_of(token.encode("utf-8", "surrogatepass"), b"gerbang csrf", "sha256").hex()[:32]


DESKS = frozenset({Role.DISPATCHER, Role.OPERATOR, Role.DUTY})


async def session_of(request: Request) -> Session | None:
    """Return the whole session *request* belongs to. Raises CannotRead."""
    found = await any_session_of(request)
    return found if found is not None and found.complete else None


async def any_session_of(request: Request) -> Session | None:
    """Return the session, also one whose second proof is due. Raises CannotRead."""
    room: AccountRoom = request.app.state.accounts
    token = request.cookies.get(_cookie_name(request))
    if not token:
        return None
    kept = digest(token)
    found = await room.database.read(lambda connection: session_store.load_session(connection, kept))
    now = room.now_us()
    if found is None or now >= found.ends_at_us:
        return None
    if not _only_watches(request, found):
        await _note_seen(room, found, now)
    return replace(found, csrf=csrf_of(token))


def _only_watches(request: Request, session: Session) -> bool:
    """
    Say whether a page reads itself again while nobody touches it: that keeps no telephone signed in.

    A desk's screen is watched all through a shift, and stays.
    """
    by_itself = "x-watching" in request.headers or request.headers.get("accept") == "text/event-stream"
    return by_itself and session.account.role not in DESKS


async def holds(room: AccountRoom, session: Session) -> bool:
    """Say whether *session* is still open; asking keeps nobody signed in. False where nothing can be read."""
    try:
        kept = await room.database.read(
            lambda connection: session_store.load_session(connection, session.digest)
        )
    except CannotRead:
        return False
    return kept is not None and room.now_us() < kept.ends_at_us


def principal_of(session: Session) -> Principal:
    """Return who the person is for everything that asks; the session's latest end is the end."""
    account = session.account
    ends = (session.opened_at_us or session.begun_at_us) + ABSOLUTE_US
    expires_at = datetime.fromtimestamp(ends // 1_000_000, UTC)
    return Principal(
        account.id, account.role, account.display_name, account.partner, expires_at, kind="person"
    )


def give(request: Request, response: Response, token: str) -> None:
    """Let *response* set the cookie; it lives as long as the browser, and the session ends by itself."""
    name = _cookie_name(request)
    response.set_cookie(
        name, token, path="/", secure=name == COOKIE, httponly=True, samesite="strict", max_age=None
    )


def take_back(request: Request, response: Response) -> None:
    """Let *response* delete the cookie."""
    name = _cookie_name(request)
    response.delete_cookie(name, path="/", secure=name == COOKIE, httponly=True, samesite="strict")


def give_mark(request: Request, response: Response, account: Account) -> None:
    """Let *response* mark the browser as one *account* has signed in with."""
    room: AccountRoom = request.app.state.accounts
    name, secure = _mark_name(request, account.login)
    response.set_cookie(
        name,
        browsers.mark(room, account),
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
        max_age=browsers.KEPT_S,
    )


def mark_in(request: Request, login: str) -> str | None:
    """Return the mark of the browser for that login, if it has one."""
    return request.cookies.get(_mark_name(request, login)[0])


async def _note_seen(room: AccountRoom, found: Session, now: int) -> None:
    if not found.complete or now - found.seen_at_us < NOTED_EVERY_US:
        return

    def seen(connection: Connection) -> None:
        session_store.change_session(connection, found.digest, seen_at_us=now)

    try:
        await room.database.maintain(seen)  # that somebody is still there is no act: no entry
    except CannotWrite:
        return  # whoever signed in may go on reading while nothing can be written


def _cookie_name(request: Request) -> str:
    room: AccountRoom = request.app.state.accounts
    plain = request.url.scheme == "http" and _host(request) in LOOPBACK
    return DEMO_COOKIE if plain and room.environment == "demo" else COOKIE


def _mark_name(request: Request, login: str) -> tuple[str, bool]:
    secure = _cookie_name(request) == COOKIE
    return ("__Host-" if secure else "") + browsers.cookie_name(login), secure


def _host(request: Request) -> str:
    host = request.headers.get("host", "")
    return host if host.endswith("]") else host.rpartition(":")[0] or host
