"""BPBD's operations room: whether it has a system yet, whom it believes, what it has."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from .log import Log
from .officer import Officer, Script

NAME = "bpbd"
SECRET = "whsec_" + b64encode(sha256(b"demo-bpbd").digest()).decode()  # opens sample data only
AT_ONCE = ("ack", "nothing")
REPEATS = ("answer", "conflict")


@dataclass(slots=True)
class Habits:
    """
    How its system behaves: there is one (*has_system*), or nothing answers at that address yet.

    *at_once* is what the answer says, *repeats* the status of the answer to a message it has: 200 or 409.
    """

    has_system: bool = True
    at_once: str = "ack"
    repeats: str = "answer"


class Station:
    """Its state; *start* is its officer's script at first."""

    def __init__(self, *, now: Callable[[], datetime], after_s: float) -> None:
        self.start = Script(after_s=after_s, every_s=after_s)
        self.officer = Officer(now=now, script=self.start)
        self.renew()

    def renew(self) -> None:
        """Be as at the start: nothing received, nobody to tell."""
        self.officer.close()
        self.officer.script = self.start
        self.secrets: tuple[str, ...] = (SECRET,)
        self.habits = Habits()
        self.log = Log()
