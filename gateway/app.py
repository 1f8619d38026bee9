"""The composition root: what exists, built once, handed out, and taken down in the reverse order."""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from typing import Any

import msgspec
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.telemetry import TelemetryConfig

from contracts import ChecksEligibility, ReportsCapacity
from gateway import deciding, health, informing, openapi, people, problems
from gateway.access import routes as access_routes
from gateway.access.actions import KeyRoom
from gateway.access.door import KeyDoor
from gateway.access.guard import GuardedRoute, allow
from gateway.access.keys import DEFAULT_DAYS
from gateway.access.refusals import Refusals
from gateway.access.ring import KeyRing
from gateway.access.roles import Role
from gateway.access.watch import ExpiryWatch
from gateway.accounts import routes as account_routes
from gateway.alarms import Alarms
from gateway.audit import Recorder, Spool
from gateway.audit.anchors import AnchorFile
from gateway.audit.pulse import Pulse
from gateway.background import Background
from gateway.callbacks import receipt_routes
from gateway.callbacks import routes as callback_routes
from gateway.capacity import routes as capacity_routes
from gateway.capacity.actions import CapacityRoom
from gateway.capacity.answers import CapacityAnswer, DeclaredCapacity, HospitalDirectory
from gateway.capacity.asking import Asking
from gateway.capacity.board import Boards
from gateway.capacity.picture import Picture
from gateway.capacity.ranking import Place
from gateway.capacity.rounds import Rounds
from gateway.changes import Changes
from gateway.console import pages
from gateway.db import CannotRead, CannotWrite, Database, Lead
from gateway.edge import Edge
from gateway.eligibility import advice
from gateway.eligibility import routes as eligibility_routes
from gateway.eligibility.actions import EligibilityRoom
from gateway.eligibility.answers import EligibilityForApproval, EligibilityForDispatch
from gateway.eligibility.cache import CoverageCache
from gateway.evidence.daily import DailyReport
from gateway.ground import Ground, open_log
from gateway.incidents import change_routes
from gateway.incidents import routes as incident_routes
from gateway.incidents import store as incident_store
from gateway.incidents.answers import IncidentAnswer, IncidentList, IncidentReading
from gateway.inquiries import access, breach, erasure, log_routes, people_routes, rotation
from gateway.inquiries.log import LogPage
from gateway.inquiries.room import InquiryRoom
from gateway.notifications import inbox_routes, standing_routes
from gateway.notifications import routes as notification_routes
from gateway.notifications.answers import Inbox, NotificationAnswer, NotificationList, ReceiptsHeard
from gateway.partners import routes as partner_routes
from gateway.partners.config import Facility
from gateway.partners.registry import Partner, Registry, connect
from gateway.partners.standing import StandingBook
from gateway.people import People, finish_rotation_some_time
from gateway.referrals import decision_routes, journey_routes
from gateway.referrals import routes as referral_routes
from gateway.referrals import store as referral_store
from gateway.referrals.answers import ReferralAnswerView, ReferralList, ReferralView
from gateway.waking import routes as waking_routes
from gateway.warnings import routes as warning_routes
from gateway.warnings.answers import WarningList

log = structlog.get_logger()

