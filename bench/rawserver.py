"""The cheapest HTTP server there is, for stubs that must not be what is measured."""

import asyncio
from collections.abc import Callable
from typing import cast

import uvloop

Answering = Callable[[bytes], bytes]  # from the question's head to the answer's body

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Answering) -> None:
        self._answer = answer
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
            del self._read[:whole]
            body = self._answer(head)
            self._transport.write(HEAD % len(body) + body)


def header(head: bytes, name: bytes) -> bytes | None:
    """Return a header's value; *name* in lower case."""
    for line in head.split(b"\r\n")[1:]:
        found, _, value = line.partition(b":")
        if found.lower() == name:
            return value.strip()
    return None


def serve(port: int, answer: Answering) -> None:
    """Answer on *port* until the process ends."""

    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(answer), "127.0.0.1", port)
        await server.serve_forever()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(forever())
