"""
News for open pages, as server-sent events: that a referral or an incident has changed, never what.

The page then reads itself again by its own address, with its own rights and its own audit entry. A stream
does not outlive its session: that is looked at before news is told, and with every sign of life.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from gateway.access.guard import allow
from gateway.accounts.sessions import holds
from gateway.changes import Changes

from .guard import PEOPLE, ConsoleRoute, session_in
from .listening import TO_EVERYTHING, Listening, listening_of

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

MOST: Final = 200  # open streams; each costs a connection
MOST_OF_ONE: Final = 20  # of one account: a desk and a telephone with some tabs each
HEARTBEAT_S: Final = 15.0
LOOK_EVERY_S: Final = 5.0  # a flood of news does not read every session for each
LONGEST_S: Final = 600.0  # then the browser comes again, and shows a session that still holds

Holds = Callable[[], Awaitable[bool]]

_open: Counter[str] = Counter()  # by account


@router.get("/live")
@allow(*PEOPLE)
async def stream_changes(request: Request) -> Response:
    """
    Stream `change` events with the id of what changed; 503 beyond 200 streams: then ask by the clock.

    A duty officer hears that something of his agency's has changed, and nothing of what others do.
    """
    session = session_in(request)
    if _open.total() >= MOST or _open[session.account.id] >= MOST_OF_ONE:
        return PlainTextResponse("", 503, headers={"retry-after": "30"})
    events = stream(
        request.app.state.changes,
        account=session.account.id,
        signed_in=partial(holds, request.app.state.accounts, session),
        listening=listening_of(request, session.account),
    )
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def stream(
    changes: Changes,
    *,
    account: str,
    signed_in: Holds,
    listening: Listening = TO_EVERYTHING,
    heartbeat_s: float = HEARTBEAT_S,
    look_every_s: float = LOOK_EVERY_S,
    longest_s: float = LONGEST_S,
) -> AsyncGenerator[bytes, None]:
    """
    Yield events for *account* until *longest_s* is over or it is no longer *signed_in*.

    A comment after each *heartbeat_s* without news; looked at that at most every *look_every_s* seconds. What
    the page has missed, as *listening* knows it, comes first.
    """
    _open[account] += 1
    try:
        with changes.follow() as ids:
            yield b"retry: 3000\n: hello\n\n"
            for each in listening.missed():
                yield event(each)
            heard = listening.heard(ids, sign_s=heartbeat_s)
            async for changed in _while(heard, signed_in, look_every_s, longest_s):
                yield event(changed)
    finally:
        _open[account] -= 1


async def _while(
    told: AsyncGenerator[str | None, None], signed_in: Holds, look_every_s: float, longest_s: float
) -> AsyncIterator[str | None]:
    time = asyncio.get_running_loop().time
    looked, end = time(), time() + longest_s
    async with aclosing(told) as heard:
        async for changed in heard:
            if time() - looked >= look_every_s:
                if not await signed_in():
                    return
                looked = time()
            yield changed
            if time() >= end:
                return


def event(changed: str | None) -> bytes:
    """Return the event that tells of what has changed, a comment when there is nothing to tell of."""
    return (
        b": still here\n\n" if changed is None else b"event: change\ndata: %b\n\n" % changed.encode("ascii")
    )
