"""What both kinds of server do when a Location is read, put or patched."""

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from sandbox.hospital import Hospital

from .check import check_location
from .outcome import FhirError, Issue
from .shelf import Resource, version_of


def etag(resource: Resource) -> str:
    """Return the weak entity tag of the resource's version."""
    return f'W/"{version_of(resource)}"'


def kept_location(hospital: Hospital, location_id: str) -> Resource:
    """Return the Location; raise FhirError 404 if there is none."""
    location = hospital.locations.get(location_id)
    if location is None:
        raise FhirError(404, Issue("not-found", "no such Location"))
    return location


def check_version(request: Request, location: Resource | None) -> None:
    """Raise FhirError 412 if If-Match names another version than the kept one."""
    wanted = request.headers.get("if-match")
    if wanted is None:
        return
    current = version_of(location) if location else None
    if wanted.strip().removeprefix("W/").strip('"') != current:
        raise FhirError(412, Issue("conflict", "the resource has another version by now"))


def keep(hospital: Hospital, location: Any, *, wanted_id: str, now: Any) -> Resource:
    """Check and keep a Location as its next version."""
    return hospital.locations.put(check_location(location, wanted_id=wanted_id), now)


async def changed_by(
    request: Request, hospital: Hospital, change: Callable[[Resource, bytes], Resource], now: Any
) -> Resource:
    """Apply *change* to the Location of the address, honouring If-Match, and keep it."""
    location_id = request.path_params["id"]
    body = await request.body()
    before = kept_location(hospital, location_id)
    check_version(request, before)
    return keep(hospital, change(before, body), wanted_id=location_id, now=now)


async def json_body(request: Request) -> Any:
    """Return the body as JSON; raise FhirError 400 if it is none."""
    return parsed(await request.body())


def parsed(body: bytes) -> Any:
    """Return *body* as JSON; raise FhirError 400 if it is none."""
    try:
        return json.loads(body)
    except ValueError as broken:
        raise FhirError(400, Issue("structure", "the body is no JSON")) from broken
