"""What a visitor of the door asks for, read strictly."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Answer = Callable[[Request], Awaitable[Response]]


class Wrong(Exception):
    """The wish cannot be met; the message says why."""


async def read_wish(request: Request) -> dict[str, Any]:
    """Return the body, a JSON object; an empty one is {}. Raises Wrong."""
    try:
        wish = json.loads(await request.body() or b"{}")
    except ValueError as broken:
        raise Wrong("the body is no JSON") from broken
    if not isinstance(wish, dict):
        raise Wrong("the body must be a JSON object")
    return wish


def number(wish: dict[str, Any], name: str, *kinds: type) -> Any:
    """Return a number from 0 on, or None. Raises Wrong."""
    value: Any = wish.get(name)
    fits = isinstance(value, kinds) and not isinstance(value, bool)
    if value is not None and not (fits and value >= 0):
        raise Wrong(f"{name} must be a number from 0 on, or null")
    return value


def told(answer: Answer) -> Answer:
    """Return *answer* with what is Wrong (or a ValueError of the beds) told as 422."""

    async def telling(request: Request) -> Response:
        try:
            return await answer(request)
        except (Wrong, ValueError) as reason:
            return JSONResponse({"error": str(reason)}, status_code=422)

    return telling
