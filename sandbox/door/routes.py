"""`/door`: see and make trouble, read the journal."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.world import World

from .agencies import AgencyDesk
from .beds import BedDesk
from .bmkg import BmkgDesk
from .bpbd import BpbdDesk
from .messages import MessageDesk
from .modes import MODES
from .referrals import ReferralDesk
from .targets import ALL_AGENCIES, ALL_HOSPITALS, ALONE, systems_of
from .wishes import Wrong, number, read_wish, told


def door_routes(world: World, *, seed: int) -> list[Route]:
    """Return the routes of the door for *world*; a trouble's target comes last, since it matches anything."""
    return [
        *_Journal(world).routes(),
        *BedDesk(world, seed=seed).routes(),
        *MessageDesk(world).routes(),
        *ReferralDesk(world).routes(),
        *AgencyDesk(world).routes(),
        *BpbdDesk(world).routes(),
        *BmkgDesk(world).routes(),
        *_Troubles(world).routes(),
    ]


class _Troubles:
    """Makes and ends trouble."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            *[Route(f"/door{slash}", self.show) for slash in ("", "/")],
            *[Route(f"/door{slash}", self.clear, methods=["DELETE"]) for slash in ("", "/")],
            Route("/door/{target}", told(self.put), methods=["PUT"]),
            Route("/door/{target}", self.clear, methods=["DELETE"]),
        ]

    async def show(self, _: Request) -> Response:
        world = self._world
        names = [name for name in world.hospitals if systems_of(name, world)]
        troubles = {name: asdict(trouble) for name, trouble in world.troubles.current().items()}
        return JSONResponse(
            {
                "data_contoh": True,
                "troubles": troubles,
                "targets": [*names, ALL_HOSPITALS, *ALONE, *world.agencies, ALL_AGENCIES],
                "modes": _modes(),
            }
        )

    async def put(self, request: Request) -> Response:
        target = request.path_params["target"]
        wish = await read_wish(request)
        mode = _mode(target, wish.get("mode"), self._world)
        times, seconds = number(wish, "times", int), number(wish, "seconds", int, float)
        if times == 0:
            return await self.clear(request)
        trouble = self._world.troubles.put(target, mode, times=times, seconds=seconds)
        return JSONResponse({"target": target, **asdict(trouble)})

    async def clear(self, request: Request) -> Response:
        self._world.troubles.clear(request.path_params.get("target"))
        return Response(status_code=204)


class _Journal:
    """Shows what was seen, and forgets it; forgets SATUSEHAT's tokens as well."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("/door/journal", self.show),
            Route("/door/journal", self.clear, methods=["DELETE"]),
            Route("/door/tokens", self.forget_tokens, methods=["DELETE"]),
        ]

    async def show(self, request: Request) -> Response:
        journal, target = self._world.journal, request.query_params.get("target")
        return JSONResponse(journal.page(target) if target else journal.pages())

    async def clear(self, _: Request) -> Response:
        self._world.journal.clear()
        return Response(status_code=204)

    async def forget_tokens(self, _: Request) -> Response:
        self._world.tokens.forget_all()  # as a restart of the platform does
        return Response(status_code=204)


def _modes() -> dict[str, dict[str, Any]]:
    return {
        name: {"says": mode.says, "systems": sorted(mode.systems), "seconds": mode.seconds}
        for name, mode in MODES.items()
    }


def _mode(target: str, mode: object, world: World) -> str:
    systems = systems_of(target, world)
    if not systems:
        raise Wrong("no such target; GET /door lists them")
    fitting = [name for name, row in MODES.items() if row.systems & systems]
    if mode not in fitting:
        raise Wrong(f"mode must be one of {', '.join(fitting)}")
    return str(mode)
