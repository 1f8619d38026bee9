"""Style and scripts, from memory, under an address that changes with their content."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.guard import PUBLIC, GuardedRoute, allow
from gateway.problems import Problem

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)

FOLDER: Final = Path(__file__).parent / "static"
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
A_YEAR: Final = "public, max-age=31536000, immutable"


@cache
def files() -> dict[str, bytes]:
    """Return every static file by its name; read once."""
    kept = (path for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA_TYPES)
    return {path.name: path.read_bytes() for path in kept}


@cache
def version() -> str:
    """Return ten letters that change when any file does."""
    whole = hashlib.sha256(b"".join(name.encode() + body for name, body in files().items()))
    return whole.hexdigest()[:10].translate(str.maketrans("0123456789", "ghijklmnop"))


def address(name: str) -> str:
    """Return the address of the static file *name*. Raises KeyError for one that is not there."""
    files()[name]
    return f"/static/{version()}/{name}"


@router.get("/static/{version}/{name}")
@allow(PUBLIC)
async def send_static(request: Request) -> Response:
    """Send one file; an old version's address still gets today's file, but may not keep it."""
    name = request.path_params["name"]
    if name not in files():
        raise Problem("not-found")
    current = request.path_params["version"] == version()
    return _file(request, name, keep=A_YEAR if current else "no-cache")


@router.get("/sw.js")
@allow(PUBLIC)
async def send_service_worker(request: Request) -> Response:
    """Send the service worker, from the root because its scope is its folder."""
    if "sw.js" not in files():
        raise Problem("not-found")
    return _file(request, "sw.js", keep="no-cache")


def _file(request: Request, name: str, *, keep: str) -> Response:
    body = files()[name]
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"etag": etag, "cache-control": keep}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)
