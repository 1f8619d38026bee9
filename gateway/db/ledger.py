"""What the writer needs of the audit log; `gateway/audit/logbook.py` is it."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from contracts.audit import Entry


class Ledger(Protocol):
    """An append-only log that is written inside somebody else's transaction, by one thread."""

    def append(self, connection: Connection, entries: Sequence[Entry]) -> object:
        """
        Add *entries*, all or none, inside the open transaction; none at all still finds the log's end.

        When it raises, the ledger stands where it stood before.
        """
        ...

    def missing(self, connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
        """Return those of *entries* whose key the log does not hold yet, each key once."""
        ...

    def committed(self) -> None:
        """Learn that what was appended is on disk."""
        ...

    def rolled_back(self) -> None:
        """Learn that what was appended since the last commit is gone, or that nobody knows."""
        ...
