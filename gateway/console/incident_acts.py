"""
What the desk does with an incident: each a form, checked by the API's own bodies.

What is decided on a picture carries the version it was decided on: whoever was overtaken sees what is true
now, with what was typed still in the form. A telephone call is entered whatever has changed meanwhile.
"""

from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.guard import allow, principal
from gateway.incidents import actions
from gateway.incidents.answering import DISPATCH
from gateway.incidents.bodies import (
    CancellingBody,
    ClosingBody,
    LinkBody,
    MergingBody,
    NewsBody,
    TellBody,
)
from gateway.notifications.hearing import hear
from gateway.passage import request_id

from .guard import ConsoleRoute
from .incident_call import call_in
from .incident_form import news_of
from .ordered import Form
from .recording import Fields, filled, read_as, recorded, this, version, whoever

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)


@router.post("/insiden/{incident}/perbarui")
@allow(*DISPATCH)
async def update(request: Request) -> Response:
    """Make a new picture, which everybody who was told is told."""

    async def do(form: Form, fields: Fields) -> None:
        cautions = [value for name, value in fields if name == "cautions"]
        said = read_as(NewsBody, news_of(form, cautions))
        await actions.update(*this(request), said.news(), **whoever(request), seen=version(form))

    return await recorded(request, do)


@router.post("/insiden/{incident}/tutup")
@allow(*DISPATCH)
async def close(request: Request) -> Response:
    """End it."""

    async def do(form: Form, _: object) -> None:
        said = read_as(ClosingBody, filled(form, "outcome", "note"))
        end = partial(actions.close, *this(request), said.outcome, note=said.note)
        await end(**whoever(request), seen=version(form))

    return await recorded(request, do)


@router.post("/insiden/{incident}/batal")
@allow(*DISPATCH)
async def cancel(request: Request) -> Response:
    """Say that it never was."""

    async def do(form: Form, _: object) -> None:
        said = read_as(CancellingBody, filled(form, "reason", "note"))
        void = partial(actions.cancel, *this(request), said.reason, note=said.note)
        await void(**whoever(request), seen=version(form))

    return await recorded(request, do)


@router.post("/insiden/{incident}/gabung")
@allow(*DISPATCH)
async def merge(request: Request) -> Response:
    """Let it be another incident."""

    async def do(form: Form, _: object) -> None:
        said = read_as(MergingBody, filled(form, "into"))
        await actions.merge(*this(request), said.into, **whoever(request), seen=version(form))

    return await recorded(request, do)


@router.post("/insiden/{incident}/kaitkan")
@allow(*DISPATCH)
async def link(request: Request) -> Response:
    """Note that it has to do with another."""

    async def do(form: Form, _: object) -> None:
        said = read_as(LinkBody, filled(form, "other"))
        await actions.link(*this(request), said.other, **whoever(request))

    return await recorded(request, do)


@router.post("/insiden/{incident}/beritahu")
@allow(*DISPATCH)
async def tell(request: Request) -> Response:
    """Tell one more partner, now and later."""

    async def do(form: Form, _: object) -> None:
        said = read_as(TellBody, filled(form, "partner"))
        await actions.tell_partner(*this(request), said.partner, **whoever(request))

    return await recorded(request, do)


@router.post("/insiden/{incident}/terima")
@allow(*DISPATCH)
async def accept(request: Request) -> Response:
    """Take a proposal up: whom it concerns is told."""

    async def do(form: Form, _: object) -> None:
        await actions.accept_proposal(*this(request), **whoever(request), seen=version(form))

    return await recorded(request, do)


@router.post("/insiden/{incident}/tolak")
@allow(*DISPATCH)
async def dismiss(request: Request) -> Response:
    """Take a proposal down."""

    async def do(form: Form, _: object) -> None:
        await actions.dismiss(*this(request), **whoever(request), seen=version(form))

    return await recorded(request, do)


@router.post("/insiden/{incident}/telepon")
@allow(*DISPATCH)
async def enter_call(request: Request) -> Response:
    """Take what a partner's person said to the operator; it counts as much as a machine's word."""

    async def do(form: Form, _: object) -> None:
        receipt, channel = call_in(form)
        room, by = request.app.state.notifications, principal(request)
        proof = {"channel": str(channel), "proof": "operator_statement"}
        await hear(room, [receipt], **proof, by=by, partner=None, request=request_id(request))

    return await recorded(request, do)
