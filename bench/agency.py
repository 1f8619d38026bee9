"""
`python -m bench.agency FAILING HOLDING FOLDER PORT`: agencies that take alerts, and fail as often as told.

Each alert is held for HOLDING seconds. A failure is, one third each: the connection is reset before anything
was taken, or after; 503. What was taken stands in FOLDER/taken, a line each: when, which agency, its
webhook-id, the incident, the sequence, and the most it was ever asked to hold at once. An agency named
`dead...` never answers, one named `machine...` says of its machine in each answer.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import IO, cast

import uvloop

from .rawserver import header

TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
RECEIPT = b'{"receipts":[{"state":"accepted"}]}'
FILED = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
FILED %= len(RECEIPT), RECEIPT
READY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


class _Desk:
    """Where all connections meet: how often to fail, who is being held, what was taken."""

    def __init__(self, failing: float, holding_s: float, taken: IO[str]) -> None:
        self.failing = failing
        self.holding_s = holding_s
        self._taken = taken
        self._dice = random.Random(20261129)
        self._held: Counter[str] = Counter()
        self._most: Counter[str] = Counter()

    def fate(self) -> float:
        """Return 1 or more for an alert that is taken, and which third of the failures it is else."""
        return self._dice.random() / self.failing if self.failing else 1.0

    def hold(self, agency: str) -> None:
        self._held[agency] += 1
        self._most[agency] = max(self._most[agency], self._held[agency])

    def let_go(self, agency: str) -> None:
        self._held[agency] -= 1

    def write_down(self, agency: str, head: bytes, body: bytes) -> None:
        said = json.loads(body)
        name = (header(head, b"webhook-id") or b"").decode("ascii")
        line = (time.time(), agency, name, said.get("subject"), said.get("sequence", 0), self._most[agency])
        self._taken.write("\t".join(str(each) for each in line) + "\n")
        self._taken.flush()


class _Connection(asyncio.Protocol):
    def __init__(self, desk: _Desk) -> None:
        self._desk = desk
        self._read = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without being a subclass

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._read[:end])
            whole = end + 4 + int(header(head, b"content-length") or 0)
            if len(self._read) < whole:
                return
            body = bytes(self._read[end + 4 : whole])
            del self._read[:whole]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET"):
            self._transport.write(READY)
            return
        agency = head.split(b" ", 2)[1].decode("ascii").strip("/")
        if agency.startswith("dead"):
            return
        self._desk.hold(agency)
        asyncio.get_running_loop().call_later(self._desk.holding_s, self._decide, agency, head, body)

    def _decide(self, agency: str, head: bytes, body: bytes) -> None:
        self._desk.let_go(agency)
        fate = self._desk.fate()
        if 1 / 3 <= fate < 2 / 3 or fate >= 1:
            self._desk.write_down(agency, head, body)
        if fate >= 1:
            self._transport.write(FILED if agency.startswith("machine") else TAKEN)
        elif fate >= 2 / 3:
            self._transport.write(BUSY)
        else:
            self._transport.abort()


def main() -> None:
    """Take alerts until the process ends."""
    failing, holding_s, folder, port = *map(float, sys.argv[1:3]), Path(sys.argv[3]), int(sys.argv[4])

    async def forever(desk: _Desk) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(desk), "127.0.0.1", port)
        await server.serve_forever()

    with (
        (folder / "taken").open("a", encoding="ascii") as taken,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(forever(_Desk(failing, holding_s, taken)))


if __name__ == "__main__":
    main()
