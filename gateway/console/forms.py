"""Forms read from a page, and where to go back to: nothing that leads out of this house."""

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request

from gateway.problems import Problem

LARGEST: Final = 64 * 1024  # bytes
MOST_FIELDS: Final = 100
_A_PERSONS_NUMBER: Final = re.compile(r"\d{13}")


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a urlencoded form, each name's last value. Raises Problem for anything else."""
    return dict(await read_fields(request))


async def read_fields(request: Request) -> list[tuple[str, str]]:
    """Return the fields in order, a name as often as it was sent. Raises Problem."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise Problem("media-type")
    body = await request.body()
    if len(body) > LARGEST:
        raise Problem("body-too-large")
    if b"%00" in body or b"\0" in body:
        raise Problem("unreadable-body")  # PostgreSQL takes no such text, and nobody types it
    try:
        text = body.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as wrong:
        raise Problem("unreadable-body") from wrong


def safe_next(address: str | None, *, otherwise: str) -> str:
    """Return *address* if it is a plain path of this house, *otherwise* if not: no page sends people away."""
    if not address or not address.startswith("/") or address[1:2] in ("/", "\\"):
        return otherwise
    return address if address.isascii() and address.isprintable() and "\\" not in address else otherwise


def here(request: Request) -> str:
    """Return the page's own address to come back to; one that may hold a person's number is not repeated."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/" if _A_PERSONS_NUMBER.search(unquote(address)) else address
