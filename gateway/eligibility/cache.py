"""Coverage answers of the last minutes, in memory only, under keys that name nobody."""

import hashlib
import secrets
from collections import OrderedDict
from datetime import datetime, timedelta

from contracts import CoverageQuestion

from .check import Checked

MOST = 10_000


class CoverageCache:
    """Remembers clear answers for *keep_s* seconds; UNKNOWN is asked again every time."""

    def __init__(self, *, keep_s: float) -> None:
        self._keep = timedelta(seconds=keep_s)
        self._answers: OrderedDict[bytes, Checked] = OrderedDict()
        self._salt = secrets.token_bytes(32)
        self.generation = 0  # counts what was forgotten: an answer asked for before is not put in after

    def get(self, question: CoverageQuestion, *, at: datetime) -> Checked | None:
        """Return the remembered answer unless it has grown too old."""
        key = self._key(question)
        found = self._answers.get(key)
        if found is None or at - found.checked_at < self._keep:
            return found
        del self._answers[key]
        return None

    def put(self, question: CoverageQuestion, checked: Checked, *, generation: int) -> None:
        """Remember what the insurer answered to a question of that *generation*; the oldest makes room."""
        if generation != self.generation:
            return
        key = self._key(question)
        self._answers[key] = checked
        self._answers.move_to_end(key)
        if len(self._answers) > MOST:
            self._answers.popitem(last=False)

    def clear(self) -> None:
        """Forget every answer: somebody was erased, and no key here says who."""
        self.generation += 1
        self._answers.clear()

    def _key(self, question: CoverageQuestion) -> bytes:
        number = question.nik or question.nokartu
        assert number is not None  # noqa: S101  CoverageQuestion holds exactly one
        named = f"{type(number).__name__}|{number.reveal()}|{question.service_date}"
        return hashlib.blake2b(named.encode(), key=self._salt, digest_size=16).digest()
