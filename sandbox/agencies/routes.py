"""`/agencies/<id>/cases` (police) and `/agencies/<id>/hook` (webhook): where agencies take what 112 tells."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.door.middleware import trouble_for
from sandbox.world import World

from .agency import Agency
from .envelope import SENDER, read_envelope
from .event import read_event
from .message import Message, Unfit
from .signature import NotProven, verified

LARGEST = 64_000  # bytes of a body


def agency_routes(world: World) -> list[Route]:
    """Return each agency's own address."""
    return [
        Route(agency.row.path, partial(answer, world, agency), methods=[method])
        for agency in world.agencies.values()
        for method, answer in (("POST", _take), ("OPTIONS", _shake_hands))
    ]


async def _take(world: World, agency: Agency, request: Request) -> Response:
    body = await request.body()
    try:
        _check_form(request, body)
        signed = verified(request.headers, body, secrets=agency.secrets, now=world.now())
        again = agency.ledger.had(signed, world.now())
        if not again:
            _keep(world, agency, signed, body)
    except NotProven as wrong:
        agency.ledger.refused(str(wrong))
        return JSONResponse({"error": str(wrong)}, 401)
    except Unfit as wrong:
        agency.ledger.refused(wrong.code)
        return _refusal(agency, request, wrong)
    if trouble_for(request, "wrong_words"):
        return JSONResponse({"ok": True}, 202)
    return _taken(agency, signed, again=again)


def _check_form(request: Request, body: bytes) -> None:
    if len(body) > LARGEST:
        raise Unfit(413, "TOO_LONG")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Unfit(415, "MEDIA_TYPE")
    if trouble_for(request, "unauthorized"):
        raise NotProven("refused at the door")


def _keep(world: World, agency: Agency, signed: str, body: bytes) -> None:
    message = _read(world, agency, signed, body)
    if (
        agency.row.kind == "police"
        and message.about
        and message.sequence <= agency.ledger.newest(message.about)
    ):
        raise Unfit(409, "WRONG_SEQUENCE")
    agency.ledger.take(message, world.now())
    agency.duty.begin(message)


def _read(world: World, agency: Agency, signed: str, body: bytes) -> Message:
    if agency.row.kind == "police":
        return read_envelope(body, message=signed, recipient=agency.row.id, now=world.now())
    return read_event(body, message=signed)


def _refusal(agency: Agency, request: Request, wrong: Unfit) -> Response:
    if agency.row.kind == "police":
        message = f"{SENDER}_{request.headers.get('webhook-id', '')}"
        return JSONResponse({"error": {"code": wrong.code, "distributionID": message}}, wrong.status)
    return JSONResponse({"error": wrong.code}, wrong.status)


def _taken(agency: Agency, signed: str, *, again: bool) -> Response:
    police, habits = agency.row.kind == "police", agency.habits
    if again and habits.repeats == "conflict":
        error = {"code": "ALREADY_TAKEN", "distributionID": f"{SENDER}_{signed}"}
        return JSONResponse({"error": error} if police else {"id": signed}, 409)
    if police:
        step = "INTEGRATED" if habits.at_once == "integrated" else "RECEIVED"
        return JSONResponse({"ack": {"step": step, "reference": f"SPKT-{signed[-4:]}"}}, 202)
    told: dict[str, Any] = {} if habits.at_once == "nothing" else {"receipts": [{"state": habits.at_once}]}
    return JSONResponse(told, 202)


async def _shake_hands(_: World, agency: Agency, request: Request) -> Response:
    origin = request.headers.get("webhook-request-origin", "")
    if agency.habits.handshake == "unknown":
        return Response(status_code=405, headers={"Allow": "POST"})
    allowed = origin if agency.habits.handshake == "grant" else "nobody.contoh.invalid"
    headers = {"Allow": "POST", "WebHook-Allowed-Origin": allowed, "WebHook-Allowed-Rate": "*"}
    return Response(status_code=200, headers=headers)
