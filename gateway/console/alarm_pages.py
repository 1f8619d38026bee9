"""`/alarm`: every alarm until a person takes it, and the way from a notification's number to its page."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.db import Database
from gateway.notifications import actions, store
from gateway.notifications.rows import Notification
from gateway.passage import request_id
from gateway.problems import Problem

from .guard import ConsoleRoute
from .render import page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

DESK = (Role.DISPATCHER, Role.OPERATOR)


@router.get("/alarm")
@allow(*DESK)
async def show_alarms(request: Request) -> Response:
    """Show what stands on the bar of every page, whole; as last counted, and naming nobody."""
    return page(request, "alarms.html")


@router.post("/pemberitahuan/{notification}/dilihat")
@allow(*DESK)
async def take_alarm(request: Request) -> Response:
    """Take the alarm: it is silent now, and whoever took it stands before what is to be done."""
    room, by = request.app.state.notifications, principal(request)
    taken = await actions.see_alarm(room, _number(request), by=by, request=request_id(request))
    return RedirectResponse(_place_of(taken), 303)


@router.get("/pemberitahuan/{notification}")
@allow(*DESK, Role.DUTY)
async def find_notification(request: Request) -> Response:
    """Lead to what a notification is about; a duty officer has one page only."""
    if principal(request).role is Role.DUTY:
        return RedirectResponse("/kotak", 303)
    database: Database = request.app.state.database
    found = await database.read(lambda connection: store.get(connection, _number(request)))
    if found is None:
        raise Problem("no-such-notification")
    return RedirectResponse(_place_of(found), 303)


def _number(request: Request) -> str:
    return str(request.path_params["notification"])


def _place_of(row: Notification) -> str:
    return f"/insiden/{row.about}#{row.id}" if row.topic == "incident" else "/mitra"
