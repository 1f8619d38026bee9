"""`/insiden/baru`: what has happened, where, how bad; whoever must know is told when it is sent."""

import secrets
from collections.abc import Collection, Mapping
from typing import Final

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import Category, Caution, Severity
from gateway.access.guard import allow, principal
from gateway.incidents import views
from gateway.incidents.afloat import ring, take
from gateway.incidents.answering import DISPATCH, room_of
from gateway.incidents.bodies import NewIncident
from gateway.incidents.rows import Incident
from gateway.passage import request_id

from .forms import read_fields
from .guard import ConsoleRoute
from .incident_form import COUNTED, mistakes_of, new_of
from .render import page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

# What is reported most stands first (call centre 112, Kota Jambi, 2025); all else as the contract has it.
FIRST: Final = (
    Category.AMBULANCE,
    Category.TRAFFIC_ACCIDENT,
    Category.FIRE,
    Category.RESCUE,
    Category.CRIME,
    Category.FLOOD,
)
CATEGORIES: Final = (*FIRST, *(each for each in Category if each not in FIRST))


@router.get("/insiden/baru")
@allow(*DISPATCH)
async def show_form(request: Request) -> Response:
    """Ask for what is known; only what has happened must be said."""
    return _form(request, {}, wrong=frozenset())


@router.post("/insiden/baru")
@allow(*DISPATCH)
async def create(request: Request) -> Response:
    """Take it up, whatever the databases do; the same form sent twice makes one."""
    fields = await read_fields(request)
    form, cautions = dict(fields), [value for name, value in fields if name == "cautions"]
    try:
        wanted = NewIncident.model_validate(new_of(form, cautions))
    except ValidationError as mistakes:
        return _form(request, form, wrong=mistakes_of(mistakes), cautions=cautions)
    room, by = room_of(request), principal(request)
    draft = wanted.draft(form.get("repeat", "")[:128] or None)
    taken = await take(room, draft, by=by, request=request_id(request))
    if taken.afloat:
        return _afloat(request, taken.incident)
    return RedirectResponse(f"/insiden/{taken.incident.id}", 303)


def areas_of(request: Request) -> list[tuple[str, str]]:
    """Return code and name of every area to choose from, the widest first."""
    names = room_of(request).areas.names
    return sorted(names.items(), key=lambda area: (len(area[0]) > len("15.71"), area[1]))


def _afloat(request: Request, incident: Incident) -> Response:
    """Say that it is not written down yet, and whom to ring since nobody is told."""
    room = room_of(request)
    line = views.unwritten(incident, ring(room, incident), room.areas)
    return page(request, "incident_afloat.html", 202, line=line)


def _form(
    request: Request, typed: Mapping[str, str], *, wrong: frozenset[str], cautions: Collection[str] = ()
) -> Response:
    """Show the form, with what was typed still in it: nobody types twice at night."""
    return page(
        request,
        "new_incident.html",
        422 if wrong else 200,
        typed=typed,
        wrong=wrong,
        ticked=cautions,
        categories=CATEGORIES,
        severities=list(Severity),
        all_cautions=list(Caution),
        counted=COUNTED,
        areas=areas_of(request),
        repeat=typed.get("repeat") or secrets.token_urlsafe(16),
    )
