"""How an exchange ended, and who writes it down when it discloses personal data."""

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from contracts import PartnerError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """
    The end of one exchange: its *result*, or why there is none.

    *word* is `answered`, a PartnerError's word, `late` (the deadline came first) or `not_asked`: nothing
    was sent and no intent was written. *reason* is a stable code beside it: `no_system`, `standing`,
    `breaker_open`, `bulkhead_full`, `deadline`, `cancelled`, `cannot_record`, `defect`, or the error's
    own. *attempts* counts those begun; `late` with none means that the intent was written and nothing
    was sent. *elapsed_ms* covers everything since the question, waiting included.
    """

    partner: str
    operation: str
    word: str
    result: T | None = None
    reason: str | None = None
    attempts: int = 0
    elapsed_ms: int = 0
    error: PartnerError | None = None


class Witness(Protocol):
    """Writes down an exchange that discloses personal data: what was meant, and what came of it."""

    async def intent(self) -> None:
        """Commit the intent before anything leaves; if it raises, nothing is sent."""
        ...

    async def outcome(self, outcome: Outcome[Any]) -> None:
        """Record the outcome; follows every intent that was, or may have been, committed."""
        ...


class _NothingPersonal:
    """Says of an exchange: nothing about a person leaves, so its asker writes it down in its own way."""

    async def intent(self) -> None:
        """Nothing to commit."""

    async def outcome(self, outcome: Outcome[Any]) -> None:
        """Nothing to record."""


NOTHING_PERSONAL: Witness = _NothingPersonal()
