"""Stands before every partner: counts the question, and lets trouble happen to it."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.world import World

from .modes import ON_WIRE
from .targets import question_of, targets_of
from .troubles import Trouble
from .wire import ACTS, Question

_ASK = "sandbox.ask"


class Door:
    """ASGI middleware around the partners' own code."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or make it suffer."""
        targets = targets_of(scope, self._world) if scope["type"] == "http" else ()
        if not targets:
            await self._app(scope, receive, send)
            return
        with self._world.journal.under_way(targets, question_of(scope)):
            await self._answer(targets, scope, receive, send)

    async def _answer(self, targets: tuple[str, ...], scope: Scope, receive: Receive, send: Send) -> None:
        scope[_ASK] = lambda *modes: self._take(targets, modes)
        trouble = self._take(targets, ON_WIRE)
        if trouble is None:
            await self._app(scope, receive, send)
        else:
            await ACTS[trouble.mode](Question(self._app, scope, receive, send, trouble))

    def _take(self, targets: tuple[str, ...], modes: frozenset[str] | tuple[str, ...]) -> Trouble | None:
        trouble = self._world.troubles.take(targets, modes)
        if trouble is not None:
            self._world.journal.troubled(targets)
        return trouble


def trouble_for(request: Request, *modes: str) -> Trouble | None:
    """Return the trouble in force for this request if it is one of *modes*, and count it as used."""
    ask: Callable[..., Trouble | None] = request.scope[_ASK]
    return ask(*modes)
