"""One partner: how it stands, what waits for it, what never arrived; and for an admin whether it is told."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from fastapi import APIRouter
from pydantic import ValidationError
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import TakesAlerts
from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.db import CannotRead
from gateway.notifications import actions, entries, reading, standing, trying
from gateway.notifications.answers import LadderLine
from gateway.notifications.room import NotificationRoom
from gateway.notifications.standing_routes import WantedStanding
from gateway.notifications.tables import notification
from gateway.partners.burden import Burden
from gateway.partners.registry import Partner
from gateway.partners.shape import Standing
from gateway.passage import request_id
from gateway.problems import Problem

from .forms import read_form
from .guard import ConsoleRoute
from .kept_forms import kept_forms
from .ordered import Form
from .partners_page import EVERYBODY, line_of
from .render import page
from .step_up import step_up_first
from .visitor import visitor_of

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

MAY_REPLAY: Final = (Role.OPERATOR, Role.ADMIN)
MOST: Final = 50
_A_COUNT: Final = re.compile("[0-9]{1,6}")
WORDS: Final = ("dikirim", "ringkasan", "kedaluwarsa", "ditahan")  # what came of a change, in numbers


@router.get("/mitra/{partner}")
@allow(*EVERYBODY)
async def show_partner(request: Request) -> Response:
    """Show it; nothing here asks the partner anything."""
    visitor, kept = visitor_of(request), {}
    if visitor is not None and "lanjut" in request.query_params:
        kept = dict(kept_forms(request).take(visitor.account, request.url.path))
    return await _show(request, kept=kept)


@router.post("/mitra/{partner}/kedudukan")
@allow(Role.ADMIN)
async def change_standing(request: Request) -> Response:
    """Have it told from now on, or not; with a proof at most 300 s old, since it decides who knows."""
    form, partner = await read_form(request), _partner(request)
    if (first := _proof_first(request, form)) is not None:
        return first
    said = {"standing": form.get("standing"), "reason": " ".join(form.get("reason", "").split())}
    try:
        wanted = WantedStanding.model_validate(said)
    except ValidationError:
        return await _show(request, kept=form, wrong=True)
    by, room = principal(request), _room(request)
    done = await standing.change_standing(
        room, partner.id, wanted.standing, reason=wanted.reason, by=by, request=request_id(request)
    )
    counts = zip(WORDS, (done.released, done.in_digest, done.expired, done.held), strict=True)
    came = "&".join(f"{word}={count}" for word, count in counts)
    return RedirectResponse(f"/mitra/{partner.id}?tercatat=1&{came}", 303)


@router.post("/mitra/{partner}/uji")
@allow(Role.ADMIN)
async def send_test(request: Request) -> Response:
    """Send one test message, and say in words what came of it."""
    partner, by = _partner(request), principal(request)
    _, outcome = await trying.send_test(_room(request), partner.id, by=by, request=request_id(request))
    said = outcome.reason if outcome.word == "not_asked" else outcome.word
    return RedirectResponse(f"/mitra/{partner.id}?uji={said or outcome.word}", 303)


@router.post("/mitra/{partner}/ulang")
@allow(*MAY_REPLAY)
async def replay(request: Request) -> Response:
    """Have told once more what never arrived."""
    form, partner, by = await read_form(request), _partner(request), principal(request)
    number = form.get("notification", "")
    await actions.replay(_room(request), number, by=by, request=request_id(request))
    return RedirectResponse(f"/mitra/{partner.id}?tercatat=1", 303)


async def _show(request: Request, *, kept: Form, wrong: bool = False) -> Response:
    partner, by = _partner(request), principal(request)
    dead = await _dead(request, partner)
    return page(
        request,
        "partner.html",
        422 if wrong else 200,
        partner=partner,
        line=line_of(partner, await burden_of(request, partner.id)),
        dead=dead,
        kept=kept,
        wrong=wrong,
        standings=[each for each in Standing if each is not partner.standing],
        is_admin=by.role is Role.ADMIN,
        may_replay=by.role in MAY_REPLAY,
        may_test=isinstance(partner.port, TakesAlerts),
        tested=request.query_params.get("uji"),
        came=_came_of_it(request),
    )


async def _dead(request: Request, partner: Partner) -> list[LadderLine]:
    """Return what never arrived there, the newest first; looking is an entry."""
    room, by = _room(request), principal(request)
    its = (notification.c.partner == partner.id) & reading.NEVER_SAID
    found = await reading.lines(
        room, select(notification).where(its).order_by(notification.c.number.desc()).limit(MOST)
    )
    await room.recorder.record(entries.listed("dead", len(found), by=by, request=request_id(request)))
    return found


async def burden_of(request: Request, partner: str) -> Burden | None:
    """Return what lies with it, None while that cannot be read."""
    with suppress(CannotRead):
        burdens: Mapping[str, Burden] = await request.app.state.burdens()
        return burdens.get(partner, Burden())
    return None


def _came_of_it(request: Request) -> dict[str, int] | None:
    """Return the numbers a change of standing came to, None where there was none."""
    if "tercatat" not in request.query_params:
        return None
    said = {word: request.query_params.get(word, "") for word in WORDS}
    return {word: int(text) for word, text in said.items() if _A_COUNT.fullmatch(text)}


def _proof_first(request: Request, form: Form) -> Response | None:
    """Return the way to a fresh proof where one is needed; the form waits for whoever comes back."""
    address, visitor = f"/mitra/{_partner(request).id}", visitor_of(request)
    first = step_up_first(request, back_to=f"{address}?lanjut=1")
    if first is not None and visitor is not None:
        kept_forms(request).keep(visitor.account, address, form)
    return first


def _partner(request: Request) -> Partner:
    partners: Mapping[str, Any] = request.app.state.registry.partners
    found: Partner | None = partners.get(str(request.path_params["partner"]))
    if found is None:
        raise Problem("no-such-partner")
    return found


def _room(request: Request) -> NotificationRoom:
    room: NotificationRoom = request.app.state.notifications
    return room
