"""
Every route declares who may use it, or the gateway does not start.

    router = APIRouter(route_class=GuardedRoute)

    @router.get("/v1/capacity")
    @allow(Role.DISPATCHER, grace=True)
    async def ask_capacity(request: Request) -> Response: ...

The key is checked before body or query is looked at. `Depends` is not used for it: that costs 25 us.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar, get_type_hints

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .door import KeyDoor
from .judgement import Rule
from .roles import Principal, Role

__all__ = ["PUBLIC", "GuardedRoute", "Principal", "Role", "Rule", "allow", "principal", "rule_of"]

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]

PRINCIPAL = "gerbang.principal"
_RULE = "__gerbang_rule__"


class _Public:
    """The mark of a route that asks for no key."""

    def __repr__(self) -> str:
        return "PUBLIC"


PUBLIC: Final = _Public()


def allow(*who: Role | _Public, grace: bool = False) -> Callable[[Endpoint], Endpoint]:
    """
    Declare who may use a route: some roles, or PUBLIC alone.

    With *grace* a dispatcher's key works there 72 h beyond its end. Raises TypeError for nobody, or
    for PUBLIC among roles.
    """
    rule = _rule(who, grace=grace)

    def declare(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _RULE, rule)
        return endpoint

    return declare


def rule_of(endpoint: Callable[..., Any]) -> Rule | _Public:
    """Return what *endpoint* declares. Raises TypeError if it declares nothing."""
    rule = getattr(endpoint, _RULE, None)
    if not isinstance(rule, Rule | _Public):
        raise TypeError(f"{getattr(endpoint, '__qualname__', endpoint)} declares no role: add @allow(...)")
    return rule


def principal(request: Request) -> Principal:
    """Return who asks. Raises LookupError on a public route, where nobody has said."""
    found = request.scope.get(PRINCIPAL)
    if not isinstance(found, Principal):
        raise LookupError("a public route has no principal")  # noqa: TRY004  nobody passed a wrong type
    return found


class GuardedRoute(APIRoute):
    """A route that cannot be built without @allow and is not entered without a key that may."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Build the route and say in its OpenAPI entry what it demands. Raises TypeError without @allow."""
        self.rule = rule_of(endpoint)
        options["openapi_extra"] = {**self._demand(), **(options.get("openapi_extra") or {})}
        super().__init__(path, endpoint, **options)
        if _answers_directly(self):
            self.app = _straight(self.get_route_handler())

    def get_route_handler(self) -> RouteHandler:
        """Return the handler of the route with the guard before it."""
        enter = self.endpoint if _answers_directly(self) else super().get_route_handler()
        rule, template = self.rule, self.path_format
        if isinstance(rule, _Public):
            return enter

        async def guarded(request: Request) -> Response:
            door: KeyDoor = request.app.state.door
            request.scope[PRINCIPAL] = await door.admit(request, rule, route=template)
            return await enter(request)

        return guarded

    def _demand(self) -> dict[str, Any]:
        if isinstance(self.rule, _Public):
            return {}
        return {"security": [{"key": []}], "x-roles": sorted(str(role) for role in self.rule.roles)}


def _rule(who: tuple[Role | _Public, ...], *, grace: bool) -> Rule | _Public:
    if who == (PUBLIC,):
        return PUBLIC
    roles = frozenset(each for each in who if isinstance(each, Role))
    if not who or len(roles) < len(set(who)):
        raise TypeError("allow takes roles, or PUBLIC alone")
    return Rule(roles, grace)


def _straight(answer: RouteHandler) -> ASGIApp:
    """Return *answer* as an ASGI application; the application's own handlers word what it raises."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await answer(Request(scope, receive, send))
        await response(scope, receive, send)

    return app


def _answers_directly(route: APIRoute) -> bool:
    """
    Say whether the endpoint takes the request and makes the response, with nothing for FastAPI to do.

    Such a route skips FastAPI's solving of dependencies, its serialization and its two exit stacks.
    """
    endpoint: Callable[..., Awaitable[Any]] = route.endpoint
    hints = get_type_hints(endpoint)
    answer = hints.pop("return", None)
    makes_response = inspect.isclass(answer) and issubclass(answer, Response)
    only_request = list(hints.values()) == [Request] and len(inspect.signature(endpoint).parameters) == 1
    return (
        makes_response and only_request and not route.dependencies and inspect.iscoroutinefunction(endpoint)
    )
