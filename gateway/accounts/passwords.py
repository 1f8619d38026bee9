"""
Passwords: argon2id, 19 MiB, t=2, p=1 (OWASP Password Storage Cheat Sheet, read 2026-11): 41 ms each here.

Two threads hash at most, so that a flood of guesses takes 40 MiB and one and a half cores, not the house.
"""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.problems import Problem

R = TypeVar("R")

AT_ONCE = 2
WAITING = 40  # some two seconds of hashing; whoever comes then is asked to come again
LEAST, MOST = 12, 128  # characters
FEWEST_LETTERS = 6  # different ones, beside the commonest passwords

_ONE_TIME_LETTERS = "abcdefghijkmnpqrstuvwxyz"
# The commonest anywhere and here; a password made of little else is refused, whatever is put after it.
COMMONEST = frozenset(
    "password passw0rd qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm 1q2w3e4r 1qaz2wsx 123456"
    " 1234567890 0987654321 654321 111111 000000 123123 112233 121212 696969 letmein welcome admin"
    " administrator login master dragon monkey football baseball superman batman iloveyou princess"
    " sunshine shadow trustno1 starwars whatever freedom secret access michael jennifer jordan hunter"
    " charlie ashley michelle jessica thomas daniel hello computer internet samsung google killer pepper"
    " soccer hockey ranger buster summer winter autumn spring flower cheese chocolate cookie mustang"
    " ferrari harley yankees changeme default system server guest root test sayang rahasia indonesia"
    " bismillah jakarta jambi katasandi sandi kucing bidadari cantik ganteng garuda merdeka pancasila"
    " ambulans ambulance rumahsakit hospital gerbang psc119 uptd darurat emergency rujukan".split()
)


class Passwords:
    """Hashes and checks in threads of its own."""

    def __init__(self) -> None:
        """Start nothing yet; the threads come with the first question."""
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0
        # Somebody without an account is checked against this one, and waits as long as everybody.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        """Return argon2id's text of *password*. Raises Problem `too-many`."""
        return await self._in_thread(lambda: self._hasher.hash(_plain(password)))

    async def verify(self, kept: str | None, password: str) -> bool:
        """Say whether *password* is the one of that hash; None takes as long and is False."""
        right = await self._in_thread(lambda: self._is(kept or self._nobody, password))
        return right and kept is not None

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _is(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _plain(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], R]) -> R:
        if self._waiting >= WAITING:
            raise Problem("too-many")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def weakness(password: str, *, login: str, display_name: str) -> str | None:
    """
    Return why *password* is not taken: too_short, too_long, names_you, too_common; None if it is.

    Length, not signs of every kind, makes a password hard to guess (NIST SP 800-63B-4 section 3.1.1.2).
    """
    text = _plain(password).casefold()
    if not LEAST <= len(text) <= MOST:
        return "too_short" if len(text) < LEAST else "too_long"
    names = [word for word in (login, *display_name.split()) if len(word) >= 4]
    if any(word.casefold() in text for word in names):
        return "names_you"
    return "too_common" if _left_over(text) < FEWEST_LETTERS else None


def one_time() -> str:
    """Return a password to hand over once: four groups of five letters, 91 bits."""
    groups = ("".join(secrets.choice(_ONE_TIME_LETTERS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def _left_over(text: str) -> int:
    """Return how many different letters, digits and signs remain beside the commonest passwords."""
    for word in sorted(COMMONEST, key=len, reverse=True):
        text = text.replace(word, "")
    return len(set(text))


def _plain(password: str) -> str:
    """Return one spelling of what two keyboards may write differently (NFKC)."""
    return unicodedata.normalize("NFKC", password)
