"""An eligibility check as the room sees it: who asks about whom and why, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts import Coverage, CoverageAnswer, CoverageQuestion, Nik, Nokartu
from gateway.access.guard import Principal
from gateway.exchange.outcome import Outcome

NOBODY_KNOWS = CoverageAnswer(Coverage.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Check:
    """The question as it was asked: what, by whom, why; *birth_date* is what the caller stated."""

    question: CoverageQuestion
    purpose: str
    by: Principal
    request: str
    birth_date: date | None = None

    @property
    def number(self) -> Nik | Nokartu:
        """The one number asked about."""
        number = self.question.nik or self.question.nokartu
        assert number is not None  # noqa: S101  CoverageQuestion holds exactly one
        return number


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to a check; *reason* tells why it is UNKNOWN, *mode* is live or cached."""

    answer: CoverageAnswer
    checked_at: datetime
    origin: str | None
    mode: str
    reason: str | None = None

    def birth_date_match(self, stated: date | None) -> bool | None:
        """Say whether the stated day of birth is the insurer's; None where either is missing."""
        if stated is None or self.answer.birth_date is None:
            return None
        return stated == self.answer.birth_date


def from_exchange(insurer: str, outcome: Outcome[CoverageAnswer], *, at: datetime) -> Checked:
    """Return what an exchange with the insurer means: anything but a clear answer is UNKNOWN."""
    if outcome.result is not None:
        return Checked(outcome.result, at, insurer, "live", outcome.result.doubt)
    return Checked(NOBODY_KNOWS, at, insurer, "live", _reason(outcome))


def _reason(outcome: Outcome[CoverageAnswer]) -> str:
    if outcome.reason is None or outcome.reason == outcome.word:
        return outcome.word
    return outcome.reason if outcome.word in ("late", "not_asked") else f"{outcome.word}:{outcome.reason}"
