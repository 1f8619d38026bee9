"""
Who the people are: found, made, erased, and their keys wrapped anew.

A person's key is committed before anything is sealed with it: a key without an entry is harmless.
"""

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from gateway.alarms import Alarms
from gateway.db import CannotRead, CannotWrite
from gateway.db.faults import word

from . import rotation, store
from .key_thread import KeyThread
from .keys import PersonKeys
from .person import Person
from .remembered import Remembered
from .secret_files import WrongKeys
from .store import KeyRow

PATIENCE_S = 5.0
AGAIN_S = 5.0
LOOK_S = 1.0
UNAVAILABLE = "people.unavailable"

log = structlog.get_logger(__name__)


class People:
    """The people this house knows; every answer within some *patience_s*, or CannotRead or CannotWrite."""

    def __init__(
        self,
        keys: PersonKeys,
        *,
        patience_s: float = PATIENCE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take opened *keys*; nothing is connected before the first question."""
        self._index = keys.index
        self._keks = keys.keks
        self._connector = store.connector(keys.url)
        self._thread = KeyThread(self._connector, patience_s=patience_s)
        self._patience_s = patience_s
        self._remembered = Remembered(monotonic=monotonic)

    def start(self) -> None:
        """Start the thread, in the running event loop."""
        self._thread.start()

    async def close(self) -> None:
        """Finish what is waiting and disconnect."""
        await self._thread.stop()
        self._connector.dispose()

    @property
    def trouble(self) -> str | None:
        """Why the key database could not be used the last time, None when it could."""
        return self._thread.trouble

    async def try_again(self) -> None:
        """Find out whether the key database is back: perhaps nobody else asks."""
        with suppress(CannotWrite):
            await self._thread.submit(store.wrapping_key)

    async def of(self, number: str) -> Person:
        """
        Return the person with this NIK (16 digits) or nokartu (13), made and committed if new.

        Raises CannotWrite; ValueError, without the number, when it is neither.
        """
        return await self._by_index(self._index.of(number))

    async def of_case(self, case: str) -> Person:
        """Return the person without a number who was met in this *case*, made if new. Raises CannotWrite."""
        return await self._by_index(self._index.of_case(case))

    async def _by_index(self, index: bytes) -> Person:
        known = self._remembered.get(index)
        if known is None:
            known = await self._thread.submit(partial(self._found_or_made, index=index))
            self._remembered.put(index, known)
        return known

    async def find(self, number: str) -> Person | None:
        """Return the person with this number if the house knows one. Raises CannotRead, ValueError."""
        index = self._index.of(number)
        return await self._ask(lambda connection: store.find(connection, index))

    async def with_pseudonym(self, pseudonym: str) -> Person | None:
        """Return the person of that pseudonym unless erased. Raises CannotRead."""
        return await self._ask(lambda connection: store.with_pseudonym(connection, pseudonym))

    async def erase(self, pseudonym: str) -> bool:
        """Delete the person's key and what finds them; say whether they were there. Raises CannotWrite."""
        try:
            erased = await self._thread.submit(lambda connection: store.erase(connection, pseudonym))
        finally:
            self._remembered.forget(pseudonym)  # also when nobody can say whether it happened
        await self._leave_no_trace()
        return erased

    async def rotate_kek(self) -> None:
        """Let a new key wrap every person's key, and delete the one before. Raises CannotWrite."""
        was = await self._thread.submit(store.wrapping_key)
        while await self._thread.submit(store.wrapping_key) == was:
            kek = await self._thread.submit(rotation.plan)
            await self._thread.submit(partial(rotation.switch, keks=self._keks, kek=kek, was=was))
        await self.finish_rotation()

    async def finish_rotation(self) -> None:
        """Finish what a crash left of a rotation, this process's or another's. Raises CannotWrite."""
        while await self._thread.submit(partial(rotation.rewrap, keks=self._keks)):
            pass
        for kek in await self._thread.submit(rotation.retire):
            try:
                dropped = await asyncio.to_thread(self._keks.drop, kek)
            except OSError as exc:
                raise CannotWrite(f"an old wrapping key cannot be deleted: {word(exc)}") from exc
            if dropped:
                log.info("people.kek_dropped", key_id=kek)

    def _found_or_made(self, connection: Connection, *, index: bytes) -> Person:
        found = store.find(connection, index)
        return self._made(connection, index) if found is None else self._opened(connection, found)

    def _made(self, connection: Connection, index: bytes) -> Person:
        store.alone(connection)
        kek = store.wrapping_key(connection) or ""
        pseudonym, key = f"p-{secrets.token_hex(12)}", secrets.token_bytes(32)
        wrapped = self._keks.wrap(key, kek=kek, pseudonym=pseudonym)
        if store.add(connection, KeyRow(index, pseudonym, kek, wrapped)):
            return Person(pseudonym, key)
        # Another replica was first: what stands in the table counts.
        first = store.find(connection, index)
        assert first is not None  # noqa: S101  its row was in the way, and nobody may delete it meanwhile
        return self._opened(connection, first)

    def _opened(self, connection: Connection, row: KeyRow) -> Person:
        try:
            key = self._keks.unwrap(row.wrapped, kek=row.kek, pseudonym=row.pseudonym)
        except WrongKeys:
            # Another replica may have wrapped it anew, and deleted the old key, since the row was read.
            again = store.with_pseudonym(connection, row.pseudonym)
            if again is None or again.kek == row.kek:
                raise
            key = self._keks.unwrap(again.wrapped, kek=again.kek, pseudonym=again.pseudonym)
        return Person(row.pseudonym, key)

    async def _ask(self, question: Callable[[Connection], KeyRow | None]) -> Person | None:
        def answer(connection: Connection) -> Person | None:
            row = question(connection)
            return None if row is None else self._opened(connection, row)

        try:
            return await self._thread.submit(answer)
        except CannotWrite as exc:
            raise CannotRead(str(exc)) from exc

    async def _leave_no_trace(self) -> None:
        try:
            async with asyncio.timeout(self._patience_s):
                await asyncio.to_thread(store.leave_no_trace, self._connector)
        except (DBAPIError, sqlite3.Error, TimeoutError) as exc:
            # The key is deleted; that its bytes go a little later, at the next erasure, undoes nothing.
            log.warning("people.traces_left", reason=word(exc))


async def watch(people: People, alarms: Alarms) -> None:
    """Let an alarm stand for as long as the key database cannot be used: nobody's coverage is asked then."""
    while True:
        if people.trouble:
            alarms.raise_(UNAVAILABLE, f"the key database cannot be used: {people.trouble}")
            await people.try_again()
        if not people.trouble:
            alarms.clear(UNAVAILABLE)
        await asyncio.sleep(LOOK_S)


async def finish_rotation_some_time(people: People) -> None:
    """Finish what a crash left of a rotation, tried again until it could be: nothing waits for it."""
    while True:
        try:
            await people.finish_rotation()
        except CannotWrite as exc:
            log.warning("people.rotation_waits", reason=str(exc))
            await asyncio.sleep(AGAIN_S)
        else:
            return
