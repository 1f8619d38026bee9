"""Open what a power cut left with plain `sqlite3`, and hold it against what the house had promised."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import DBAPIError

from contracts import Entry
from gateway.audit import evidence_store
from gateway.audit.chain import DamagedEnd
from gateway.audit.keys import SigningKeys
from gateway.audit.logbook import Logbook
from gateway.audit.notary import Notary
from gateway.capacity.store import declared_capacity
from gateway.db import Database
from gateway.db.engine import reading
from gateway.evidence.export import export, lines
from gateway.evidence.verify import INTACT, check, verify

from .recording import AUTHORITY, FILE
from .writes import ACT, hospital_of

_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True)
class Promised:
    """What was said before the power cut: writes done, checkpoints published, writes *refused* (ever)."""

    written: Set[int] = frozenset()
    published: Set[str] = frozenset()
    refused: Set[int] = frozenset()


class _Log(NamedTuple):
    """What an image's log says: its damage, and the *numbers* of the writes in it, in its order."""

    damage: str | None
    numbers: tuple[int, ...]


class Verdict(NamedTuple):
    """What is wrong with an image: how many promises are *lost*, what is *halved*, why it is *corrupt*."""

    lost: int = 0
    halved: str | None = None
    corrupt: str | None = None


@dataclass
class Judge:
    """Judges one image after the other in *folder*; *keys* is the folder of the house's signing keys."""

    folder: Path
    keys: Path
    url: str = field(init=False)

    def __post_init__(self) -> None:
        """Make the engine that all images are opened with: nothing is compiled twice."""
        self.url = f"sqlite:///{self.folder / FILE}"
        self._engine = reading(self.url, connections=1)
        self._read: dict[tuple[bytes, ...], _Log] = {}

        @event.listens_for(self._engine, "connect")
        def _on_connect(driver_connection: Any, _record: object) -> None:
            # Judging need not survive a power cut: the moving of the log on closing is not synced.
            driver_connection.execute("PRAGMA synchronous=OFF")

    def put(self, image: Mapping[str, bytes]) -> None:
        """Put the files of *image* in the folder, and nothing else."""
        for old in self.folder.iterdir():
            old.unlink()
        for name, content in image.items():
            (self.folder / name).write_bytes(content)

    def judge(self, promised: Promised) -> Verdict:
        """Judge the image that was put there; opening it changes it, as it would at the house."""
        try:
            with self._engine.connect() as connection:
                return self._judge(connection, promised)
        except DBAPIError as exc:
            return Verdict(corrupt=str(exc.orig))
        finally:
            self._engine.dispose()

    def go_on(self) -> str | None:
        """Start the house on the image, write once more, export: return what the verifier complains of."""
        place = self.folder / "export"
        place.mkdir()
        try:
            asyncio.run(self._go_on())
            export(self.url, place)
            report = check(place)
            return None if report.code == INTACT else str(report.damage or report.missing)
        finally:
            for file in place.iterdir():
                file.unlink()
            place.rmdir()

    async def _go_on(self) -> None:
        logbook = self._logbook()
        database = Database(self.url, logbook)
        await database.start()
        await database.record(Entry("power.returned", "done"))
        await database.maintain(logbook.sign)
        await database.close()

    def _judge(self, connection: Connection, promised: Promised) -> Verdict:
        found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if found != "ok":
            return Verdict(corrupt=f"integrity_check: {found}")
        log = self._log(tuple(lines(connection)))
        if log.damage is not None:
            return Verdict(corrupt=f"the log: {log.damage}")
        try:
            self._logbook().append(connection, ())
        except DamagedEnd as exc:
            return Verdict(corrupt=f"the log's end: {exc}")
        lost = len(promised.written - set(log.numbers)) + len(promised.published - _published(connection))
        return Verdict(lost, _half(connection, log.numbers) or _kept(promised.refused, log.numbers))

    def _log(self, exported: tuple[bytes, ...]) -> _Log:
        """Verify the *exported* lines; the very same lines are verified once."""
        if exported not in self._read:
            damage = verify(exported).damage
            self._read[exported] = _Log(str(damage), ()) if damage else _Log(None, tuple(_numbers(exported)))
        return self._read[exported]

    def _logbook(self) -> Logbook:
        return Logbook("gerbang-1", Notary(SigningKeys(self.keys), AUTHORITY))


def _numbers(exported: Iterable[bytes]) -> Iterator[int]:
    for line in exported:
        record = _decode(line)["record"]
        if record["act"] == ACT:
            yield record["detail"]["number"]


def _published(connection: Connection) -> set[str]:
    logs = evidence_store.logs(connection)
    return {note for row in logs for note in evidence_store.notes(connection, row.log)}


def _half(connection: Connection, numbers: Iterable[int]) -> str | None:
    """Name a row without its entry or an entry without its row: each hospital's row is its last write's."""
    due = {hospital_of(number): number for number in numbers}
    rows = {row.hospital: row.free for row in connection.execute(select(declared_capacity))}
    for name in sorted(due.keys() | rows.keys()):
        if due.get(name) != rows.get(name):
            return f"{name}: write {due.get(name)} is the log's last, write {rows.get(name)} the row's"
    return None


def _kept(refused: Set[int], numbers: Iterable[int]) -> str | None:
    """Name a write whose caller was told that nothing of it is kept."""
    kept = refused.intersection(numbers)
    return f"write {min(kept)} was refused and is there" if kept else None
