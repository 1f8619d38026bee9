"""Entries to seal, and exports to damage."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.audit import Actor, Entry
from gateway.audit import store
from gateway.audit.chain import START, seal
from gateway.audit.keys import SigningKeys
from gateway.audit.logbook import Logbook
from gateway.audit.notary import Notary
from gateway.evidence.export import line

AUTHORITY = "test.gerbang.example"
BEGAN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DISPATCH = Actor(id="key-dispatch", role="dispatcher")


def entry(number: int, **fields: object) -> Entry:
    """Make the *number*-th entry of a busy night."""
    given = {
        "act": "capacity.asked",
        "outcome": "answered",
        "actor": DISPATCH,
        "purpose": "dispatch",
        "object_type": "capacity",
        "object_id": "icu",
        "request": f"{number:032x}",
        "elapsed_ms": number % 2000,
        "detail": {"need": "icu", "answered": 14, "late": 2, "note": "rumah sakit é"},
        "at": BEGAN + timedelta(milliseconds=7 * number),
        "key": f"{number:032x}",
    }
    return Entry(**{**given, **fields})  # type: ignore[arg-type]  # any field may be given


def rows(count: int, *, log: str = "gerbang-1") -> list[store.Row]:
    """Seal *count* entries as one process writes them."""
    sealed, _ = seal([entry(n) for n in range(1, count + 1)], log=log, tip=START, mono=5, first=True)
    return sealed


def house_log(folder: Path, *, replica: str = "gerbang-1", every: int = 1000, **clocks: Any) -> Logbook:
    """Return the logbook of a house whose signing keys lie in *folder*."""
    return Logbook(replica, Notary(SigningKeys(folder / "secrets"), AUTHORITY, every=every), **clocks)


def lines_of(sealed: Sequence[store.Row]) -> list[bytes]:
    """Export rows without a database."""
    return [line(row.log, row.seq, row.leaf, row.record) for row in sealed]


def export_of(count: int, *, log: str = "gerbang-1") -> list[bytes]:
    """Return the exported lines of *count* entries."""
    return lines_of(rows(count, log=log))
