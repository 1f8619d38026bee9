"""What lies with each partner: counted by the room that keeps it, shown on the partners page."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Burden:
    """
    How many notifications of one partner wait for something.

    *held*: it is not connected and knows nothing of them. *waiting*: on their way. *alarmed*: a person is to
    look at them, and *dead* are those among them that its system refuses for good.
    """

    held: int = 0
    waiting: int = 0
    dead: int = 0
    alarmed: int = 0


CountsBurdens = Callable[[], Awaitable[Mapping[str, Burden]]]
"""Counts for every partner that has any. Raises CannotRead."""
