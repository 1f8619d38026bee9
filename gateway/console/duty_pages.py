"""
`/kotak`: what 112 tells an agency, for its duty officer, who has had no training.

What is new stands on top with one big button. Everything works without a script; with it the page sounds, and
reads itself again. An officer sees and answers what his own agency is told, and nothing else.
"""

from typing import Any, Final

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import Progress, Receipt
from gateway.access.guard import Principal, allow, principal
from gateway.access.roles import Role
from gateway.notifications.bodies import ReceiptBody
from gateway.notifications.hearing import hear
from gateway.passage import request_id
from gateway.problems import Problem

from .duty_box import open_box
from .duty_items import STEPS, Asks, Item
from .forms import read_form
from .guard import ConsoleRoute
from .ordered import Form, wrong
from .render import page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

BOX: Final = "/kotak"


@router.get(BOX)
@allow(Role.DUTY)
async def show_box(request: Request) -> Response:
    """Show what is new, what is being handled, what is over; whatever is shown has arrived."""
    return await _show(request)


@router.post(f"{BOX}/{{about}}/diterima")
@allow(Role.DUTY)
async def accept(request: Request) -> Response:
    """Take everything that was shown of it as received by this person; what is over was only read."""
    form, item = await read_form(request), await _item(request)
    seen = [row for row in item.unread if row.number <= _seen(form)]
    word = Progress.READ if item.asks is Asks.READ else Progress.ACCEPTED
    return await _heard(request, [_receipt(request, row.id, word) for row in seen])


@router.post(f"{BOX}/{{about}}/langkah")
@allow(Role.DUTY)
async def go_on(request: Request) -> Response:
    """Take the next step: on the way, on scene, finished."""
    form, item = await read_form(request), await _item(request)
    if form.get("state") not in STEPS:
        raise wrong("state")
    return await _heard(request, [_receipt(request, item.main.id, Progress(form["state"]))])


@router.post(f"{BOX}/{{about}}/nomor")
@allow(Role.DUTY)
async def give_number(request: Request) -> Response:
    """Take the agency's own number; that says no more of how far it is than was said before."""
    form, item = await read_form(request), await _item(request)
    number, word = form.get("reference", "").strip(), item.progress or Progress.READ
    try:
        return await _heard(request, [_receipt(request, item.main.id, word, reference=number)])
    except Problem as problem:
        return await _again(request, problem, f"number-{item.about}", number)


@router.post(f"{BOX}/{{about}}/tidak-bisa")
@allow(Role.DUTY)
async def refuse(request: Request) -> Response:
    """Take a refusal with its reason: 112 hears of it at once."""
    form, item = await read_form(request), await _item(request)
    reason = form.get("reason", "").strip()
    try:
        return await _heard(request, [_receipt(request, item.main.id, Progress.REFUSED, reason=reason)])
    except Problem as problem:
        return await _again(request, problem, f"refuse-{item.about}", reason)


async def _again(request: Request, problem: Problem, form: str, typed: str) -> Response:
    """Show the page again with that *form* open and marked. Raises *problem* where no form can mend it."""
    if problem.name != "wrong-input":
        raise problem
    return await _show(request, missing=form, typed=typed)


async def _show(request: Request, *, missing: str | None = None, typed: str = "") -> Response:
    """Show the page; *missing* is the form that was sent without what it asks for."""
    by = principal(request)
    items = await _items(request)
    return page(
        request,
        "duty.html",
        422 if missing else 200,
        partner=request.app.state.registry.partners.get(by.partner),
        new=[item for item in items if item.asks is not Asks.NOTHING],
        going_on=[item for item in items if item.asks is Asks.NOTHING and not item.is_over],
        over=[item for item in items if item.asks is Asks.NOTHING and item.is_over],
        waiting=sum(item.asks is not Asks.NOTHING for item in items),
        missing=missing,
        typed=typed,
        callback=request.app.state.notifications.callback_phone,
        done="tercatat" in request.query_params,
    )


async def _items(request: Request) -> list[Item]:
    room, by = request.app.state.notifications, principal(request)
    return await open_box(room, _partner(by), by=by, request=request_id(request))


async def _item(request: Request) -> Item:
    """Return what the form is about. Raises Problem where the agency was told nothing of it."""
    about = str(request.path_params["about"])
    found = [item for item in await _items(request) if item.about == about]
    if not found:
        raise Problem("not-found")
    return found[0]


async def _heard(request: Request, receipts: list[Receipt]) -> Response:
    room, by = request.app.state.notifications, principal(request)
    if receipts:
        said: dict[str, Any] = {"channel": "inbox", "proof": "person", "request": request_id(request)}
        await hear(room, receipts, by=by, partner=_partner(by), **said)
    return RedirectResponse(f"{BOX}?tercatat=1", 303)


def _receipt(request: Request, notification: str, word: Progress, **said: str) -> Receipt:
    """Return what this officer says. Raises Problem for what the API would not take either."""
    try:
        body = ReceiptBody.model_validate({"state": word, "by": principal(request).holder, **said})
    except ValidationError as mistakes:
        raise wrong(str(mistakes.errors(include_input=False)[0]["loc"][0])) from None
    return body.receipt(notification)


def _partner(by: Principal) -> str:
    """Return whose duty officer it is. Raises Problem for one of nobody."""
    if by.partner is None:
        raise Problem("role-not-allowed")
    return by.partner


def _seen(form: Form) -> int:
    """Return the newest number that was on the screen; without one nothing was."""
    text = form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
