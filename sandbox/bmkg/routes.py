"""`/bmkg/...`: the lists, the warnings, the earthquakes; public, with ETags, 60 requests a minute."""

import json
from functools import partial
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.world import World

from .cap import cap, rss
from .gempa import FILES
from .observatory import Observatory

LANGUAGES = ("id", "en")
_END = "_alert.xml"


def bmkg_routes(world: World) -> list[Route]:
    """Return the routes of both feeds."""
    nowcast = "/bmkg/alerts/nowcast/{language}"
    return [
        Route(nowcast, partial(_list, world)),
        Route(f"{nowcast}/rss.xml", partial(_list, world)),
        Route(f"{nowcast}/{{file}}", partial(_warning, world)),
        Route("/bmkg/DataMKG/TEWS/{file}.json", partial(_quakes, world)),
    ]


async def _list(world: World, request: Request) -> Response:
    language = request.path_params["language"]
    if language not in LANGUAGES:
        return Response(status_code=404)
    base = f"{request.url.scheme}://{request.url.netloc}/bmkg"
    body = rss(world.observatory.warnings, base=base, language=language)
    return _answer(world.observatory, request, body, "application/rss+xml")


async def _warning(world: World, request: Request) -> Response:
    language, file = request.path_params["language"], request.path_params["file"]
    found = world.observatory.find(file.removesuffix(_END), language) if file.endswith(_END) else None
    if found is None:
        return Response(status_code=404)
    return _answer(world.observatory, request, cap(found, language=language), "application/xml")


async def _quakes(world: World, request: Request) -> Response:
    file = FILES.get(request.path_params["file"])
    if file is None:
        return Response(status_code=404)
    body = json.dumps(file(world.observatory.quakes)).encode()
    return _answer(world.observatory, request, body, "application/json")


def _answer(observatory: Observatory, request: Request, body: bytes, media_type: str) -> Response:
    if observatory.too_often():
        return Response("too many requests", 429, {"Retry-After": "60"})
    etag = f'"{sha256(body).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(body, media_type=media_type, headers={"ETag": etag})
