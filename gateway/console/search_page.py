"""`/cari`: referrals and incidents by our number or the dispatch system's; never by a person's."""

import re
from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.guard import allow, principal
from gateway.incidents import reading as incidents
from gateway.incidents.answering import PEOPLE, room_of
from gateway.incidents.answers import IncidentLine
from gateway.incidents.views import SEES_ALL
from gateway.passage import request_id
from gateway.referrals import reading as referrals
from gateway.referrals.answers import ReferralLine

from .forms import read_form
from .guard import ConsoleRoute
from .inbox import EVERYBODY
from .render import page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

A_PERSONS_NUMBER: Final = re.compile(r"\d(?:[\W_]{0,3}\d){12,}")


@router.get("/cari")
@allow(*EVERYBODY)
async def show_search(request: Request) -> Response:
    """Ask for a number."""
    return _page(request, "")


@router.post("/cari")
@allow(*EVERYBODY)
async def search(request: Request) -> Response:
    """
    Find what has that number; a person's number is not looked for.

    By POST: whatever somebody types stands in no address.
    """
    text = (await read_form(request)).get("q", "").strip()[:80]
    if A_PERSONS_NUMBER.search(text):
        return _page(request, "", personal=True)
    if not text:
        return _page(request, "")
    room, by = request.app.state.referrals, principal(request)
    found = await referrals.search(room, text, by=by, request=request_id(request))
    return _page(request, text, found=found, more=await _incidents(request, text))


async def _incidents(request: Request, text: str) -> Sequence[IncidentLine]:
    """Return the incidents of that number, for whoever may read them."""
    by = principal(request)
    if by.role not in PEOPLE:
        return ()
    return await incidents.search(room_of(request), text, by=by, request=request_id(request))


def _page(
    request: Request,
    text: str,
    *,
    personal: bool = False,
    found: Sequence[ReferralLine] = (),
    more: Sequence[IncidentLine] = (),
) -> Response:
    return page(
        request,
        "search.html",
        text=text,
        personal=personal,
        found=found,
        incidents=more,
        sees_all=principal(request).role in SEES_ALL,
    )
