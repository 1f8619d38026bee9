"""The composition root: what exists, built once, handed out, and taken down in the reverse order."""

import asyncio
import gc
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from typing import Any

import msgspec
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.telemetry import TelemetryConfig

from contracts import ChecksEligibility, ReportsCapacity
from gateway import health, openapi, people, problems
from gateway.access import routes as access_routes
from gateway.access.actions import KeyRoom
from gateway.access.door import KeyDoor
from gateway.access.guard import GuardedRoute, allow
from gateway.access.keys import DEFAULT_DAYS
from gateway.access.refusals import Refusals
from gateway.access.ring import KeyRing
from gateway.access.roles import Role
from gateway.access.watch import ExpiryWatch
from gateway.alarms import Alarms
from gateway.audit import Recorder, Spool
from gateway.audit.anchors import AnchorFile
from gateway.audit.pulse import Pulse
from gateway.capacity import routes as capacity_routes
from gateway.capacity.actions import CapacityRoom
from gateway.capacity.answers import CapacityAnswer, DeclaredCapacity, HospitalDirectory
from gateway.capacity.asking import Asking
from gateway.capacity.board import Boards
from gateway.capacity.picture import Picture
from gateway.capacity.ranking import Place
from gateway.capacity.rounds import Rounds
from gateway.db import CannotWrite, Database
from gateway.edge import Edge
from gateway.eligibility import advice
from gateway.eligibility import routes as eligibility_routes
from gateway.eligibility.actions import EligibilityRoom
from gateway.eligibility.answers import EligibilityForApproval, EligibilityForDispatch
from gateway.eligibility.cache import CoverageCache
from gateway.evidence.daily import DailyReport
from gateway.ground import Ground, open_log
from gateway.inquiries import access, breach, erasure, log_routes, people_routes, rotation
from gateway.inquiries.log import LogPage
from gateway.inquiries.room import InquiryRoom
from gateway.partners import routes as partner_routes
from gateway.partners.config import Facility
from gateway.partners.registry import Partner, Registry, connect
from gateway.people import People, finish_rotation_some_time

log = structlog.get_logger()

ROUTERS = (
    capacity_routes.router,
    eligibility_routes.router,
    partner_routes.router,
    log_routes.router,
    people_routes.router,
    access_routes.router,
    health.router,
)
# FastAPI's own would send exceptions with their texts wherever OTEL_* variables point, and costs 6 us.
NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
NOT_SURVEYED = Facility()  # where a hospital is and what it treats, when nobody has said
STRUCTS = (
    CapacityAnswer,
    DeclaredCapacity,
    HospitalDirectory,
    EligibilityForApproval,
    EligibilityForDispatch,
    LogPage,
    access.SubjectAccess,
    breach.BreachScope,
    erasure.Erased,
    people_routes.HoldAnswer,
    people_routes.HoldList,
    log_routes.ReceiptAnswer,
    rotation.Rotated,
)

description = APIRouter(route_class=GuardedRoute, tags=["health"], include_in_schema=False)


@description.get("/openapi.json")
@allow(*Role)
async def describe_api(request: Request) -> Response:
    """Serve the API's description to whoever has a key."""
    return Response(msgspec.json.encode(request.app.openapi()), media_type="application/json")


def build(ground: Ground) -> FastAPI:
    """Return the application; what it works with comes to life in its lifespan."""
    environment = str(ground.settings.environment)
    app = FastAPI(
        title="Gerbang",
        version=version("gerbang"),
        description="The inter-agency gateway of a 112 emergency centre.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would repeat the query, whatever a caller put there
        telemetry=NO_TELEMETRY,
        lifespan=lambda app: _life(app, ground),
    )
    for router in (*ROUTERS, description):
        app.router.routes.extend(router.routes)  # paths are whole; include_router costs 6 us a question
    app.state.logbook = logbook = open_log(ground.settings)
    app.add_middleware(Edge, environment=environment, anchor=logbook.notary)
    problems.install(app, environment=environment)
    document: dict[str, Any] = {}
    app.openapi = lambda: document or document.update(openapi.describe(app, STRUCTS)) or document  # type: ignore[method-assign]  # FastAPI's documented way
    return app


@asynccontextmanager
async def _life(app: FastAPI, ground: Ground) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        await _storage(app, ground, stack)
        await _access(app, ground, stack)
        registry = await _partners(app, ground, stack)
        await _capacity(app, ground, registry, stack)
        _eligibility(app, ground, registry)
        _inquiries(app, ground, stack)
        _tune_collector()
        log.info(
            "gateway.ready", environment=str(ground.settings.environment), partners=len(registry.partners)
        )
        yield


async def _storage(app: FastAPI, ground: Ground, stack: AsyncExitStack) -> None:
    settings, state = ground.settings, app.state
    state.settings = settings
    state.alarms = Alarms()
    state.people = People(ground.keys)
    state.people.start()
    stack.push_async_callback(state.people.close)
    _in_background(stack, state.alarms, finish_rotation_some_time(state.people), may_end=True)
    _in_background(stack, state.alarms, people.watch(state.people, state.alarms))
    state.database = Database(settings.url, state.logbook)
    state.recorder = Recorder(
        state.database, Spool(settings.data_dir / "spool", size=settings.spool_bytes), state.alarms
    )
    stack.push_async_callback(state.database.close)
    with suppress(CannotWrite):  # a full disk must not keep bed answers away: the spool takes their entries
        await state.database.start()
    await state.recorder.start()
    stack.push_async_callback(state.recorder.close)
    anchors = AnchorFile(settings.anchors)
    pulse = Pulse(state.database, state.logbook, state.recorder, state.alarms, anchors)
    _in_background(stack, state.alarms, pulse.run())


