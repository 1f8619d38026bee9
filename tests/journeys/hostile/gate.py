"""The real application in this process: a key of every role, nobody behind its partners, its log kept."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

from fastapi import FastAPI

from gateway import logs
from gateway.access import actions
from gateway.access.keys import KeyOrder
from gateway.access.roles import Role
from gateway.app import build
from gateway.ground import prepare
from gateway.inquiries import holds
from gateway.inquiries.whom import Whom
from gateway.settings import Settings
from sandbox.demo.files import write_partners

from . import informed, people
from .breaking import in_chunks
from .question import CANARY_NIKS, Question

TO_REVOKE = 40
# A way to wake people by texts, so that contacts can be added; nobody is there.
TEXTS = """
[[partners]]
id = "pesan"
kind = "message"
standing = "live"
name = "SMS (contoh)"
  [partners.settings]
  dialect = "http"
  send_url = "{away}/sms/send"
"""


# A hospital with a telephone only is told of broken street lights as well, and fetches what it is told.
FETCHES = 'telling = { channels = ["inbox"], categories = ["public_facility"] }\n'


@dataclass(slots=True)
class Said:
    """What came back: status 0 when nothing did, *broke* when the application raised."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    broke: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """The running application, the keys to it, and where its log is."""

    app: FastAPI
    keys: dict[str, bytes]
    to_end: Mapping[str, Sequence[str]]  # what a path may name: keys, holds, accounts that are there
    cases: people.Cases
    informed: informed.Informed
    people: people.SignedIn
    log: Path
    data: Path

    async def put(self, question: Question) -> Said:
        """Put the question as a server would, however ill-formed."""
        said = Said()
        scope = _scope(question)
        waiting = in_chunks(question.body, question.chunks)
        if question.gives_up:
            del waiting[-1:]

        async def receive() -> dict[str, Any]:
            if waiting:
                body = waiting.pop(0)
                return {"type": "http.request", "body": body, "more_body": bool(waiting) or question.gives_up}
            if not question.gives_up:
                await asyncio.sleep(3600)  # a server has nothing to say until the answer is out
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                said.status, said.headers = message["status"], list(message["headers"])
            else:
                said.body += message.get("body", b"")

        try:
            async with asyncio.timeout(30):
                await self.app(scope, receive, send)
        except Exception as broke:  # noqa: BLE001  that nothing comes out here is what is examined
            said.broke = broke
        return said


def _scope(question: Question) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": question.method,
        "scheme": "http",
        # As uvicorn does it: what is no UTF-8 becomes the replacement character.
        "path": unquote(question.path.decode("latin-1")),
        "raw_path": question.path,
        "query_string": question.query_string,
        "root_path": "",
        "headers": question.headers,
        "client": ("192.0.2.7", 40000),
        "server": ("gate", 80),
        "state": {},
    }


@asynccontextmanager
async def opened(folder: Path, *, each: int) -> AsyncIterator[Gate]:
    """Start the application in *folder*, with *each* many cases of a sort; its log is at the least level."""
    data, log = folder / "var", folder / "gateway.log"
    partners = _partners(data, away=f"http://127.0.0.1:{_dead_port()}")
    settings = Settings(
        data_dir=data, partners_file=partners, outbound_allow="127.0.0.0/8", capacity_refresh_s=5
    )
    # The daily report is a process of its own, which reads its settings from the environment.
    elsewhere = patch.dict(os.environ, {"GERBANG_DATA_DIR": str(data)})
    with elsewhere, log.open("wb", buffering=0) as stream, prepare(settings) as ground:
        logs.configure(level="debug", stream=stream)
        app = build(ground)
        async with app.router.lifespan_context(app):
            keys = {str(role): await _key(app, role) for role in Role if role is not Role.DUTY}
            keys |= {each: await _key(app, Role.PARTNER, each) for each in (informed.BPBD, informed.POLRESTA)}
            to_revoke = [await _key(app, Role.DISPATCHER) for _ in range(TO_REVOKE)]
            to_end = {
                "key_id": [text.decode().split("_")[2] for text in to_revoke],
                "hold_id": [await _hold(app)],
                **await people.accounts(app, each),
            }
            cases, told = await people.referrals(app, each), await informed.informed(app, each)
            yield Gate(app, keys, to_end, cases, told, await people.sign_in(app, each), log, data)


def _partners(data: Path, *, away: str) -> Path:
    path = write_partners(data, sandbox_url=away)
    rows = path.read_text().split("[[partners]]\n")
    fetching = [_fetching(row) if row.startswith(f'id = "{people.SAYOETI}"') else row for row in rows]
    path.write_text("[[partners]]\n".join(fetching) + TEXTS.replace("{away}", away))
    token = data / "secrets" / "pesan.token"
    token.write_text("demo-sms")
    token.chmod(0o600)
    return path


def _fetching(row: str) -> str:
    return FETCHES + row.replace('standing = "planned"', 'standing = "live"')


async def _hold(app: FastAPI) -> str:
    nik = CANARY_NIKS[0]
    await app.state.people.of(nik)
    until, by = datetime.now(UTC) + timedelta(days=1), people.examiner()
    whom = Whom.model_validate_json(f'{{"nik": "{nik}"}}')
    hold = await holds.place(
        app.state.inquiries, whom, reason="perkara contoh", until=until, by=by, request="none"
    )
    return hold.id


async def _key(app: FastAPI, role: Role, partner: str = people.SAYOETI) -> bytes:
    order = KeyOrder(role, f"{role} desk", partner if role is Role.PARTNER else None)
    ordered = await actions.create(
        app.state.keys, order, by=people.examiner(), request="none", at=datetime.now(UTC)
    )
    assert ordered.text is not None
    return ordered.text.encode()


def _dead_port() -> int:
    """Return a port of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
