"""`/door/beds`: the truth about the beds, and how to set it for demos and tests."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.hospital import Hospital
from sandbox.world import World, build_hospitals

from .wishes import Wrong, number, read_wish, told


class BedDesk:
    """Shows and sets the beds of *world*; *seed* is what they are made from anew."""

    def __init__(self, world: World, *, seed: int) -> None:
        self._world = world
        self._seed = seed

    def routes(self) -> list[Route]:
        """Return the routes of this desk."""
        return [
            Route("/door/beds", self.show_all),
            Route("/door/beds", self.seed_again, methods=["DELETE"]),
            Route("/door/beds/{hospital}", told(self.show)),
            Route("/door/beds/{hospital}", told(self.set_free), methods=["POST"]),
        ]

    async def show_all(self, _: Request) -> Response:
        """Show the truth of every hospital that has a system."""
        hospitals = self._world.hospitals.items()
        return JSONResponse({name: each.truth() for name, each in hospitals if each.bearers})

    async def show(self, request: Request) -> Response:
        """Show the truth of one hospital."""
        return JSONResponse(self._hospital(request).truth())

    async def set_free(self, request: Request) -> Response:
        """Set the free beds of one need."""
        hospital, wish = self._hospital(request), await read_wish(request)
        free = number(wish, "free", int)
        hospital.set_free(str(wish.get("need")), free or 0, self._world.now())
        return JSONResponse(hospital.truth())

    async def seed_again(self, _: Request) -> Response:
        """Make all beds anew."""
        self._world.hospitals = build_hospitals(seed=self._seed, now=datetime.now(UTC))
        return Response(status_code=204)

    def _hospital(self, request: Request) -> Hospital:
        hospital = self._world.hospitals.get(request.path_params["hospital"])
        if hospital is None or not hospital.bearers:
            raise Wrong("no such hospital with a system")
        return hospital
