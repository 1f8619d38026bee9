"""A small gateway to stand before: the real edge, door, problems and key routes, with a few routes behind."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, BinaryIO, Literal

import httpx
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from msgspec import Meta, Struct
from prometheus_client import CollectorRegistry
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from contracts import Need, Nik
from contracts.audit import Entry
from gateway import logs, problems
from gateway.access import routes as key_routes
from gateway.access.actions import KeyRoom
from gateway.access.door import KeyDoor
from gateway.access.guard import PUBLIC, GuardedRoute, allow, principal
from gateway.access.keys import AccessKey, KeyOrder, mint
from gateway.access.refusals import Refusals
from gateway.access.ring import KeyRing
from gateway.access.roles import Role
from gateway.alarms import Alarms
from gateway.db import CannotRead, CannotWrite
from gateway.edge import Edge
from gateway.queries import query_parameters, read_query

CANARY = "1571015203909901"
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


class Notebook:
    """The audit log of a test: a Ledger, and a `record` that remembers what it was given."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    async def record(self, *entries: Entry) -> None:
        """Stand in for the Recorder's method."""
        self.entries += entries

    def append(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Remember what the writer appends."""
        self.entries += entries

    def missing(self, connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
        """Miss all of them."""
        return list(entries)

    def committed(self) -> None:
        """Nothing is undone in these tests."""

    def rolled_back(self) -> None:
        """As above."""

    def of(self, act: str) -> list[Entry]:
        """Return the entries of one act."""
        return [entry for entry in self.entries if entry.act == act]


class Shelf:
    """A database that holds keys and answers every reading with them."""

    def __init__(self, keys: Iterable[AccessKey] = ()) -> None:
        self.keys = list(keys)
        self.trouble: Exception | None = None

    async def read(self, query: Any) -> list[AccessKey]:
        """Return the keys, or raise the trouble."""
        if self.trouble:
            raise self.trouble
        return list(self.keys)


class Clock:
    """The time, as a test wants it."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.at


def key_for(
    role: Role, *, at: datetime = NOW, environment: str = "demo", **changes: Any
) -> tuple[AccessKey, str]:
    """Return a key of *role* made *at* that time, and its text."""
    partner = "rsud-contoh" if role is Role.PARTNER else None
    key, text = mint(KeyOrder(role, f"{role} desk", partner), environment=environment, by="test", at=at)
    return replace(key, **changes), text


class BedQuestion(Struct, frozen=True):
    """What the small gateway reads from a query."""

    need: Annotated[Need, Meta(description="What for.")]
    lat: Annotated[float, Meta(ge=-90, le=90, description="Degrees north.")] | None = None
    sex: Literal["male", "female"] | None = None
    fresh: bool = False
    limit: Annotated[int, Meta(ge=1, lt=100)] = 16
    word: Annotated[str, Meta(max_length=5)] | None = None
    since: datetime | None = None


class Person(BaseModel):
    """A body with a number that names a person."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    nik: Nik
    age: Annotated[int | None, Field(ge=0, le=150)] = None
    weight: float | None = None
    purpose: Literal["ETREAT", "TREAT"] = "ETREAT"
    notes: Annotated[list[str], Field(max_length=3)] = []


router = APIRouter(route_class=GuardedRoute)


@router.get("/v1/beds", openapi_extra={"parameters": query_parameters(BedQuestion)})
@allow(Role.DISPATCHER, Role.OPERATOR, grace=True)
async def ask_beds(request: Request) -> Response:
    """Read a query, answer directly."""
    question = read_query(request, BedQuestion)
    return Response(str(question.need), media_type="text/plain")


@router.get("/v1/who")
@allow(*Role)
async def who(request: Request) -> dict[str, str | bool | None]:
    """Say who asked."""
    by = principal(request)
    return {"key": by.key_id, "role": str(by.role), "partner": by.partner, "grace": by.grace}


@router.post("/v1/persons")
@allow(Role.DISPATCHER)
async def take_person(request: Request, person: Person) -> dict[str, str]:
    """Read a body, answer what may be shown."""
    return {"nik": repr(person.nik)}


@router.get("/v1/items/{item}")
@allow(Role.DISPATCHER)
async def show_item(request: Request, item: int, deep: int = 0) -> dict[str, int]:
    """Read path and query the framework's way."""
    return {"item": item}


@router.get("/v1/broken")
@allow(Role.DISPATCHER)
async def break_down(request: Request) -> Response:
    """Fail with a NIK in both exceptions."""
    known: dict[str, str] = {}
    try:
        known[CANARY]
    except KeyError as exc:
        raise ValueError(f"{CANARY} is no good") from exc
    return Response()


@router.post("/v1/unwritable")
@allow(Role.DISPATCHER)
async def cannot_write(request: Request) -> Response:
    """Find the database full."""
    raise CannotWrite("disk full")


@router.get("/v1/unreadable")
@allow(Role.DISPATCHER)
async def cannot_read(request: Request) -> Response:
    """Find the database away."""
    raise CannotRead("disk I/O error")


@router.get("/open")
@allow(PUBLIC)
async def open_to_all(request: Request) -> Response:
    """Answer anybody."""
    return Response("open")


class Gate:
    """The small gateway, and everything it leaves behind."""

    def __init__(self, keys: Iterable[AccessKey], *, database: Any = None, **refusals: Any) -> None:
        self.clock = Clock()
        self.notebook = Notebook()
        self.alarms = Alarms()
        self.registry = CollectorRegistry()
        self.shelf = Shelf(keys)
        self.database = database or self.shelf
        self.ring = KeyRing(self.database, self.alarms, environment="demo")
        self.refusals = Refusals(self.notebook.record, **refusals)
        self.app = self._build()

    def _build(self) -> FastAPI:
        app = FastAPI(openapi_url=None, redirect_slashes=False)
        app.include_router(router)
        app.include_router(key_routes.router)
        app.add_middleware(Edge, environment="demo", registry=self.registry)
        problems.install(app, environment="demo")
        app.state.door = KeyDoor(self.ring, refusals=self.refusals, alarms=self.alarms, now=self.clock)
        app.state.keys = KeyRoom(
            self.database, self.ring, self.notebook.record, {"rsud-contoh"}.__contains__, 365
        )
        return app

    async def __aenter__(self) -> "Gate":
        """Read the keys."""
        await self.ring.load()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write down what is owed."""
        await self.refusals.close()

    def caller(self, text: str | None = None, *, address: str = "192.0.2.7") -> httpx.AsyncClient:
        """Return a client that shows the key *text* from *address*."""
        transport = httpx.ASGITransport(self.app, client=(address, 40000))
        headers = {} if text is None else {"Authorization": f"Bearer {text}"}
        return httpx.AsyncClient(transport=transport, base_url="http://gate", headers=headers)


async def ask_raw(
    app: Any,
    *,
    method: str = "GET",
    path: str = "/",
    query: bytes = b"",
    headers: Sequence[tuple[bytes, bytes]] = (),
    body: Sequence[bytes] = (b"",),
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Put a question as a server would hand it over, however ill-formed; return status, headers, body."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "query_string": query,
        "root_path": "",
        "headers": list(headers),
        "client": ("192.0.2.7", 40000),
        "server": ("gate", 80),
    }
    parts = list(body)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not parts:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    said = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], sent[0]["headers"], said


@contextmanager
def log_into(stream: BinaryIO, *, level: str = "info") -> Iterator[None]:
    """Write the log to *stream* for a while, and leave the process's loggers as they were."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, least = list(root.handlers), root.level
    logs.configure(level=level, stream=stream)
    try:
        yield
    finally:
        logs.configure()
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(least)


async def until(holds: Callable[[], object]) -> None:
    """Wait until *holds* is true, five seconds at most."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110  what is waited for knows nothing of a test's event
            await asyncio.sleep(0.005)


def year_from(at: datetime) -> datetime:
    """Return when a key made *at* that time ends by default."""
    return at + timedelta(days=365)
