"""
Copying the log out: a folder that an inspectorate checks offline, with one command and nothing of ours.

    entries-0001.jsonl ...   every entry, log by log, in order; a line each
    checkpoints.txt          every signed tree head, an empty line behind each
    policy.txt               the keys as this house states them: check with the policy you were given before
    verify.py                the program that checks them; better use your own copy
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import msgspec
from sqlalchemy import Connection, make_url

from gateway.audit import evidence_store, store
from gateway.db.engine import reading

from . import verify

LINES_A_FILE = 100_000
_AT_ONCE = 1000
_as_json = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Exported:
    """How much was written."""

    entries: int
    checkpoints: int


def export(url: str, folder: Path) -> Exported:
    """
    Write the log of the database at *url*, opened for reading only, into the empty *folder*.

    Raises FileNotFoundError where SQLite would make an empty file, OSError, and SQLAlchemy's errors.
    """
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and not Path(str(parts.database)).exists():
        raise FileNotFoundError(str(parts.database))
    reader = reading(url, connections=1, statement_ms=0)
    try:
        with reader.connect() as connection:
            return _write(connection, folder)
    finally:
        reader.dispose()


def _write(connection: Connection, folder: Path) -> Exported:
    # Checkpoints first: each later statement may see more entries, and never fewer than were signed.
    checkpoints = _write_lines(folder / "checkpoints.txt", checkpoint_lines(connection))
    _write_lines(folder / "policy.txt", policy_lines(connection))
    shutil.copyfile(verify.__file__, folder / "verify.py")
    return Exported(_write_entries(folder, lines(connection)), checkpoints)


def _write_entries(folder: Path, texts: Iterator[bytes]) -> int:
    written = 0
    for number, first in enumerate(texts, 1):
        file = folder / f"entries-{number:04}.jsonl"
        written += _write_lines(file, chain([first], islice(texts, LINES_A_FILE - 1)))
    return written


def _write_lines(file: Path, texts: Iterable[bytes]) -> int:
    count = 0
    with file.open("wb") as out:
        for text in texts:
            out.write(text)
            count += 1
    return count


def line(log: str, seq: int, leaf: str, record: str) -> bytes:
    """Return one entry as `{"leaf":...,"log":...,"record":{...},"seq":...}`, the record's text untouched."""
    # Put together by hand: the text is the evidence, and a damaged one must come out as it is.
    parts = _as_json(leaf), _as_json(log), record.encode("utf-8", "surrogateescape"), seq
    return b'{"leaf":%s,"log":%s,"record":%s,"seq":%d}\n' % parts


def lines(connection: Connection) -> Iterator[bytes]:
    """Yield every entry's line, log by log, each in its order."""
    return (line(*entry) for entry in records(connection))


def records(connection: Connection) -> Iterator[tuple[str, int, str, str]]:
    """Yield (log, seq, leaf, record) of every entry, log by log, each in its order."""
    known = [row.log for row in evidence_store.logs(connection)]
    # A log that nothing tells of is copied too: what is there is what is judged.
    for log in [*known, *sorted(store.log_names(connection) - set(known))]:
        for seq, leaf, record in store.entries(connection, log):
            yield log, seq, leaf, record


def checkpoint_lines(connection: Connection) -> Iterator[bytes]:
    """Yield every note, as ordered as the entries, with an empty line behind it."""
    for row in evidence_store.logs(connection):
        for note in evidence_store.notes(connection, row.log):
            yield f"{note}\n".encode()


def policy_lines(connection: Connection) -> Iterator[bytes]:
    """Yield the C2SP `tlog-policy` that this house states of itself: every key that ever signed."""
    yield b"# The keys of this log, as its own house states them. No witness cosigns.\n"
    for row in evidence_store.logs(connection):
        for since, vkey in evidence_store.keys(connection, row.log):
            yield f"# {row.log} from size {since}\nlog {vkey}\n".encode()
    yield b"quorum none\n"
