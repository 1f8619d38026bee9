"""
Every page declares who may see it; a form is taken from our own pages only, with the session's token.

    router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

    @router.get("/papan")
    @allow(*PEOPLE)
    async def board(request: Request) -> Response: ...

Without a session a GET leads to the sign-in and back; a POST is told so. What a page raises becomes a page.
"""

import hmac
from collections.abc import Callable, Coroutine
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import PRINCIPAL, PUBLIC, GuardedRoute, Rule
from gateway.access.refusals import neighbourhood, refused
from gateway.accounts.account import ROLES, Session
from gateway.accounts.room import AccountRoom
from gateway.accounts.sessions import any_session_of, principal_of
from gateway.db import CannotRead, CannotWrite
from gateway.passage import passage_of
from gateway.problems import Problem

from .forms import here, read_form
from .render import page
from .visitor import VISITOR, Visitor

__all__ = ["PEOPLE", "ConsoleRoute", "session_in", "source_of"]

PEOPLE: Final = ROLES
SESSION: Final = "gerbang.session"
CSRF_HEADER: Final = "x-csrf"
SIGN_IN, SECOND_PROOF, NEW_PASSWORD = "/masuk", "/masuk/kode", "/akun/sandi"

RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]


class ConsoleRoute(GuardedRoute):
    """A page: entered with a session whose role may, never with an access key."""

    def get_route_handler(self) -> RouteHandler:
        """Return the handler of the route with the console's guard before it."""
        rule, template = self.rule, self.path_format
        self.rule = PUBLIC  # so that the key door is not put before it
        enter = super().get_route_handler()
        self.rule = rule

        async def guarded(request: Request) -> Response:
            if not request.scope["query_string"].isascii():
                request.scope["query_string"] = (
                    b""  # no browser writes such a one, and no address is made of it
                )
            try:
                turned_away = await _admit(request, rule, route=template)
                return turned_away or await enter(request)
            except (Problem, CannotRead, CannotWrite, RequestValidationError) as trouble:
                return _trouble(request, trouble)

        return guarded

    def _demand(self) -> dict[str, Any]:
        return {}


def session_in(request: Request) -> Session:
    """Return the session, whole or half, of a question that has passed. Raises LookupError without one."""
    found = request.scope.get(SESSION)
    if not isinstance(found, Session):
        raise LookupError("nobody is signed in")  # noqa: TRY004  nobody passed a wrong type
    return found


def source_of(request: Request) -> str:
    """Return the neighbourhood of whoever asks, too coarse to name a person."""
    return neighbourhood(request.client.host if request.client else None)


async def _admit(request: Request, rule: Any, *, route: str) -> Response | None:
    """Let the question in, or return the page that stands in its way. Raises Problem, CannotRead."""
    if "\0" in request.url.path:
        raise Problem("not-found")  # PostgreSQL would take it for a broken question
    changes = request.method not in ("GET", "HEAD")
    if changes and not _from_here(request):
        raise Problem("not-from-here")
    session = await _session(request, rule)
    if session is not None:
        request.scope[SESSION] = session
    if session is not None and session.complete:
        if changes:
            await _demand_token(request, session)
        _let_in(request, session)
    if not isinstance(rule, Rule):
        return None
    way = _way_in(request, session, changes=changes)
    if way is None:
        await _demand_role(request, rule, route=route)
    return way


async def _session(request: Request, rule: Any) -> Session | None:
    try:
        return await any_session_of(request)
    except CannotRead:
        if isinstance(rule, Rule):
            raise
        return None


def _let_in(request: Request, session: Session) -> None:
    room: AccountRoom = request.app.state.accounts
    by = principal_of(session)
    request.scope[PRINCIPAL] = by
    passage_of(request.scope).key_id = by.key_id
    may_decide = session.may_decide(room.now_us())
    must = session.account.must_change
    request.scope[VISITOR] = Visitor(by.key_id, by.holder, by.role, session.csrf, may_decide, must)


def _way_in(request: Request, session: Session | None, *, changes: bool) -> Response | None:
    """Return where somebody must pass first: sign-in, second proof, a password of one's own."""
    if session is not None and session.complete:
        must = session.account.must_change and request.url.path != NEW_PASSWORD
        return RedirectResponse(NEW_PASSWORD, 303) if must else None
    if changes:
        raise Problem("not-signed-in")
    place = SIGN_IN if session is None else SECOND_PROOF
    address = f"{place}?{urlencode({'next': here(request)})}"
    if session is None and request.headers.get("sec-fetch-site") == "cross-site":
        # SameSite=Strict keeps the cookie back when a link in a mail leads here; a step of our own shows it.
        return page(request, "bounce.html", address=address)
    return RedirectResponse(address, 303)


async def _demand_role(request: Request, rule: Rule, *, route: str) -> None:
    by = request.scope[PRINCIPAL]
    if by.role in rule.roles:
        return
    room: AccountRoom = request.app.state.accounts
    source, request_id = source_of(request), passage_of(request.scope).id
    entry = refused("role-not-allowed", route=route, source=source, request=request_id, actor=by.actor)
    await room.refusals.note(entry, source=source)
    raise Problem("role-not-allowed")


def _from_here(request: Request) -> bool:
    """Say whether our own page sent it; a browser's Origin is `null` under our referrer policy."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


async def _demand_token(request: Request, session: Session) -> None:
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        given = (await read_form(request)).get("csrf", "")
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Problem("not-from-here")


def _trouble(request: Request, trouble: Exception) -> Response:
    """Return the page that says what is wrong and what to do, never the input."""
    if isinstance(trouble, CannotWrite):
        trouble = Problem("cannot-record")
    elif isinstance(trouble, CannotRead):
        trouble = Problem("cannot-read")
    elif not isinstance(trouble, Problem):
        trouble = Problem("wrong-input")
    return page(
        request, "trouble.html", trouble.status, problem=trouble.name, request_id=passage_of(request.scope).id
    )
