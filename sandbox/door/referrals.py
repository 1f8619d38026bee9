"""`/door/referrals`: what hospitals do with those who ask for a bed, and everything they were asked."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.fhir.shelf import Resource
from sandbox.referrals.push import Push
from sandbox.referrals.reception import Reception
from sandbox.referrals.sayings import REASONS
from sandbox.referrals.store import has_identifier
from sandbox.referrals.wish import AT_ONCE, DECISIONS, Wish
from sandbox.world import World

from .wishes import Wrong, number, read_wish, told


class ReferralDesk:
    """Sets and shows how the hospitals of *world* decide."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Return the routes of this desk."""
        hospital = "/door/referrals/{hospital}"
        return [
            Route("/door/referrals", self.clear_all, methods=["DELETE"]),
            Route(hospital, told(self.show)),
            Route(hospital, told(self.wish), methods=["PUT"]),
            Route(hospital, told(self.end_wish), methods=["DELETE"]),
            Route(f"{hospital}/push", told(self.push), methods=["PUT"]),
            Route(f"{hospital}/push", told(self.end_push), methods=["DELETE"]),
            Route(f"{hospital}/{{ask}}", told(self.decide), methods=["POST"]),
        ]

    async def clear_all(self, _: Request) -> Response:
        """Every hospital forgets what it was asked, what is wished and whom it tells."""
        for reception in self._world.receptions.values():
            reception.close()
        return Response(status_code=204)

    async def show(self, request: Request) -> Response:
        """Show every resource as the hospital keeps it."""
        reception = self._reception(request)
        push = reception.push
        counts = {"delivered": push.delivered, "failed": push.failed} if push else None
        return JSONResponse({**reception.desk.kept(), "push": counts})

    async def wish(self, request: Request) -> Response:
        """Wish a decision for everyone who asks from now on."""
        reception, wish = self._reception(request), await read_wish(request)
        reception.wish = _wish(wish, DECISIONS)
        return JSONResponse({"hospital": request.path_params["hospital"], "decision": wish["decision"]})

    async def end_wish(self, request: Request) -> Response:
        """The hospital decides by its own mind again; what it has begun goes on."""
        self._reception(request).wish = None
        return Response(status_code=204)

    async def push(self, request: Request) -> Response:
        """The hospital tells of its Tasks from now on."""
        reception, wish = self._reception(request), await read_wish(request)
        reception.push = Push(_text(wish, "url").rstrip("/"), _text(wish, "token"))
        return JSONResponse({"hospital": request.path_params["hospital"], "url": reception.push.url})

    async def end_push(self, request: Request) -> Response:
        """It tells nobody any more."""
        self._reception(request).push = None
        return Response(status_code=204)

    async def decide(self, request: Request) -> Response:
        """Answer one who asked, now."""
        reception, wish = self._reception(request), _wish(await read_wish(request), (*AT_ONCE, "silent"))
        task = _task_of(reception, request.path_params["ask"])
        if not await reception.decide(task["id"], wish):
            raise Wrong(f"{wish.decision} does not fit a Task that is {task['status']}")
        changed = _task_of(reception, request.path_params["ask"])
        return JSONResponse({"task": changed["id"], "status": changed["status"]})

    def _reception(self, request: Request) -> Reception:
        reception = self._world.receptions.get(request.path_params["hospital"])
        if reception is None:
            raise Wrong("no such hospital with a system")
        return reception


def _task_of(reception: Reception, ask: str) -> Resource:
    found = [task for task in reception.desk.kept()["tasks"] if has_identifier(task, ask)]
    if not found:
        raise Wrong("nobody asked under this id")
    return found[-1]


def _text(wish: dict[str, Any], name: str) -> str:
    value = wish.get(name)
    if not isinstance(value, str) or not value:
        raise Wrong(f"{name} must be a text")
    return value


def _one_of(wish: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    if wish.get(name) not in allowed:
        raise Wrong(f"{name} must be one of {', '.join(allowed)}")
    return str(wish[name])


def _wish(wish: dict[str, Any], decisions: tuple[str, ...]) -> Wish:
    after_s, then_after_s, held_min = (
        number(wish, name, int, float) for name in ("after_s", "then_after_s", "bed_held_min")
    )
    return Wish(
        decision=_one_of(wish, "decision", decisions),
        after_s=after_s,
        then_after_s=1.0 if then_after_s is None else then_after_s,
        reason=None if wish.get("reason") is None else _one_of(wish, "reason", tuple(REASONS)),
        words=None if wish.get("words") is None else _text(wish, "words"),
        bed_held_min=held_min,
    )
