"""
Is this process alive, is it ready, what does it measure, what alarms stand.

Neither question ever asks a partner: one dead partner must not restart the gateway.
"""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from contracts import Entry
from gateway.access.guard import PUBLIC, GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id

router = APIRouter(route_class=GuardedRoute, tags=["health"])

# What each action leaves in the audit log; the house tests hold it against a running gateway. The probes,
# /metrics and /openapi.json tell nothing of anybody's business and leave nothing.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {
    "list alarms": ("alarms.listed",),
    "probe": (),
    "read metrics": (),
    "read the API's description": (),
}


class Liveness(BaseModel):
    """The event loop turns."""

    environment: str
    alive: bool = True


class Readiness(BaseModel):
    """
    Whether this process does its work: `ready` false answers 503.

    `recording` tells how far audit entries come: durable, spooled (on disk, some still wait to be
    replayed) or degraded (some were lost, and the log does not say so yet).
    """

    environment: str
    ready: bool
    recording: str


class AlarmState(BaseModel):
    """Something a person must see to."""

    name: str
    text: str
    since: datetime


class AlarmList(BaseModel):
    """The alarms that stand now."""

    environment: str
    alarms: list[AlarmState]


@router.get("/livez", summary="Is the process alive?")
@allow(PUBLIC)
async def livez(request: Request) -> Liveness:
    """Answer as long as the event loop turns."""
    return Liveness(environment=request.app.state.settings.environment)


@router.get("/readyz", summary="Is the gateway ready?", responses={503: {"model": Readiness}})
@allow(PUBLIC)
async def readyz(request: Request, response: Response) -> Readiness:
    """Say whether the start is over and the database takes writes; bed answers come even when it does not."""
    state = request.app.state
    response.status_code = 200 if state.database.healthy else 503
    return Readiness(
        environment=state.settings.environment,
        ready=state.database.healthy,
        recording=state.recorder.recording,
    )


@router.get(
    "/metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
@allow(Role.OPERATOR, Role.AUDITOR, Role.ADMIN)
async def metrics() -> Response:
    """Expose what is measured; no label names a person."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/alarms", summary="The alarms that stand")
@allow(Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)
async def list_alarms(request: Request) -> AlarmList:
    """List what a person must see to, oldest first."""
    state = request.app.state
    entry = Entry("alarms.listed", "answered", principal(request).actor, request=request_id(request))
    await state.recorder.record(entry)
    standing = [
        AlarmState(name=alarm.name, text=alarm.text, since=alarm.since) for alarm in state.alarms.current()
    ]
    return AlarmList(environment=state.settings.environment, alarms=standing)
