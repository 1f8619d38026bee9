"""
A new key to wrap all others, in steps; cut off after any of them, repeating `rewrap` and `retire` finishes.

`plan` notes the key, `switch` makes its file and lets it wrap, `rewrap` wraps some persons' keys anew,
`retire` marks what wraps nothing any more; only when that is committed may its file be deleted.

Why no row is ever left under a deleted key, whoever else is at it: everybody who wraps reads which key wraps
and commits the row in one transaction alone (`store.alone`), a key that has been replaced never wraps again,
and `retire` looks, alone too, at rows that are committed or fail together with it. Files are deleted only by
their id in this database: other houses' keys in the same folder are nobody's business here.
"""

import secrets

from sqlalchemy import Connection

from . import store
from .kek import Keks

CHUNK = 500

PLANNED, USED, RETIRED = "planned", "used", "retired"


def plan(connection: Connection) -> str:
    """Note a key to come and return its id: there is never a file that no row knows of."""
    store.alone(connection)
    kek = secrets.token_hex(4)
    store.note_kek(connection, kek, PLANNED)
    return kek


def switch(connection: Connection, keks: Keks, kek: str, *, was: str | None) -> bool:
    """
    Make the planned key and let it wrap from now on; say whether it does.

    Not when another one than *was* wraps meanwhile, or *kek* has been retired. Raises OSError.
    """
    store.alone(connection)
    if store.wrapping_key(connection) != was or store.keks(connection).get(kek) != PLANNED:
        return False
    keks.make(kek)
    store.note_kek(connection, kek, USED)
    store.note(connection, "kek", kek)
    return True


def rewrap(connection: Connection, keks: Keks) -> int:
    """Wrap up to CHUNK persons' keys anew; return how many. Raises WrongKeys, OSError."""
    store.alone(connection)
    kek = store.wrapping_key(connection) or ""
    rows = store.wrapped_otherwise(connection, kek, at_most=CHUNK)
    for row in rows:
        key = keks.unwrap(row.wrapped, kek=row.kek, pseudonym=row.pseudonym)
        wrapped = keks.wrap(key, kek=kek, pseudonym=row.pseudonym)
        store.rewrap(connection, row, kek=kek, wrapped=wrapped)
    return len(rows)


def retire(connection: Connection) -> list[str]:
    """
    Mark the keys that wrap nothing and never will; return all that were ever retired.

    All of them, so that one that a backup brings back into the folder goes again.
    """
    store.alone(connection)
    in_use = store.keks_in_use(connection) | {store.wrapping_key(connection)}
    idle = [kek for kek in store.keks(connection) if kek not in in_use]
    for kek in idle:
        store.note_kek(connection, kek, RETIRED)
    return idle
