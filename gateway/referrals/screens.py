"""
What was on the screen of whoever decides: remembered for half an hour, proven by a salted hash.

The hash stands in the decision's audit entry; salt and content are sealed beside it under the patient's key.
Without the salt, which is erased with the key, nobody can find out by trying what was on the screen.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST = 2_000
KEPT_S = 1800.0


@dataclass(frozen=True, slots=True)
class Screen:
    """One reading of a referral; *content* is its JSON as it was shown."""

    referral: str
    version: int
    content: str
    salt: str
    shown_at: float

    @property
    def hash(self) -> str:
        """SHA-256 over salt, a line feed and content, in hexadecimal."""
        return hashlib.sha256(f"{self.salt}\n{self.content}".encode()).hexdigest()


class Screens:
    """The screens of the last half hour, at most *most*."""

    def __init__(self, *, most: int = MOST, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._monotonic = monotonic
        self._shown: OrderedDict[str, Screen] = OrderedDict()

    def show(self, referral: str, version: int, content: str) -> str:
        """Remember what is being shown and return its hash."""
        screen = Screen(referral, version, content, secrets.token_hex(16), self._monotonic())
        self._shown[screen.hash] = screen
        self._forget_old()
        return screen.hash

    def get(self, screen_hash: str, *, referral: str) -> Screen | None:
        """Return the screen with that hash if it showed this referral in the last half hour."""
        screen = self._shown.get(screen_hash)
        if screen is None or screen.referral != referral:
            return None
        return screen if self._monotonic() - screen.shown_at < KEPT_S else None

    def _forget_old(self) -> None:
        """Keep no patient in memory for longer than a decision may refer to the screen."""
        too_old = self._monotonic() - KEPT_S
        while self._shown:
            oldest = next(iter(self._shown.values()))
            if len(self._shown) <= self._most and oldest.shown_at > too_old:
                return
            self._shown.popitem(last=False)

    def clear(self) -> None:
        """Forget everything: somebody was erased, and may have been on one of them."""
        self._shown.clear()
