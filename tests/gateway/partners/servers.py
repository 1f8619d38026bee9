"""Raw servers that behave and misbehave, byte by byte."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network

import httpx

from gateway.partners.guard import OutboundGuard
from gateway.partners.http import client
from gateway.partners.transport import Reach

LOOPBACK: tuple[IPv4Network | IPv6Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

Behave = Callable[["Line", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Line:
    """One request as it came over the wire."""

    head: bytes
    body: bytes

    @property
    def path(self) -> str:
        """Return the target of the request line."""
        return self.head.split(b" ")[1].decode()

    def header(self, name: str) -> str | None:
        """Return one header's value."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None


@dataclass
class Server:
    """Where it listens, and everything it was sent."""

    url: str
    lines: list[Line] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0


@asynccontextmanager
async def serving(behave: Behave, *, context: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Listen on loopback; *behave* is called for each request, and the connection kept until it closes it."""
    server = Server("")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.open_now += 1
        server.most_open = max(server.most_open, server.open_now)
        try:
            while not writer.is_closing() and (line := await _request(reader)):
                server.lines.append(line)
                await behave(line, writer)
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            server.open_now -= 1
            writer.close()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"{'https' if context else 'http'}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        listening.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            if task.get_coro().__qualname__.endswith("connected"):  # type: ignore[union-attr]  # a coroutine
                task.cancel()
        await asyncio.sleep(0)


async def _request(reader: asyncio.StreamReader) -> Line | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4]
        line = Line(head, b"")
        line.body = await reader.readexactly(int(line.header("content-length") or 0))
    except asyncio.IncompleteReadError:
        return None
    return line


def answer(body: bytes, *headers: str, status: str = "200 OK") -> Behave:
    """Answer with *body*."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return sends("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def sends(raw: bytes) -> Behave:
    """Send these very bytes."""

    async def behave(_: Line, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return behave


def then_closes(raw: bytes) -> Behave:
    """Send these very bytes and close."""

    async def behave(_: Line, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()
        writer.close()

    return behave


async def resets(_: Line, writer: asyncio.StreamWriter) -> None:
    """Break the connection off without a farewell."""
    own: socket.socket = writer.get_extra_info("socket")
    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def never_answers(_: Line, writer: asyncio.StreamWriter) -> None:
    """Take the question and keep silent."""
    await asyncio.sleep(3600)


async def drips(_: Line, writer: asyncio.StreamWriter) -> None:
    """Send an answer, one byte every 50 ms."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.05)


async def pours(_: Line, writer: asyncio.StreamWriter) -> None:
    """Send an answer that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"." * 100)
        await writer.drain()
        await asyncio.sleep(0)


def ours(
    *,
    connections: int = 8,
    answer_cap: int = 1000,
    refuse_sandbox: bool = False,
    allow: tuple[IPv4Network | IPv6Network, ...] = LOOPBACK,
    context: ssl.SSLContext | None = None,
) -> httpx.AsyncClient:
    """Return a partner's client as the gateway makes it, for loopback."""
    return client(OutboundGuard(allow), Reach(connections, answer_cap, refuse_sandbox), context=context)
