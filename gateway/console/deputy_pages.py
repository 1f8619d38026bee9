"""`/wakil`: an approver says who decides while he is away; days are days in WIB, the last one included."""

from datetime import date, datetime, timedelta

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts.clock import WIB
from gateway.access.guard import allow
from gateway.access.roles import Role
from gateway.accounts import deputies, standing_in, store
from gateway.accounts.account import Account, Deputyship

from .account_pages import around, moment
from .forms import read_form
from .guard import ConsoleRoute, session_in
from .render import page
from .sign_in import room_of
from .step_up import step_up_first

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

DEPUTIES = "/wakil"


@router.get(DEPUTIES)
@allow(Role.APPROVER)
async def show_deputies(request: Request) -> Response:
    """Show who stands in for whom, and let the approver name somebody."""
    return await _show(request)


@router.post(DEPUTIES)
@allow(Role.APPROVER)
async def name_deputy(request: Request) -> Response:
    """Name a deputy for oneself."""
    if (first := step_up_first(request, back_to=DEPUTIES)) is not None:
        return first
    form, room = await read_form(request), room_of(request)
    since, until = _day(form.get("since", "")), _day(form.get("until", ""))
    if since is None or until is None:
        return await _show(request, wrong=True)
    named = await standing_in.name_deputy(
        room,
        session_in(request),
        form.get("deputy", ""),
        since_us=max(_start_us(since), room.now_us()),
        until_us=_start_us(until + timedelta(days=1)),
        around=around(request),
    )
    return await _show(request, wrong=True) if named is None else RedirectResponse(DEPUTIES, 303)


@router.post("/wakil/cabut")
@allow(Role.APPROVER)
async def revoke_deputy(request: Request) -> Response:
    """End a deputyship before its time."""
    if (first := step_up_first(request, back_to=DEPUTIES)) is not None:
        return first
    deputyship = (await read_form(request)).get("id", "")
    await standing_in.revoke_deputy(room_of(request), session_in(request), deputyship, around=around(request))
    return RedirectResponse(DEPUTIES, 303)


async def _show(request: Request, *, wrong: bool = False) -> Response:
    room, me = room_of(request), session_in(request).account
    at_us = room.now_us()

    def look(connection: Connection) -> tuple[list[Deputyship], list[Account]]:
        return deputies.deputyships(connection, at_us=at_us), store.load_accounts(connection)

    standing, everybody = await room.database.read(look)
    names = {each.id: each.display_name for each in everybody}
    approvers = [each for each in everybody if each.role is Role.APPROVER and each.disabled_at_us is None]
    return page(
        request,
        "deputies.html",
        422 if wrong else 200,
        wrong=wrong,
        me=me.id,
        others=[each for each in approvers if each.id != me.id],
        standing=[
            (each, names[each.approver], names[each.deputy], moment(each.since_us), moment(each.until_us))
            for each in standing
        ],
        today=moment(at_us).astimezone(WIB).date().isoformat(),
        at_us=at_us,
    )


def _day(text: str) -> date | None:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=WIB).date()
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2199 else None  # later ones are no exact number in an entry


def _start_us(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=WIB).timestamp()) * 1_000_000
