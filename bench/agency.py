"""
`python -m bench.agency FAILING FOLDER PORT`: agencies that take alerts, and fail as often as they are told.

A failure is, one third each: the connection is reset before anything was taken, or after; 503. What was
taken stands in FOLDER/taken, a line each: when, which agency, its webhook-id, the incident, the sequence. An
agency named `dead...` never answers, one named `machine...` has a receipt of its machine in each answer.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import IO, cast

import uvloop

from .rawserver import header

TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
RECEIPT = b'{"receipts":[{"state":"received"}]}'
FILED = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
FILED %= len(RECEIPT), RECEIPT
READY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


class _Connection(asyncio.Protocol):
    def __init__(self, failing: float, dice: random.Random, taken: IO[str]) -> None:
        self._failing = failing
        self._dice = dice
        self._taken = taken
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
        fate = self._dice.random() / self._failing if self._failing else 1.0
        if 1 / 3 <= fate < 2 / 3 or fate >= 1:
            self._write_down(agency, head, body)
        if fate >= 1:
            self._transport.write(FILED if agency.startswith("machine") else TAKEN)
        elif fate >= 2 / 3:
            self._transport.write(BUSY)
        else:
            self._transport.abort()

    def _write_down(self, agency: str, head: bytes, body: bytes) -> None:
        said = json.loads(body)
        name = (header(head, b"webhook-id") or b"").decode("ascii")
        line = (time.time(), agency, name, said.get("subject"), said.get("sequence", 0))
        self._taken.write("\t".join(str(each) for each in line) + "\n")
        self._taken.flush()


def main() -> None:
    """Take alerts until the process ends."""
    failing, folder, port = float(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    dice = random.Random(20261129)

    async def forever(taken: IO[str]) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(failing, dice, taken), "127.0.0.1", port)
        await server.serve_forever()

    with (
        (folder / "taken").open("a", encoding="ascii") as taken,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(forever(taken))


if __name__ == "__main__":
    main()