ROUTERS = (
    capacity_routes.router,
    eligibility_routes.router,
    referral_routes.router,
    decision_routes.router,
    journey_routes.router,
    incident_routes.router,
    change_routes.router,
    notification_routes.router,
    inbox_routes.router,
    standing_routes.router,
    warning_routes.router,
    callback_routes.router,
    receipt_routes.router,
    account_routes.router,
    waking_routes.router,
    partner_routes.router,
    log_routes.router,
    people_routes.router,
    access_routes.router,
    health.router,
    *pages.ROUTERS,
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
    ReferralList,
    ReferralView,
    ReferralAnswerView,
    IncidentList,
    IncidentReading,
    IncidentAnswer,
    Inbox,
    ReceiptsHeard,
    NotificationAnswer,
    NotificationList,
    WarningList,
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
        app.state.alarms = Alarms()
        app.state.changes = Changes()
        background = Background(stack, app.state.alarms)
        await _storage(app, ground, background)
        await _access(app, ground, background)
        deciding.build_accounts(app.state, ground.settings, background)
        registry = await _partners(app, ground, background)
        await _capacity(app, ground, registry, background)
        _eligibility(app, ground, registry)
        await _informing(app, ground, registry, background)
        deciding.build_referrals(app.state, ground.settings, registry, ground.keys)
        await deciding.keep_deciding(app.state, background)
        deciding.build_console(app.state, background)
        background.run(app.state.turns.run())
        _inquiries(app, ground, background)
        _tune_collector()
        log.info(
            "gateway.ready", environment=str(ground.settings.environment), partners=len(registry.partners)
        )
        yield


async def _storage(app: FastAPI, ground: Ground, background: Background) -> None:
    settings, state = ground.settings, app.state
    state.settings = settings
    state.people = People(ground.keys)
    state.people.start()
    background.stack.push_async_callback(state.people.close)
    background.run(finish_rotation_some_time(state.people), may_end=True)
    background.run(people.watch(state.people, state.alarms))
    state.lead = Lead(settings.url)
    background.run(state.lead.keep(), may_end=True)
    state.database = Database(settings.url, state.logbook)
    state.recorder = Recorder(
        state.database, Spool(settings.data_dir / "spool", size=settings.spool_bytes), state.alarms
    )
    background.stack.push_async_callback(state.database.close)
    with suppress(CannotWrite):  # a full disk must not keep bed answers away: the spool takes their entries
        await state.database.start()
    await state.recorder.start()
    background.stack.push_async_callback(state.recorder.close)
    anchors = AnchorFile(settings.anchors)
    pulse = Pulse(state.database, state.logbook, state.recorder, state.alarms, anchors)
    background.run(pulse.run())


async def _access(app: FastAPI, ground: Ground, background: Background) -> None:
    state, known = app.state, {partner.id for partner in ground.partners}
    ring = KeyRing(state.database, state.alarms, environment=str(ground.settings.environment))
    await ring.load()
    state.refusals = Refusals(state.recorder.record)
    background.stack.push_async_callback(state.refusals.close)
    state.door = KeyDoor(ring, refusals=state.refusals, alarms=state.alarms)
    state.keys = KeyRoom(
        state.database, ring, state.recorder.record, known.__contains__, default_days=DEFAULT_DAYS
    )
    background.run(ring.keep_fresh())
    background.run(ExpiryWatch(state.database, ring, state.alarms).run())


async def _partners(app: FastAPI, ground: Ground, background: Background) -> Registry:
    registry = connect(ground.partners, ground.settings)
    background.stack.push_async_callback(registry.close)
    app.state.registry = registry
    book = StandingBook(app.state.database, registry)
    with suppress(CannotRead):  # then it is as partners.toml says, until the book can be read
        await book.load()
    background.run(book.keep_fresh())
    return registry


async def _capacity(app: FastAPI, ground: Ground, registry: Registry, background: Background) -> None:
    settings, state = ground.settings, app.state
    picture = Picture()
    deadline_s = settings.capacity_deadline_ms / 1000
    asking = Asking(registry.able_to(ReportsCapacity), picture, limit_s=deadline_s)
    background.stack.push_async_callback(asking.close)
    rounds = Rounds(
        asking,
        picture,
        state.database,
        state.recorder,
        interval_s=settings.capacity_refresh_s,
        deadline_s=deadline_s,
        elsewhere=state.lead.is_elsewhere,
    )
    await rounds.restore()
    background.run(rounds.run())
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


async def _informing(app: FastAPI, ground: Ground, registry: Registry, background: Background) -> None:
    settings, state = ground.settings, app.state
    informing.build_turns(state, settings)
    informing.build_notifications(state, settings, registry)
    informing.build_incidents(state, settings, registry, ground.keys)
    informing.build_warnings(state, settings, registry, background)
    await informing.keep_informing(state, background)


def _inquiries(app: FastAPI, ground: Ground, background: Background) -> None:
    settings, state = ground.settings, app.state
    state.inquiries = InquiryRoom(
        environment=str(settings.environment),
        site=settings.authority,
        database=state.database,
        recorder=state.recorder,
        people=state.people,
        logbook=state.logbook,
        alarms=state.alarms,
        forget=[state.eligibility.cache.clear, state.referrals.forget, state.incidents.known.clear],
        clear=[referral_store.clear_place, incident_store.clear_place],
    )
    background.run(erasure.keep_promises(state.inquiries))
    daily = DailyReport(
        settings.reports,
        state.recorder,
        state.alarms,
        hour=settings.report_hour,
        elsewhere=state.lead.is_elsewhere,
    )
    background.run(daily.run())


def _tune_collector() -> None:
    """Leave start-up's objects out of collections and collect seldom: p99 46 to 16 ms in the prototype."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(5000, 20, 100)
