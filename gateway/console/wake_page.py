"""How this house wakes me: my addresses, and Web Push on this very browser, switched on and off by myself."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import allow, principal
from gateway.passage import request_id
from gateway.waking import actions
from gateway.waking.actions import NewContact
from gateway.waking.addresses import masked
from gateway.waking.room import WakingRoom

from .forms import read_form
from .guard import PEOPLE, ConsoleRoute, session_in
from .render import page
from .words import speech_for

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

WAKE = "/akun/bangun"


@router.get(WAKE)
@allow(*PEOPLE)
async def show_ways(request: Request) -> Response:
    """Show my addresses, as far as I need to recognise them."""
    room, by = _room(request), principal(request)
    mine = await actions.contacts_of(room, session_in(request).account.id, by=by, request=request_id(request))
    return page(
        request,
        "wake.html",
        contacts=[(each.id, masked(each.address)) for each in mine],
        push_key=room.ways.push_key,
    )


@router.post(WAKE)
@allow(*PEOPLE)
async def add_browser(request: Request) -> Response:
    """Let this browser wake me; `subscription` is what the browser handed out (Push API, W3C)."""
    form, account = await read_form(request), session_in(request).account.id
    wanted = NewContact(account, f"push:{form.get('subscription', '')}", speech_for(request).language)
    await actions.add_contact(_room(request), wanted, by=principal(request), request=request_id(request))
    return RedirectResponse(WAKE, 303)


@router.post(f"{WAKE}/hapus")
@allow(*PEOPLE)
async def remove_way(request: Request) -> Response:
    """Wake me that way no more."""
    form, account = await read_form(request), session_in(request).account.id
    await actions.remove_contact(
        _room(request), account, form.get("contact", ""), by=principal(request), request=request_id(request)
    )
    return RedirectResponse(WAKE, 303)


def _room(request: Request) -> WakingRoom:
    room: WakingRoom = request.app.state.waking
    return room
