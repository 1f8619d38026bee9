"""The troubles that happen on the wire itself, before or around the partner's own code."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .transport import gone, hang_up, reset
from .troubles import Trouble

HUGE = 12_000_000  # bytes; above the caps of every kind of partner (8 MB for hospitals)

_PAGE = b"<!DOCTYPE html>\n<html><head><title>%b</title></head><body><h1>%b</h1>data contoh</body></html>\n"
_JSON = [(b"content-type", b"application/json")]
_HTML = [(b"content-type", b"text/html; charset=utf-8")]

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Question:
    """One request at the door, and the partner's own code behind it."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    trouble: Trouble


@dataclass(slots=True)
class Answer:
    """What the partner's own code would have sent."""

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    async def note(self, message: Message) -> None:
        """Take an ASGI message in place of the wire."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", []))
        else:
            self.body += message.get("body", b"")


async def _own_answer(question: Question) -> Answer:
    answer = Answer()
    await question.app(question.scope, question.receive, answer.note)
    return answer


async def _say(question: Question, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await question.send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await question.send({"type": "http.response.body", "body": body})


async def _hang(question: Question) -> None:
    await gone(question.receive)


async def _slow(question: Question) -> None:
    await asyncio.sleep(question.trouble.seconds)
    await question.app(question.scope, question.receive, question.send)


async def _refuse(question: Question) -> None:
    reset(question.scope)
    await gone(question.receive)


async def _reset_after(question: Question) -> None:
    await _own_answer(question)
    reset(question.scope)
    await gone(question.receive)


async def _ask_patience(question: Question) -> None:
    seconds = str(int(question.trouble.seconds)).encode()
    headers = [*_HTML, (b"retry-after", seconds)]
    await _say(question, int(question.trouble.mode), headers, _PAGE % (b"Busy", b"Busy"))


async def _crash_page(question: Question) -> None:
    await _say(question, 500, _HTML, _PAGE % (b"Runtime Error", b"Server Error in '/' Application."))


async def _cut(question: Question) -> None:
    answer = await _own_answer(question)
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    half = answer.body[: len(answer.body) // 2]
    await question.send(start)
    await question.send({"type": "http.response.body", "body": half, "more_body": True})
    hang_up(question.scope)
    await gone(question.receive)


async def _html(question: Question) -> None:
    await _say(question, 200, _HTML, _PAGE % (b"Portal", b"Selamat datang"))


async def _empty(question: Question) -> None:
    await _say(question, 200, _JSON, b"")


async def _garbage(question: Question) -> None:
    noise = Random(112).randbytes(2000)  # noqa: S311 - the same noise every time
    await _say(question, 200, _JSON, b"\xff\xfe" + noise)


async def _drip(question: Question) -> None:
    answer = await _own_answer(question)
    left = asyncio.ensure_future(gone(question.receive))
    await question.send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    for at in range(len(answer.body)):
        more = at + 1 < len(answer.body)
        await question.send(
            {"type": "http.response.body", "body": answer.body[at : at + 1], "more_body": more}
        )
        await asyncio.wait({left}, timeout=question.trouble.seconds)
        if left.done():
            return
    left.cancel()


def _much() -> bytes:
    opening = b'{"resourceType":"Bundle","type":"searchset","entry":['
    return opening + b" " * HUGE + b"]}"


async def _huge(question: Question) -> None:
    await _say(question, 200, _JSON, _much())


async def _bomb(question: Question) -> None:
    await _say(question, 200, [*_JSON, (b"content-encoding", b"gzip")], gzip.compress(_much(), 9))


async def _redirect(question: Question) -> None:
    await _say(question, 302, [(b"location", b"https://elsewhere.contoh.invalid/")], b"")


ACTS: dict[str, Callable[[Question], Awaitable[None]]] = {
    "hang": _hang,
    "slow": _slow,
    "refuse": _refuse,
    "reset_after": _reset_after,
    "503": _ask_patience,
    "429": _ask_patience,
    "500_html": _crash_page,
    "cut": _cut,
    "html": _html,
    "empty": _empty,
    "garbage": _garbage,
    "drip": _drip,
    "huge": _huge,
    "bomb": _bomb,
    "redirect": _redirect,
}
