"""What a kind of partner promises beyond its port; `gerbang partners check` tries it on the real endpoint."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


class NotKept(Exception):
    """The endpoint did not do as promised; the message says what it did instead, free of personal data."""


@dataclass(frozen=True, slots=True)
class Trial:
    """
    One promise: *name* is stable (`signature.missing`), *words* say it to a person.

    *run* makes one attempt, with sample data marked as a drill only, and returns what is worth saying of it.
    It raises NotKept, or the PartnerError that came instead of what was promised.
    """

    name: str
    words: str
    run: Callable[[], Awaitable[str | None]]


@runtime_checkable
class OffersTrials(Protocol):
    """An adapter's object that has promises of its own to try out."""

    def conformance(self) -> Sequence[Trial]:
        """Return them, in the order in which they are to be tried."""
        ...
