"""
The server's view of a connection, opened a little: rooms and the door may cut it for real.

ASGI has no word for a reset, so this protocol puts the transport into each scope's extensions.
"""

import asyncio
import socket
import struct

from starlette.types import Receive, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_EXTENSION = "sandbox.transport"
_NO_LINGER = struct.pack("ii", 1, 0)  # closing then sends a reset instead of a polite end


class OpenProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with the transport in `scope["extensions"]`."""

    def on_message_begin(self) -> None:
        """Start a scope and add the transport to it."""
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"transport": self.transport}}


def _transport(scope: Scope) -> asyncio.Transport:
    transport: asyncio.Transport = scope["extensions"][_EXTENSION]["transport"]
    return transport


def reset(scope: Scope) -> None:
    """Reset the connection (TCP RST): the caller sees an error, never an answer."""
    transport = _transport(scope)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


def hang_up(scope: Scope) -> None:
    """Send what was written and close the connection."""
    _transport(scope).close()


async def gone(receive: Receive) -> None:
    """Return when the other side has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
