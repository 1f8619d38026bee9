"""Copying the log out, line by line, for `verify.py` and whoever audits us."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from sqlalchemy import Connection, make_url

from gateway.db.engine import reading

from .store import pages

_as_json = msgspec.json.Encoder().encode


def line(log: str, seq: int, leaf: str, record: str) -> bytes:
    """Return one entry as `{"leaf":...,"log":...,"record":{...},"seq":...}`, the record's text untouched."""
    # Put together by hand: the text is the evidence, and a damaged one must come out as it is.
    parts = _as_json(leaf), _as_json(log), record.encode("utf-8", "surrogateescape"), seq
    return b'{"leaf":%s,"log":%s,"record":%s,"seq":%d}\n' % parts


def lines(connection: Connection) -> Iterator[bytes]:
    """Yield every entry's line, log by log, each in its order."""
    for page in pages(connection):
        for log, seq, leaf, record in page:
            yield line(log, seq, leaf, record)


def export(url: str, out: BinaryIO) -> int:
    """
    Write every entry of the database at *url*, opened for reading only, to *out*; return how many.

    Raises FileNotFoundError where SQLite would make an empty file, and SQLAlchemy's errors.
    """
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and not Path(str(parts.database)).exists():
        raise FileNotFoundError(str(parts.database))
    reader = reading(url, connections=1)
    written = 0
    try:
        with reader.connect() as connection:
            for text in lines(connection):
                out.write(text)
                written += 1
    finally:
        reader.dispose()
    return written
