"""Which failures are the database's own, and which belong to the one who asked."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, PendingRollbackError


class CannotWrite(Exception):
    """
    The database is locked, full, broken or overrun.

    Nothing of this was committed, unless *may_have_happened*: then nobody was told.
    """

    def __init__(self, reason: str = "", *, may_have_happened: bool = False) -> None:
        """Take the *reason* for the log."""
        super().__init__(reason)
        self.may_have_happened = may_have_happened


class CannotRead(Exception):
    """The database cannot be read now."""


# Primary result codes of SQLite (sqlite.org/rescode.html, read 2026-11-23) that no rerun cures at once.
_SQLITE_SICK = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
# SQLSTATE classes (PostgreSQL 15, appendix A): connection, resources, operator, system, files, internal.
_POSTGRES_SICK_CLASSES = frozenset({"08", "53", "57", "58", "F0", "XX"})
_READ_ONLY, _LOCK_TIMEOUT, _IDLE_TIMEOUT = "25006", "55P03", "25P03"
_POSTGRES_SICK = frozenset({_READ_ONLY, _LOCK_TIMEOUT, _IDLE_TIMEOUT})
_POSTGRES_COLLIDED = frozenset({"40001", "40P01"})


def is_sick(exc: BaseException) -> bool:
    """Say whether *exc* means that the database itself cannot serve."""
    if isinstance(exc, CannotWrite | PendingRollbackError):
        return True
    if not isinstance(exc, DBAPIError):
        return False
    if exc.connection_invalidated:
        return True
    if isinstance(exc.orig, psycopg.Error):
        return _postgres_is_sick(exc.orig)
    if isinstance(exc.orig, sqlite3.Error):
        return (getattr(exc.orig, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_SICK
    return False


def _postgres_is_sick(exc: psycopg.Error) -> bool:
    if exc.sqlstate is None:
        # The library's own complaint: without a word from the server it is the connection that failed.
        return isinstance(exc, psycopg.OperationalError)
    return exc.sqlstate in _POSTGRES_SICK or exc.sqlstate[:2] in _POSTGRES_SICK_CLASSES


def has_collided(exc: BaseException) -> bool:
    """Say whether *exc* is a deadlock or a serialization failure: a rerun may cure it."""
    return isinstance(exc, DBAPIError) and getattr(exc.orig, "sqlstate", None) in _POSTGRES_COLLIDED


def word(exc: BaseException) -> str:
    """Name the failure in one line, without the statement's parameters."""
    original = exc.orig if isinstance(exc, DBAPIError) else exc
    return f"{type(original).__name__}: {original}".partition("\n")[0]
