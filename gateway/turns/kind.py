"""What is carried out: kinds of rows that come due, each at a turn, some of them in groups with a limit."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from sqlalchemy import Connection


class Due(NamedTuple):
    """A row that is due, the turn it is at, and the *group* it shares a limit with: its partner, say."""

    row: str
    turn: int
    group: str = ""


class Kind(Protocol):
    """One kind of row with `due_at` and `turn`."""

    @property
    def name(self) -> str:
        """A stable name for metrics, logs and the queue; no slash in it."""
        ...

    def due(self, connection: Connection, at_us: int, limit: int) -> Sequence[Due | tuple[str, int]]:
        """Return at most *limit* rows due at that time (microseconds since the epoch), the first first."""
        ...

    async def carry(self, row: str, turn: int) -> None:
        """Make one attempt. Raises CannotRead, CannotWrite: the row stays due."""
        ...


class Limits(Protocol):
    """A kind that bounds how many turns of one group are under way at once, over all processes."""

    def limit(self, group: str) -> int | None:
        """Return how many, at least one; None where anybody may come."""
        ...


def limit_of(kind: Kind, group: str) -> int | None:
    """Return how many turns of that *kind* and *group* may be under way at once, None without a bound."""
    # `isinstance` with a protocol costs ten times that.
    limit: Callable[[str], int | None] | None = getattr(kind, "limit", None)
    return limit(group) if limit else None
