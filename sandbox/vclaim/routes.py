"""`/vclaim-rest`: the member part of VClaim; a path it does not know is an HTML page, as there."""

import json
import re
from datetime import date, timedelta, timezone
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.door.middleware import trouble_for
from sandbox.world import World

from .lzstring import bomb
from .members import Member, peserta_of
from .sealing import seal, seal_compressed
from .signing import refusal

_WIB = timezone(timedelta(hours=7))
_MESSAGES = ("OK", "Ok", "Sukses")  # all three occur for the same code
_NOT_FOUND = """<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Service</title></head>
<body><p class="heading1">Endpoint not found.</p></body></html>
"""
BOMB_LENGTH = 50_000_000  # characters


def vclaim_routes(world: World) -> list[BaseRoute]:
    """Return the routes; literals keep the catalogue's spelling."""
    by_nik = partial(_answer, world, world.members.by_nik)
    by_card = partial(_answer, world, world.members.by_card)
    return [
        Route("/vclaim-rest/Peserta/nik/{number}/tglSEP/{day}", by_nik),
        Route("/vclaim-rest/Peserta/nokartu/{number}/tglSEP/{day}", by_card),
        Route("/vclaim-rest/{rest:path}", _no_such_path, methods=["GET", "POST", "PUT", "DELETE"]),
    ]


async def _no_such_path(request: Request) -> Response:
    del request
    return HTMLResponse(_NOT_FOUND, status_code=404)


def _envelope(code: str, message: str, response: Any = None, *, status: int = 200) -> Response:
    return _written({"metaData": {"code": code, "message": message}, "response": response}, status=status)


def _written(content: Any, *, status: int = 200) -> Response:
    # Slashes are escaped, as the original's JSON writer does; base64 is full of them.
    text = json.dumps(content, ensure_ascii=False).replace("/", "\\/")
    return Response(text, status, media_type="application/json; charset=utf-8")


async def _answer(world: World, members: dict[str, Member], request: Request) -> Response:
    now = world.now()
    skew = trouble_for(request, "clock_skew")
    if skew is not None:
        now += timedelta(seconds=skew.seconds)
    refused = refusal(request.headers, world.credentials, now=now, skew_s=world.skew_s)
    if refused is not None or trouble_for(request, "unauthorized"):
        status, message = (refused.status, refused.message) if refused else (200, "Unauthorized!")
        return _envelope("401", message, status=status)
    try:
        day = date.fromisoformat(request.path_params["day"])
    except ValueError:
        return _envelope("201", "Format tanggal SEP tidak sesuai")
    return _found(world, request, members.get(request.path_params["number"]), day)


def _found(world: World, request: Request, member: Member | None, day: date) -> Response:
    if member is None:
        return _envelope("201", _why_not(request.path_params["number"]))
    if trouble_for(request, "null_response"):
        return _envelope("200", "OK")
    sealed = _sealed(world, request, member, day)
    message = _MESSAGES[int(member.card) % len(_MESSAGES)]
    if trouble_for(request, "other_spelling"):
        return _written({"metadata": {"Code": 200, "Message": message}, "response": sealed})
    return _envelope("200", message, sealed)


def _why_not(number: str) -> str:
    return "Data tidak ditemukan" if re.fullmatch(r"[0-9]{13,16}", number) else "Format nomor tidak sesuai"


def _sealed(world: World, request: Request, member: Member, day: date) -> str:
    timestamp = request.headers["x-timestamp"]
    if trouble_for(request, "wrong_second"):
        timestamp = str(int(timestamp) + 1)
    if trouble_for(request, "lz_bomb"):
        return seal_compressed(bomb(BOMB_LENGTH), world.credentials, timestamp)
    today = world.now().astimezone(_WIB).date()
    record = {"peserta": peserta_of(member, today=today, service_date=day)}
    return seal(json.dumps(record, ensure_ascii=False), world.credentials, timestamp)
