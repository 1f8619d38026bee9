"""Puts every partner behind one door into one application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.agencies.routes import agency_routes
from sandbox.bmkg.routes import bmkg_routes
from sandbox.bpbd.routes import bpbd_routes
from sandbox.door.middleware import Door
from sandbox.door.routes import door_routes
from sandbox.drift import drift
from sandbox.messages.push import push_routes
from sandbox.messages.sms import sms_routes
from sandbox.plain.routes import plain_routes
from sandbox.satusehat.routes import satusehat_routes
from sandbox.vclaim.routes import vclaim_routes
from sandbox.world import World


def build_app(world: World, *, seed: int = 112, drift_every_s: float | None = None) -> Starlette:
    """Return the application; beds drift every *drift_every_s* seconds, not at all when None."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        if drift_every_s is None:
            yield
            return
        task = asyncio.create_task(drift(world, seed=seed, every_s=drift_every_s))
        yield
        task.cancel()

    async def entrance(request: Request) -> Response:
        del request
        return JSONResponse(
            {
                "what": "Gerbang sandbox: invented data (data contoh), never for real use",
                "hospitals": [hospital.row.id for hospital in world.of_system("r4")],
                "satusehat": [hospital.row.id for hospital in world.of_system("satusehat")],
                "agencies": list(world.agencies),
                "door": "/door",
            }
        )

    routes = [
        Route("/", entrance),
        *door_routes(world, seed=seed),
        *plain_routes(world),
        *satusehat_routes(world),
        *vclaim_routes(world),
        *sms_routes(world),
        *push_routes(world),
        *agency_routes(world),
        *bpbd_routes(world),
        *bmkg_routes(world),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Door, world=world)], lifespan=lifespan)
