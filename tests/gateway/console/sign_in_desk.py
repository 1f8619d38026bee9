"""A console of the sign-in pages alone, over a room of accounts, and a browser's manners in a client."""

import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response

from gateway import problems
from gateway.access.guard import PRINCIPAL, allow
from gateway.access.roles import Role
from gateway.console import account_pages, deputy_pages, sign_in, step_up
from gateway.console.forms import read_form
from gateway.console.guard import PEOPLE, ConsoleRoute
from gateway.console.render import page
from gateway.db import CannotWrite
from gateway.edge import Edge
from tests.gateway.accounts.conftest import Desk

ORIGIN = "http://localhost:8112"

pages = APIRouter(route_class=ConsoleRoute, include_in_schema=False)


@pages.get("/seen")
@allow(*PEOPLE)
async def seen(request: Request) -> Response:
    """Show any page to anybody signed in."""
    return page(request, "trouble.html", problem="seen", request_id=request.scope[PRINCIPAL].key_id)


@pages.get("/things/{number}")
@allow(Role.ADMIN)
async def thing(request: Request, number: int) -> Response:
    """Take a path's number the framework's way, for admins."""
    return Response(str(number))


@pages.post("/decide")
@allow(Role.APPROVER)
async def decide(request: Request) -> Response:
    """Decide something."""
    if (first := step_up.step_up_first(request, back_to="/seen")) is not None:
        return first
    return Response((await read_form(request)).get("note", ""))


@pages.post("/full")
@allow(*PEOPLE)
async def full(request: Request) -> Response:
    """Find the disk full."""
    raise CannotWrite("disk full")


def console(desk: Desk) -> FastAPI:
    """Return the console of *desk*."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    for router in (pages, sign_in.router, step_up.router, account_pages.router, deputy_pages.router):
        app.router.routes.extend(router.routes)
    app.add_middleware(Edge, environment="demo", registry=CollectorRegistry())
    problems.install(app, environment="demo")
    app.state.accounts = desk.room
    app.state.settings = SimpleNamespace(environment=desk.room.environment)
    return app


@dataclass
class Browser:
    """One person's browser: keeps cookies, sends what browsers send, fills in forms with their token."""

    desk: Desk
    client: httpx.AsyncClient
    token: str = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Look at a page; its form token is remembered."""
        answer = await self.client.get(path, headers={"sec-fetch-site": "same-origin", **headers})
        found = re.search(r'name="csrf" value="([0-9a-f]{32})"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    async def post(self, path: str, headers: Any = None, **fields: str) -> httpx.Response:
        """Send a form."""
        sent = {"sec-fetch-site": "same-origin"} if headers is None else headers
        return await self.client.post(path, data={"csrf": self.token, **fields}, headers=sent)

    async def sign_in(self, login: str, *, next: str = "/seen") -> httpx.Response:  # noqa: A002  the form's name
        """Sign in with the password as handed over and a code not used before."""
        self.desk.clock.pass_s(30)
        password = self.desk.handed[login].password
        await self.post("/masuk", login=login, password=password, next=next)
        return await self.post("/masuk/kode", code=self.desk.code(login), next=next)


def browser(desk: Desk, app: FastAPI, **client: Any) -> Browser:
    """Return a new browser at the console."""
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 40000))
    return Browser(desk, httpx.AsyncClient(transport=transport, base_url=client.get("base_url", ORIGIN)))
