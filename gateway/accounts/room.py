"""What the room of accounts works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from contracts import Entry
from gateway.db import Database

from .account import now_us
from .passkeys import Place
from .passwords import Passwords
from .seal import Seal
from .throttle import Throttle


class NotesRefusals(Protocol):
    """Where refused entries go: a flood of them is counted, not written one by one."""

    async def note(self, entry: Entry, *, source: str) -> None:
        """Record *entry* of somebody from the neighbourhood *source*, or count it."""
        ...


@dataclass(frozen=True, slots=True)
class AccountRoom:
    """
    `app.state.accounts` is where routes and pages find it.

    *origins* are the addresses the console is reached at, the public one first; passkeys belong to them.
    """

    environment: str
    database: Database
    record: Callable[..., Awaitable[object]]
    refusals: NotesRefusals
    seal: Seal
    passwords: Passwords
    origins: tuple[str, ...] = ()
    throttle: Throttle = field(default_factory=Throttle)
    now_us: Callable[[], int] = now_us
    known_partner: Callable[[str], bool] = frozenset[str]().__contains__  # nobody's duty officer

    def place(self, origin: str) -> Place | None:
        """Return the place a browser at *origin* stands at, None where passkeys cannot be."""
        place = Place(origin)
        return place if origin in self.origins and place.host is not None else None

    def close(self) -> None:
        """End the threads that hash."""
        self.passwords.close()
