"""
`POST /push/<subscription>`: a push service (RFC 8030), with VAPID (RFC 8292).

It opens each message as the browser behind it would. One that cannot be opened is taken all the same, as
real services do, and shown as unreadable.
"""

import re
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.door.middleware import trouble_for
from sandbox.world import World

from .sealed import Unreadable, opened
from .subscriptions import Subscription
from .vapid import NotKnown, sender_of

LARGEST = 4096  # bytes of a body, RFC 8030 section 7.2
_URGENCIES = frozenset({"very-low", "low", "normal", "high"})
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")


def push_routes(world: World) -> list[Route]:
    """Return the service's one route."""
    return [Route("/push/{id}", partial(_push, world), methods=["POST"])]


def origin_of(request: Request) -> str:
    """Return the service's origin as the sender knows it."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def _push(world: World, request: Request) -> Response:
    subscription = world.subscriptions.get(request.path_params["id"])
    if subscription is None or subscription.gone:
        return Response(status_code=410 if subscription else 404)
    try:
        _check_sender(world, request, subscription)
    except NotKnown as unknown:
        headers = {"WWW-Authenticate": "vapid"} if unknown.status == 401 else None
        return Response(str(unknown), unknown.status, headers)
    body = await request.body()
    wrong = _wrong(request, body)
    if wrong is not None:
        return wrong
    message = world.outbox.add("push", world.now(), **_shown(request, subscription, body))
    where = f"{origin_of(request)}/push/messages/{message['id']}"
    return Response(status_code=201, headers={"Location": where, "TTL": request.headers["ttl"]})


def _check_sender(world: World, request: Request, subscription: Subscription) -> None:
    if trouble_for(request, "unauthorized"):
        raise NotKnown("refused at the door")
    header = request.headers.get("authorization", "")
    key = sender_of(header, audience=origin_of(request), now=world.now())
    if subscription.sender not in (None, key):
        raise NotKnown("the subscription belongs to another sender")


def _wrong(request: Request, body: bytes) -> Response | None:
    headers = request.headers
    if not headers.get("ttl", "").isdecimal():
        return Response("TTL must be a whole number", 400)
    if len(body) > LARGEST:
        return Response("more than 4096 bytes", 413)
    if headers.get("content-encoding") != "aes128gcm" or not body:
        return Response("Content-Encoding must be aes128gcm", 415)
    if headers.get("urgency", "normal") not in _URGENCIES:
        return Response("Urgency is one of very-low, low, normal, high", 400)
    if not _TOPIC.fullmatch(headers.get("topic", "x")):
        return Response("Topic must be up to 32 signs of base64url", 400)
    return None


def _shown(request: Request, subscription: Subscription, body: bytes) -> dict[str, object]:
    try:
        text: str | None = opened(body, subscription.keys).decode()
    except (Unreadable, UnicodeDecodeError):
        text = None
    headers = request.headers
    return {
        "subscription": subscription.id,
        "readable": text is not None,
        "text": text,
        "ttl": int(headers["ttl"]),
        "urgency": headers.get("urgency"),
        "topic": headers.get("topic"),
    }
