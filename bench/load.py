"""
Questions over keep-alive connections, answers timed; raw sockets, so that asking costs little.

`drive` asks from the running program, `asked_apart` from a process of its own on the other core.
"""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from time import perf_counter
from typing import NamedTuple, cast

import msgspec
import uvloop

from . import machine

PATIENCE_S = 30.0


class Order(msgspec.Struct, frozen=True):
    """
    What to ask of the server at *port*: the raw *questions* in turn, over so many *connections*.

    Ends after *seconds*; *think_s* is the pause between an answer and the next question of its connection.
    """

    port: int
    questions: list[bytes]
    connections: int = 64
    seconds: float = 3.0
    think_s: float = 0.0


class Figures(msgspec.Struct, frozen=True):
    """What came of an order: times in milliseconds, *statuses* by how often, *cut* connections lost."""

    answers: int
    seconds: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]
    cut: int = 0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds

    def demand_only(self, status: int) -> None:
        """Raise AssertionError unless every answer had this status: other answers prove nothing."""
        assert set(self.statuses) == {status}, f"statuses {self.statuses}"
        assert not self.cut, f"{self.cut} connections cut"


class Answer(NamedTuple):
    """One answer: its status and body, how long it took, and when it came, in seconds."""

    status: int
    body: bytes
    seconds: float
    at: float


def question(method: str, path: str, *, key: str | None = None, body: bytes = b"") -> bytes:
    """Return a question as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {key}"] if key else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


class _Asker(asyncio.Protocol):
    """One connection: asks, reads the whole answer, asks again."""

    def __init__(self, questions: Iterator[bytes], order: Order, hear: Callable[[Answer], bool]) -> None:
        self._questions = questions
        self._think_s = order.think_s
        self._hear = hear
        self._read = bytearray()
        self._transport: asyncio.Transport
        self._asked_at = 0.0
        self.ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without being a subclass
        self._ask()

    def _ask(self) -> None:
        if self._transport.is_closing():
            return
        self._asked_at = perf_counter()
        self._transport.write(next(self._questions))

    def data_received(self, data: bytes) -> None:
        self._read += data
        head = self._read.find(b"\r\n\r\n")
        if head < 0:
            return
        whole = head + 4 + _length(self._read[:head])
        if len(self._read) < whole:
            return
        now = perf_counter()
        status, body = int(self._read[9:12]), bytes(self._read[head + 4 : whole])
        del self._read[:whole]
        if self._hear(Answer(status, body, now - self._asked_at, now)):
            self._again()
        else:
            self._end(cut=False)

    def _again(self) -> None:
        if self._think_s:
            asyncio.get_running_loop().call_later(self._think_s, self._ask)
        else:
            self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        self._end(cut=True)

    def _end(self, *, cut: bool) -> None:
        if not self.ended.done():
            self.ended.set_result(cut)
        self._transport.close()


def _length(head: bytearray) -> int:
    lowered = bytes(head).lower()
    start = lowered.index(b"content-length:") + len(b"content-length:")
    return int(lowered[start:].split(b"\r\n", 1)[0])


async def drive(order: Order, hear: Callable[[Answer], None] = lambda _: None) -> Figures:
    """Carry *order* out; *hear* is told each answer as it comes."""
    loop, questions = asyncio.get_running_loop(), cycle(order.questions)
    times: list[float] = []
    statuses: Counter[int] = Counter()
    started = perf_counter()

    def heard(answer: Answer) -> bool:
        """Say whether to go on."""
        times.append(answer.seconds)
        statuses[answer.status] += 1
        hear(answer)
        return answer.at - started < order.seconds

    askers = [
        (await loop.create_connection(lambda: _Asker(questions, order, heard), "127.0.0.1", order.port))[1]
        for _ in range(order.connections)
    ]
    ends = asyncio.gather(*(asker.ended for asker in askers))
    cut = await asyncio.wait_for(ends, order.seconds + PATIENCE_S)
    return _figures(times, statuses, perf_counter() - started, sum(cut))


def _figures(times: Sequence[float], statuses: Counter[int], seconds: float, cut: int) -> Figures:
    if not times:
        return Figures(0, seconds, 0.0, 0.0, {}, cut)
    return Figures(
        answers=len(times),
        seconds=seconds,
        p50_ms=machine.percentile(times, 0.5) * 1000,
        p99_ms=machine.percentile(times, 0.99) * 1000,
        statuses=dict(statuses),
        cut=cut,
    )


class Apart:
    """A process of its own that carries an order out; `figures` waits for its end."""

    def __init__(self, order: Order, *, core: int = 1) -> None:
        """Start asking from *core*."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        machine.pin(self._process.pid, core)
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order))
        self._process.stdin.close()

    def figures(self) -> Figures:
        """Return what came of it."""
        with self._process as process:
            assert process.stdout is not None
            said = process.stdout.read()
        assert process.returncode == 0, "the asking process failed"
        return msgspec.json.decode(said, type=Figures)


def asked_apart(order: Order) -> Figures:
    """Carry *order* out from a process of its own."""
    return Apart(order).figures()


def main() -> None:
    """Read an order, carry it out, write its figures."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(drive(order))
    sys.stdout.buffer.write(msgspec.json.encode(figures))


if __name__ == "__main__":
    main()
