"""
httpx's requests, carried by aiohttp: one attempt each, the whole answer read and bounded.

httpx's own pool costs several times the CPU (bench/transport.py measures it); its exceptions and its
meaning are kept, in faults.py. No cookies, no redirects, no proxies and no second sending.
"""

import asyncio
import ssl
import zlib
from dataclasses import dataclass
from functools import lru_cache

import aiohttp
import httpx
import structlog
from yarl import URL

from .faults import FAULTS, as_httpx
from .guard import OutboundGuard
from .names import OwnThreads

TOO_LONG = "answer too long"  # adapters/wire.py knows these words
SANDBOX_SIGN = "x-data-contoh"
IDLE_S = 4.0  # many servers (Apache, Node) close after 5 s: be sooner, not in the same moment
NAMES_KEPT_S = 60

_GZIP = 31  # zlib's wbits for a gzip frame
_PACKED = ("content-encoding", "content-length")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a client may go: *connections* at once, *answer_cap* bytes, never to a sandbox in live."""

    connections: int
    answer_cap: int
    refuse_sandbox: bool


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends one partner's requests over connections of its own, verified by *context*."""

    def __init__(self, guard: OutboundGuard, reach: Reach, *, context: ssl.SSLContext) -> None:
        self._guard = guard
        self._reach = reach
        self._context = context
        self._names = OwnThreads()
        self._places = asyncio.Semaphore(reach.connections)
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request* once and read the whole answer. Raises httpx's own transport errors."""
        patience = request.extensions.get("timeout", {})
        await self._take_place(patience.get("pool"))
        try:
            return await self._carried(request, _phases(patience.get("connect"), patience.get("read")))
        except FAULTS as fault:
            # aiohttp's texts hold addresses, and an address may hold a NIK: none is passed on.
            raise as_httpx(fault) from None
        finally:
            self._places.release()

    async def _take_place(self, patience: float | None) -> None:
        """Wait for one of the connections: aiohttp itself cannot tell a full pool from a slow connect."""
        if not self._places.locked():
            await self._places.acquire()  # does not wait
            return
        try:
            async with asyncio.timeout(patience):
                await self._places.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("pool") from None

    async def _carried(self, request: httpx.Request, phases: aiohttp.ClientTimeout) -> httpx.Response:
        async with self._opened().request(
            request.method,
            URL(str(request.url), encoded=True),  # encoded: the bytes the adapter chose, and perhaps signed
            headers=[
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
            ],
            data=await request.aread() or None,
            allow_redirects=False,
            timeout=phases,
        ) as answer:
            self._refuse_sample_data(answer)
            body = await _read(answer, self._reach.answer_cap)
            return _response(answer, body, self._reach.answer_cap)

    def _refuse_sample_data(self, answer: aiohttp.ClientResponse) -> None:
        if self._reach.refuse_sandbox and SANDBOX_SIGN in answer.headers:
            log.error("partner.sandbox_in_live", host=answer.url.host)
            raise httpx.DecodingError("sandbox_in_live")

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._reach.connections,
                    ssl=self._context,
                    resolver=self._names,
                    ttl_dns_cache=NAMES_KEPT_S,
                    keepalive_timeout=IDLE_S,
                    socket_factory=self._guard.open_socket,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                middlewares=(_sent_once,),
                trust_env=False,
            )
        return self._session

    async def aclose(self) -> None:
        """Close every connection."""
        await self._names.close()
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _sent_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """
    Name a fault before aiohttp sees it.

    aiohttp sends a GET again by itself when a kept connection breaks; whether to ask again is the
    exchange's to decide, with its budget and its breaker.
    """
    try:
        return await send(request)
    except FAULTS as fault:
        raise as_httpx(fault) from None


@lru_cache(maxsize=64)
def _phases(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=read)


async def _read(answer: aiohttp.ClientResponse, cap: int) -> bytes:
    """Return the body as sent, at most *cap* bytes: a partner's answer must not fill our memory."""
    if (answer.content_length or 0) > cap:
        answer.close()
        raise httpx.DecodingError(TOO_LONG)
    parts, length = [], 0
    async for part in answer.content.iter_any():
        length += len(part)
        if length > cap:
            answer.close()
            raise httpx.DecodingError(TOO_LONG)
        parts.append(part)
    return b"".join(parts)


def _response(answer: aiohttp.ClientResponse, body: bytes, cap: int) -> httpx.Response:
    headers: list[tuple[bytes, bytes]] = list(answer.raw_headers)
    packing = answer.headers.get("Content-Encoding", "identity").lower()
    if packing != "identity":
        body = _unpacked(body, packing, cap)
        headers = [(name, value) for name, value in headers if name.lower().decode("latin-1") not in _PACKED]
    # A stream and not `content`: httpx would work out headers for it that are there already (26 us).
    return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(body))


def _unpacked(body: bytes, packing: str, cap: int) -> bytes:
    """Unpack gzip, at most *cap* bytes of it: a thousandfold of nothing is quickly sent."""
    if not body:
        return body
    if packing != "gzip":
        raise httpx.DecodingError("packed in a way not asked for")
    unpacker = zlib.decompressobj(_GZIP)
    try:
        whole = unpacker.decompress(body, cap + 1)
    except zlib.error:
        raise httpx.DecodingError("broken gzip") from None
    if len(whole) > cap:
        raise httpx.DecodingError(TOO_LONG)
    if not unpacker.eof:
        raise httpx.DecodingError("cut gzip")
    return whole
