"""`POST /bpbd/cap`: where BPBD takes CAP messages."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.agencies.signature import NotProven, verified
from sandbox.door.middleware import trouble_for
from sandbox.world import World

from .acks import bare_ack, error
from .cap import Message, Unfit, name_in, read_message

CAP = "application/cap+xml"
PATH = "/bpbd/cap"


def bpbd_routes(world: World) -> list[Route]:
    """Return its one route."""
    return [Route(PATH, partial(_take, world), methods=["POST"])]


async def _take(world: World, request: Request) -> Response:
    station, body = world.station, await request.body()
    if not station.habits.has_system:
        return Response("belum ada", 404)
    try:
        signed = _demand_proof(world, request, body)
        message, again = _read(world, signed, body)
    except NotProven as wrong:
        station.log.refused("signature")
        return _cap(401, error(name_in(body), "signature", str(wrong), world.now()))
    except Unfit as wrong:
        station.log.refused(wrong.code)
        return _cap(wrong.status, error(name_in(body), wrong.code, str(wrong), world.now()))
    if not again:
        station.officer.begin(message)
    return _taken(world, message, again=again)


def _demand_proof(world: World, request: Request, body: bytes) -> str:
    if request.headers.get("content-type", "").partition(";")[0].strip() != CAP:
        raise Unfit(415, "schema", f"{CAP} is wanted")
    if trouble_for(request, "unauthorized"):
        raise NotProven("refused at the door")
    return verified(request.headers, body, secrets=world.station.secrets, now=world.now())


def _read(world: World, signed: str, body: bytes) -> tuple[Message, bool]:
    """Return the message, kept, and whether it was here before. Raises Unfit."""
    message = read_message(body)
    if message.name.identifier != signed:
        raise Unfit(422, "profile", "webhook-id is not the identifier")
    if message.expires <= world.now():
        raise Unfit(422, "expired", "it is of no more use")
    again = world.station.log.had(message, body, world.now())
    if not again:
        world.station.log.take(message, body, world.now())
    return message, again


def _taken(world: World, message: Message, *, again: bool) -> Response:
    habits = world.station.habits
    told = bare_ack(message, world.now())
    if again:
        return _cap(409 if habits.repeats == "conflict" else 200, told)
    return _cap(202, told if habits.at_once == "ack" else b"")


def _cap(status: int, body: bytes) -> Response:
    return Response(body, status, media_type=CAP)
