"""Whether a partner answers, as far as the last exchanges tell; said once when down, once when back."""

from collections.abc import Callable
from datetime import UTC, datetime

import structlog

log = structlog.get_logger()


class Presence:
    """The last contacts with one partner; *since* is when it began to answer, or to fail."""

    def __init__(self, partner: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._partner = partner
        self._now = now
        self.last_answered_at: datetime | None = None
        self.last_failed_at: datetime | None = None
        self.last_word: str | None = None
        self.since: datetime | None = None
        self._answers: bool | None = None

    def answered(self, word: str = "answered") -> None:
        """Note an exchange the partner had an answer to, be it a no."""
        self.last_answered_at = self._now()
        self._turn(answers=True, word=word, at=self.last_answered_at)

    def failed(self, word: str) -> None:
        """Note an exchange that ended in *word*."""
        self.last_failed_at = self._now()
        self._turn(answers=False, word=word, at=self.last_failed_at)

    def _turn(self, *, answers: bool, word: str, at: datetime) -> None:
        self.last_word = word
        if answers is self._answers:
            return
        first_ever = self._answers is None
        self._answers, self.since = answers, at
        if not answers:
            log.warning("partner.silent", partner=self._partner, outcome=word)
        elif not first_ever:
            log.info("partner.back", partner=self._partner)
