"""One agency: whom it believes, what it has, who is on duty."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .duty import Duty, Script
from .ledger import Ledger
from .table import AGENCIES, AgencyRow

HANDSHAKES = ("grant", "refuse", "unknown")
REPEATS = ("answer", "conflict")
AT_ONCE = ("received", "integrated", "nothing")


@dataclass(slots=True)
class Habits:
    """
    How its system behaves.

    *handshake* is the answer to OPTIONS, *repeats* the one to a message it has (202 again, or 409), *at_once*
    what a machine says in the answer itself.
    """

    handshake: str = "grant"
    repeats: str = "answer"
    at_once: str = "received"


class Agency:
    """Its state; *secrets* are those it takes signatures of, *start* is its officer's script at first."""

    def __init__(self, row: AgencyRow, *, now: Callable[[], datetime], start: Script) -> None:
        self.row = row
        self.start = start
        self.duty = Duty(row, now=now, script=start)
        self.renew()

    def renew(self) -> None:
        """Be as at the start: nothing received, nobody to tell."""
        self.duty.close()
        self.duty.script = self.start
        self.secrets: tuple[str, ...] = (self.row.secret,)
        self.habits = Habits()
        self.ledger = Ledger()


def build_agencies(*, now: Callable[[], datetime], after_s: float) -> dict[str, Agency]:
    """Return all of them; their officers do something each *after_s* seconds."""
    start = Script(after_s=after_s, every_s=after_s)
    return {row.id: Agency(row, now=now, start=start) for row in AGENCIES}
