"""
The gate itself: what happens to every question before and after the route that answers it.

Pure ASGI, since a wrapped middleware costs more than the whole capacity answer: id, size cap, security
headers, environment, one log event, one histogram, and a last resort that says 500 without a traceback.
"""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, Protocol

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Histogram
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.logs import describe_error
from gateway.passage import Passage, begin, request_id
from gateway.problems import Problem

__all__ = ["LARGEST_BODY", "Edge", "Header", "request_id"]

Header = tuple[bytes, bytes]

LARGEST_BODY = 256 * 1024
QUIET = frozenset({"/livez", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0)

# A page of the console or of the documentation may set its own; these stand where the answer says nothing.
UNLESS_SET: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
)

log = structlog.get_logger()


class Anchor(Protocol):
    """The log's newest checkpoint as a header: whoever keeps answers keeps a witness of the log."""

    @property
    def header(self) -> Header | None:
        """None before the first."""
        ...


class Edge:
    """Stands between the server and the routes: `app.add_middleware(Edge, environment=...)`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        environment: str,
        anchor: Anchor | None = None,
        largest_body: int = LARGEST_BODY,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        """Take *largest_body* in bytes, the histogram's *registry*, the *anchor* for those with a key."""
        self.app = app
        self._environment = environment
        self._anchor = anchor
        self._largest_body = largest_body
        self._headers = (*ALWAYS, (b"gerbang-environment", environment.encode("ascii")))
        self._timings = Timings(registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a question through; nothing but HTTP is spoken here."""
        if scope["type"] == "http":
            await self._pass(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        passage = begin(scope)
        answer = _Answer(send, self._headers, passage, self._anchor)
        try:
            if _declared_length(scope) > self._largest_body:
                await self._refuse("body-too-large", scope, receive, answer)
            else:
                await self.app(scope, _capped(receive, self._largest_body), answer)
        except Exception as broken:  # noqa: BLE001  the last resort: whatever it is, the caller gets an answer
            await self._last_resort(broken, scope, receive, answer)
        finally:
            self._note(scope, passage, answer.status, perf_counter() - started)

    async def _last_resort(
        self, broken: Exception, scope: Scope, receive: Receive, answer: "_Answer"
    ) -> None:
        log.error("http.broken", route=template(scope), **describe_error(broken))
        if answer.status == 0:
            await self._refuse("broken", scope, receive, answer)

    async def _refuse(self, name: str, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        response = Problem(name).answer(environment=self._environment, request=answer.passage.id)
        await response(scope, receive, answer)

    def _note(self, scope: Scope, passage: Passage, status: int, elapsed: float) -> None:
        method, route = _method(scope), template(scope)
        self._timings.observe(method, route, status, elapsed)
        write = log.debug if route in QUIET else log.info
        elapsed_ms = round(elapsed * 1000, 3)
        write(
            "http.answered",
            method=method,
            route=route,
            status=status,
            elapsed_ms=elapsed_ms,
            key=passage.key_id,
        )


class Timings:
    """The histogram `gerbang_http_seconds` by method, route template and status."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register it in *registry*, once."""
        self._histogram = Histogram(
            "gerbang_http_seconds",
            "Time from a question's arrival to the end of its answer, seconds.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=registry,
        )
        # Looking a child up by labels costs more than observing.
        self._observers: dict[tuple[str, str, int], Callable[[float], None]] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer; *method* and *route* must be from a closed set."""
        observer = self._observers.get((method, route, status))
        if observer is None:
            observer = self._histogram.labels(method, route, str(status)).observe
            self._observers[method, route, status] = observer
        observer(seconds)


def template(scope: Scope) -> str:
    """Return the route's template, never the path itself: a caller may write a NIK into that."""
    return getattr(scope.get("route"), "path_format", None) or "unmatched"


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "other"


class _Answer:
    """Sends an answer on, with our headers added, and remembers its status (0: not begun)."""

    __slots__ = ("_anchor", "_headers", "_send", "passage", "status")

    def __init__(
        self, send: Send, headers: tuple[Header, ...], passage: Passage, anchor: Anchor | None
    ) -> None:
        self._anchor = anchor
        self._send = send
        self._headers = headers
        self.passage = passage
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = self._complete(message.get("headers", ()))
        await self._send(message)

    def _complete(self, said: Iterable[Header]) -> list[Header]:
        said = list(said)
        names = {name for name, _ in said}
        unless_set = [header for header in UNLESS_SET if header[0] not in names]
        own = [(b"gerbang-request-id", self.passage.id.encode("ascii"))]
        if self.passage.key_id is not None and self._anchor is not None and self._anchor.header is not None:
            own.append(self._anchor.header)
        return [*said, *unless_set, *self._headers, *self.passage.headers, *own]


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            # The server refuses what is no number; Python does not read one of thousands of digits.
            return int(value[:20]) if value.isdigit() else 0
    return 0


def _capped(receive: Receive, largest: int) -> Receive:
    """Return *receive* that counts: a chunked body declares no length, and a declared one may lie."""
    taken = 0

    async def counting() -> Any:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > largest:
            raise HTTPException(413)  # the one error FastAPI lets out of reading a body
        return message

    return counting
