"""A room of accounts over a real database, on both dialects, with a clock that a test turns."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest

from gateway.access.roles import Principal, Role
from gateway.accounts import actions, signing_in
from gateway.accounts.account import Session
from gateway.accounts.actions import AccountOrder, Handed
from gateway.accounts.passwords import Passwords
from gateway.accounts.proofs import Proof
from gateway.accounts.room import AccountRoom
from gateway.accounts.seal import Seal
from gateway.db import Database
from tests.gateway.gate import NOW, Notebook

SOURCE = "192.0.2.0/24"
NOW_US = int(NOW.timestamp()) * 1_000_000
SECOND = 1_000_000
ADMIN = Principal("abcdefghij", Role.ADMIN, "Admin", None, datetime(2027, 11, 24, tzinfo=UTC))


@dataclass
class Clock:
    """The time in microseconds."""

    us: int = NOW_US

    def __call__(self) -> int:
        """Tell it."""
        return self.us

    def pass_s(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.us += int(seconds * SECOND)


@dataclass
class Desk:
    """The room, its clock, and what stands in its log."""

    room: AccountRoom
    clock: Clock
    notebook: Notebook
    handed: dict[str, Handed] = field(default_factory=dict)

    async def make(self, login: str, role: Role = Role.APPROVER, **more: Any) -> Handed:
        """Make an account."""
        order = AccountOrder(login, more.get("display_name", f"Contoh {login}"), role, more.get("partner"))
        self.handed[login] = await actions.create(self.room, order, by=ADMIN, request="r")
        return self.handed[login]

    def code(self, login: str) -> str:
        """Return the code the person's telephone shows now."""
        return pyotp.TOTP(self.handed[login].totp_secret).generate_otp(self.clock.us // (30 * SECOND))

    async def give_password(self, login: str, password: str | None = None, **more: Any) -> Any:
        """Give the password, the right one unless told otherwise."""
        word = self.handed[login].password if password is None else password
        return await signing_in.begin(self.room, login, word, source=more.get("source", SOURCE), request="r")

    async def give_code(self, half: Session, code: str) -> Any:
        """Give a one-time code after the password."""
        return await signing_in.finish(self.room, half, Proof(code=code), source=SOURCE, request="r")

    async def sign_in(self, login: str) -> Session:
        """Give both; half a minute later, so that a code was not used before."""
        self.clock.pass_s(30)
        half, _ = await self.give_password(login)
        session, _ = await self.give_code(half, self.code(login))
        return session

    def acts(self) -> list[tuple[str, str]]:
        """Return acts and outcomes so far, and forget them."""
        found = [(entry.act, entry.outcome) for entry in self.notebook.entries]
        self.notebook.entries.clear()
        return found


class Noting:
    """Takes refusals as the real thing does, without its limits."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    async def note(self, entry: Any, *, source: str) -> None:
        """Remember it."""
        self._notebook.entries.append(entry)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """Give the room."""
    notebook, clock = Notebook(), Clock()
    database = Database(database_url, notebook)
    await database.start()
    room = AccountRoom(
        environment="demo",
        database=database,
        record=notebook.record,
        refusals=Noting(notebook),
        seal=Seal(bytes(32)),
        passwords=Passwords(),
        origins=("http://localhost:8112",),
        now_us=clock,
        known_partner={"polres-jambi"}.__contains__,
    )
    yield Desk(room, clock, notebook)
    room.close()
    await database.close()
