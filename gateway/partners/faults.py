"""What aiohttp raises, as httpx's own transport would have raised it; the text is a code and no address."""

import asyncio
import ssl

import aiohttp
import httpx

from .guard import AddressForbidden

FAULTS = (aiohttp.ClientError, OSError, asyncio.TimeoutError)

# In this order: the first class that fits decides, since aiohttp's derive from one another.
_AS_HTTPX: tuple[tuple[type[BaseException], type[httpx.TransportError], str], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout, "connect_timeout"),
    (aiohttp.ClientConnectorDNSError, httpx.ConnectError, "name_unknown"),
    (aiohttp.ClientSSLError, httpx.ConnectError, "tls_refused"),
    (aiohttp.ClientConnectorError, httpx.ConnectError, "connect_refused"),
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout, "read_timeout"),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError, "closed_unanswered"),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError, "cut_short"),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError, "not_http"),
    (aiohttp.ClientConnectionResetError, httpx.WriteError, "closed_while_sending"),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol, "address_unusable"),
    (aiohttp.NonHttpUrlClientError, httpx.UnsupportedProtocol, "address_unusable"),
    (asyncio.TimeoutError, httpx.ReadTimeout, "read_timeout"),
    (ssl.SSLError, httpx.ReadError, "tls_broken"),
    (OSError, httpx.ReadError, "connection_lost"),
    (aiohttp.ClientConnectionError, httpx.ReadError, "connection_lost"),
    (aiohttp.ClientError, httpx.RemoteProtocolError, "not_understood"),
)


def as_httpx(fault: BaseException) -> httpx.TransportError:
    """Return the httpx error for *fault*, one of FAULTS."""
    if isinstance(fault, aiohttp.ClientConnectorError) and isinstance(fault.os_error, AddressForbidden):
        return httpx.ConnectError("address_forbidden")
    return next(ours(code) for theirs, ours, code in _AS_HTTPX if isinstance(fault, theirs))
