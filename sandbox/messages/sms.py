"""
`POST /sms/send`: a gateway for SMS and WhatsApp over HTTP. Its shape and token are invented.

The sender's reference makes sending twice the same as sending once.
"""

import json
import re
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.door.middleware import trouble_for
from sandbox.door.targets import bearer_of
from sandbox.world import World

TOKEN = "demo-sms"  # noqa: S105 - opens sample data only
LONGEST = 1000  # characters of a text

_PATTERNS = {
    "to": re.compile(r"\+62\d{8,13}"),
    "text": re.compile(rf".{{1,{LONGEST}}}", re.DOTALL),
    "reference": re.compile(r"[\x21-\x7e]{1,100}"),
    "channel": re.compile(r"sms|whatsapp"),
}


def sms_routes(world: World) -> list[Route]:
    """Return the gateway's one route."""
    return [Route("/sms/send", partial(_send, world), methods=["POST"])]


async def _send(world: World, request: Request) -> Response:
    if bearer_of(request.scope) != TOKEN or trouble_for(request, "unauthorized"):
        challenge = {"WWW-Authenticate": "Bearer"}
        return JSONResponse({"error": "a valid token is wanted"}, 401, challenge)
    wish = _read(await request.body())
    wrong = _wrong_fields(wish)
    if wrong:
        return JSONResponse({"error": "invalid", "fields": wrong}, 400)
    before = world.outbox.by_reference(wish["reference"])
    if before is not None:
        return JSONResponse({"id": before["id"], "status": "sent"}, 200)
    content = {name: wish[name] for name in ("to", "text", "reference")}
    message = world.outbox.add(wish.get("channel", "sms"), world.now(), **content)
    return JSONResponse({"id": message["id"], "status": "queued"}, 202)


def _read(body: bytes) -> dict[str, Any]:
    try:
        wish = json.loads(body)
    except ValueError:
        return {}
    return wish if isinstance(wish, dict) else {}


def _wrong_fields(wish: dict[str, Any]) -> list[str]:
    given = {"channel": "sms", **wish}
    return [
        name
        for name, pattern in _PATTERNS.items()
        if not isinstance(given.get(name), str) or not pattern.fullmatch(given[name])
    ]
