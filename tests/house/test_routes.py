"""Every route declares who may use it, and only one module opens connections to partners."""

import re
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from gateway.access.guard import PUBLIC, GuardedRoute, Rule
from gateway.access.roles import Role
from gateway.app import build
from gateway.console.guard import ConsoleRoute
from gateway.ground import Ground
from gateway.people import PersonKeys
from gateway.settings import Settings

from .tracked import python, read

# Whoever watches processes has no key.
OPEN = {"GET /livez", "GET /readyz"}
# Of the console: how one signs in and out, in which language, and what is the same for everybody.
OPEN_PAGES = {
    *("GET /masuk", "POST /masuk", "GET /masuk/kode", "POST /masuk/kode", "POST /masuk/passkey"),
    *("POST /keluar", "POST /bahasa", "GET /static/{version}/{name}", "GET /sw.js"),
}
AN_API = ("/v1/", "/livez", "/readyz", "/metrics", "/openapi.json")


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """The real application, not started."""
    return build(Ground(Settings(), (), PersonKeys.of_nobody()))


def _routes(app: FastAPI) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for route in app.routes:
        methods = getattr(route, "methods", None) or {"?"}
        found |= {f"{method} {getattr(route, 'path', '?')}": route for method in methods}
    return found


def test_every_route_is_guarded_and_declares_its_roles(app: FastAPI) -> None:
    """There is no other kind of route in the application, and nothing is open but what is named above."""
    routes = _routes(app)
    assert len(routes) > 10
    assert {name for name, route in routes.items() if not isinstance(route, GuardedRoute)} == set()
    assert {name for name, route in routes.items() if route.rule is PUBLIC} == OPEN | OPEN_PAGES
    ruled = [route.rule for route in routes.values() if route.rule is not PUBLIC]
    assert all(isinstance(rule, Rule) and rule.roles for rule in ruled)


def test_pages_and_only_they_are_entered_with_a_session(app: FastAPI) -> None:
    """What a key opens is described in the API, what a session opens is not; a page never takes a key."""
    for name, route in _routes(app).items():
        page = isinstance(route, ConsoleRoute) or name in OPEN_PAGES
        assert page is not name.partition(" ")[2].startswith(AN_API), name
        assert not page or not route.include_in_schema, name
        assert not isinstance(route, ConsoleRoute) or Role.PARTNER not in getattr(route.rule, "roles", ()), (
            name
        )


@pytest.mark.parametrize("kind", [GuardedRoute, ConsoleRoute])
def test_a_planted_bare_route_is_not_built(kind: type[APIRoute]) -> None:
    """A route without a role ends the start, with its name."""
    router = APIRouter(route_class=kind)
    with pytest.raises(TypeError, match="bare declares no role"):

        @router.get("/v1/bare")
        async def bare() -> None: ...


def test_a_planted_plain_route_is_seen(app: FastAPI) -> None:
    """The walk above would find one that came in by another router."""
    other = FastAPI()
    other.routes[:] = [*app.routes]

    @other.get("/v1/plain")
    async def plain() -> None: ...

    assert type(_routes(other)["GET /v1/plain"]) is APIRoute


def test_connections_are_opened_in_two_modules_only() -> None:
    """So no exchange can pass the outbound guard, the caps and the TLS settings by; the rest is the CLI."""
    opening = re.compile(
        r"httpx\.(?:Async)?(?:Client|HTTPTransport)\(|\(httpx\.(?:Async)?Client\):|\bPartnerClient\("
        r"|httpx\.(?:get|post|put|patch|delete|head|request|stream)\("
        r"|aiohttp\.(?:ClientSession|request)\(|urlopen\(|create_connection\(|open_connection\("
    )
    openers = {str(path) for path in python("gateway", "adapters") if opening.search(read(path))}
    assert openers == {
        "gateway/partners/http.py",
        "gateway/partners/transport.py",
        "gateway/cli/gatewaylink.py",
        "gateway/cli/guide.py",
    }


def test_verification_of_tls_is_off_nowhere() -> None:
    """Not in production code, not for a moment."""
    off = re.compile(r"verify\s*=\s*False|ssl\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False|_unverified_")
    assert [path for path in python("gateway", "adapters", "contracts") if off.search(read(path))] == []
