"""SQLite through `apsw`, in the shape of the standard library's `sqlite3` that SQLAlchemy knows."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import apsw

_KINDS: tuple[tuple[type[Exception], type[sqlite3.Error]], ...] = (
    (apsw.ConstraintError, sqlite3.IntegrityError),
    (apsw.MismatchError, sqlite3.IntegrityError),
    (apsw.BindingsError, sqlite3.ProgrammingError),
    (apsw.MisuseError, sqlite3.ProgrammingError),
    (apsw.CorruptError, sqlite3.DatabaseError),
    (apsw.NotADBError, sqlite3.DatabaseError),
    (apsw.Error, sqlite3.OperationalError),
)


@contextmanager
def _as_sqlite3() -> Iterator[None]:
    """Turn what `apsw` raises into what `sqlite3` does, with SQLite's own code."""
    try:
        yield
    except (apsw.ConnectionClosedError, apsw.CursorClosedError) as exc:
        raise sqlite3.ProgrammingError("Cannot operate on a closed database.") from exc
    except apsw.Error as exc:
        kind = next(theirs for ours, theirs in _KINDS if isinstance(exc, ours))
        failure = kind(str(exc))
        failure.sqlite_errorcode = getattr(exc, "extendedresult", getattr(exc, "result", 0))
        raise failure from exc


class Cursor:
    """One statement's rows, all fetched when it is executed."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        """Take the open *connection*."""
        self.connection = connection
        self.description: list[tuple[Any, ...]] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._rows: list[tuple[Any, ...]] = []

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> "Cursor":
        """Execute one statement. Raises as sqlite3."""
        self.description, self.rowcount = None, -1
        driver = self.connection.driver
        with _as_sqlite3():
            cursor = driver.cursor()
            cursor.exec_trace = self._described
            self._rows = list(cursor.execute(self.connection.planted(statement), tuple(parameters)))
            if self.description is None:
                self.rowcount, self.lastrowid = driver.changes(), driver.last_insert_rowid()
        return self

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> "Cursor":
        """Execute one statement for each of *rows*."""
        changed = 0
        for row in rows:
            changed += self.execute(statement, row).rowcount
        self.rowcount = changed
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Return the next rows."""
        count = size or self.arraysize
        rows, self._rows = self._rows[:count], self._rows[count:]
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    def close(self) -> None:
        """Forget the rows."""
        self._rows = []

    def _described(self, cursor: apsw.Cursor, statement: str, parameters: object) -> bool:
        del statement, parameters
        columns = cursor.get_description()
        self.description = [(name, *[None] * 6) for name, _ in columns] or None
        return True


class Connection:
    """
    A connection over the file system *vfs*; *plant* puts other statements in the place of some.

    `isolation_level` is None as the house sets it: nothing is begun but by a statement.
    """

    isolation_level: str | None = None

    def __init__(self, path: str, *, vfs: str, plant: Mapping[str, str]) -> None:
        """Open or create the database at *path*."""
        self._plant = plant
        with _as_sqlite3():
            self.driver = apsw.Connection(path, vfs=vfs)

    def planted(self, statement: str) -> str:
        """Return what is executed for *statement*: itself, unless a fault was planted in its place."""
        return self._plant.get(statement, statement)

    def cursor(self) -> Cursor:
        """Return a cursor."""
        return Cursor(self)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Execute one statement in a cursor of its own."""
        return self.cursor().execute(statement, parameters)

    def commit(self) -> None:
        """Commit what is open."""
        if self._in_transaction():
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo what is open."""
        if self._in_transaction():
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Close; the last one of a file moves its log into it."""
        with _as_sqlite3():
            self.driver.close()

    def create_function(
        self, name: str, narg: int, function: Callable[..., Any], *, deterministic: bool = False
    ) -> None:
        """Give SQL a function."""
        with _as_sqlite3():
            self.driver.create_scalar_function(name, function, narg, deterministic=deterministic)

    def _in_transaction(self) -> bool:
        with _as_sqlite3():
            return self.driver.in_transaction
