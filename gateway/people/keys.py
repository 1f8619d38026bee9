"""Opening the key database: it must be this house's, and each key that wraps anything in it must be there."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, make_url

from gateway.db import engine

from . import rotation, store
from .index import KEY_BYTES, KEY_NAME, BlindIndex
from .kek import Keks
from .secret_files import WrongKeys

__all__ = ["PersonKeys", "WrongKeys", "open_keys"]

INDEX_MARK, DATABASE_MARK = "subject_key", "key_database"


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """Where persons' keys lie, and what finds and opens them."""

    url: str
    index: BlindIndex
    keks: Keks

    @classmethod
    def of_nobody(cls) -> "PersonKeys":
        """Return keys that open nothing: for an application that is described and never started."""
        return cls("sqlite://", BlindIndex(bytes(KEY_BYTES)), Keks(Path()))


def open_keys(
    url: str,
    secrets_dir: Path,
    *,
    noted: Callable[[str], str | None],
    note_once: Callable[[str, str], str],
) -> PersonKeys:
    """
    Open the key database at *url*, or create it with its keys in a new house.

    *noted* and *note_once* are the main database's memory of what belongs to it; a house that is not new is
    only read. Raises WrongKeys naming what to restore, OSError, and SQLAlchemy's errors.
    """
    marked = noted(INDEX_MARK)
    index = BlindIndex.open(secrets_dir, may_create=marked is None)
    if index.mark != (marked or note_once(INDEX_MARK, index.mark)):
        raise WrongKeys(f"{secrets_dir / KEY_NAME} is not this database's key: restore the right one")
    keys = PersonKeys(url, index, Keks(secrets_dir))
    known = noted(DATABASE_MARK)
    if known is None:
        _found(keys)
    mark = _checked(keys)
    if mark is None or mark != (known or note_once(DATABASE_MARK, mark)):
        raise WrongKeys(_not_its(url))
    return keys


def _found(keys: PersonKeys) -> None:
    """Make the tables and the first wrapping key, as far as they are not there."""
    connector = store.connector(keys.url)
    try:
        with connector.begin() as connection:
            store.alone(connection)
            store.create(connection)
            if store.noted(connection, "id") is None:
                store.note(connection, "id", secrets.token_hex(8))
                store.note(connection, INDEX_MARK, keys.index.mark)
            first = None if store.wrapping_key(connection) else rotation.plan(connection)
        if first is not None:
            with connector.begin() as connection:
                rotation.switch(connection, keys.keks, first, was=None)
    finally:
        connector.dispose()


def _checked(keys: PersonKeys) -> str | None:
    """Return the id of the key database, None when there is none. Raises WrongKeys."""
    address = make_url(keys.url)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
        return None  # to look would make one
    reader = engine.reading(keys.url, connections=1)
    try:
        with reader.connect() as connection:
            if not store.is_made(connection):
                return None
            if store.noted(connection, INDEX_MARK) != keys.index.mark:
                raise WrongKeys(f"{KEY_NAME} is not the key database's: restore the right one")
            _try_all(connection, keys.keks)
            return store.noted(connection, "id")
    finally:
        reader.dispose()


def _try_all(connection: Connection, keks: Keks) -> None:
    """Open a person's key with each key that wraps any, and wrap one that nobody keeps. Raises WrongKeys."""
    for row in store.one_of_each(connection):
        keks.unwrap(row.wrapped, kek=row.kek, pseudonym=row.pseudonym)
    keks.wrap(bytes(32), kek=store.wrapping_key(connection) or "", pseudonym="")


def _not_its(url: str) -> str:
    where = make_url(url).database or "the key database"
    return f"{where} is not this house's key database: restore the right one, or name it in GERBANG_KEYS_URL"