async def _access(app: FastAPI, ground: Ground, stack: AsyncExitStack) -> None:
    state, known = app.state, {partner.id for partner in ground.partners}
    ring = KeyRing(state.database, state.alarms, environment=str(ground.settings.environment))
    await ring.load()
    refusals = Refusals(state.recorder.record)
    stack.push_async_callback(refusals.close)
    state.door = KeyDoor(ring, refusals=refusals, alarms=state.alarms)
    state.keys = KeyRoom(
        state.database, ring, state.recorder.record, known.__contains__, default_days=DEFAULT_DAYS
    )
    _in_background(stack, state.alarms, ring.keep_fresh())
    _in_background(stack, state.alarms, ExpiryWatch(state.database, ring, state.alarms).run())


async def _partners(app: FastAPI, ground: Ground, stack: AsyncExitStack) -> Registry:
    registry = connect(ground.partners, ground.settings)
    stack.push_async_callback(registry.close)
    app.state.registry = registry
    return registry


async def _capacity(app: FastAPI, ground: Ground, registry: Registry, stack: AsyncExitStack) -> None:
    settings, state = ground.settings, app.state
    picture = Picture()
    deadline_s = settings.capacity_deadline_ms / 1000
    asking = Asking(registry.able_to(ReportsCapacity), picture, limit_s=deadline_s)
    stack.push_async_callback(asking.close)
    rounds = Rounds(
        asking,
        picture,
        state.database,
        state.recorder,
        interval_s=settings.capacity_refresh_s,
        deadline_s=deadline_s,
    )
    await rounds.restore()
    _in_background(stack, state.alarms, rounds.run())
    state.capacity = CapacityRoom(
        environment=str(settings.environment),
        boards=Boards([_place(each) for each in _hospitals(registry)], picture),
        asking=asking,
        database=state.database,
        recorder=state.recorder,
        deadline_ms=settings.capacity_deadline_ms,
    )


def _hospitals(registry: Registry) -> list[Partner]:
    """Return whoever has a place or tells of beds: one that is only asked and never shown would be hidden."""
    partners = registry.partners.values()
    return [each for each in partners if each.facility or isinstance(each.port, ReportsCapacity)]


def _place(partner: Partner) -> Place:
    facility = partner.facility or NOT_SURVEYED
    return Place(
        id=partner.id,
        name=partner.name,
        phone=partner.phone,
        latitude=facility.latitude,
        longitude=facility.longitude,
        services=facility.services,
        connected=partner.port is not None,
    )


def _eligibility(app: FastAPI, ground: Ground, registry: Registry) -> None:
    settings, state = ground.settings, app.state
    insurers = registry.able_to(ChecksEligibility)
    for idle in insurers[1:]:
        log.warning("eligibility.insurer_not_asked", partner=idle.id)  # the first in the file is
    state.advice = advice.load()
    state.eligibility = EligibilityRoom(
        environment=str(settings.environment),
        insurer=insurers[0] if insurers else None,
        cache=CoverageCache(keep_s=settings.eligibility_cache_s),
        database=state.database,
        recorder=state.recorder,
        people=state.people,
        deadline_ms=settings.eligibility_deadline_ms,
    )


def _inquiries(app: FastAPI, ground: Ground, stack: AsyncExitStack) -> None:
    settings, state = ground.settings, app.state
    state.inquiries = InquiryRoom(
        environment=str(settings.environment),
        site=settings.authority,
        database=state.database,
        recorder=state.recorder,
        people=state.people,
        logbook=state.logbook,
        alarms=state.alarms,
        forget=[state.eligibility.cache.clear],
    )
    _in_background(stack, state.alarms, erasure.keep_promises(state.inquiries))
    daily = DailyReport(settings.reports, state.recorder, state.alarms, hour=settings.report_hour)
    _in_background(stack, state.alarms, daily.run())


def _in_background(
    stack: AsyncExitStack, alarms: Alarms, work: Coroutine[Any, Any, None], *, may_end: bool = False
) -> None:
    """Run *work* until the application ends; should it end by itself, that is a defect somebody must see."""
    task = asyncio.create_task(work, name=getattr(work, "__qualname__", None))
    task.add_done_callback(lambda ended: _tell_of_end(ended, alarms, may_end=may_end))

    async def end() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)


def _tell_of_end(task: "asyncio.Task[None]", alarms: Alarms, *, may_end: bool) -> None:
    if task.cancelled() or (may_end and task.exception() is None):
        return
    log.error("background.ended", exc_info=task.exception(), name=task.get_name())
    alarms.raise_("background.ended", "A background task of the gateway has ended: restart it, and tell.")


def _tune_collector() -> None:
    """Leave start-up's objects out of collections and collect seldom: p99 46 to 16 ms in the prototype."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 100)
