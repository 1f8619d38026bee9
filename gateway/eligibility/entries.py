"""
The declared set of an eligibility check: an exchange leaves `eligibility.asked` (intent) and
`eligibility.answered` (outcome); an answer without an exchange leaves `eligibility.answered` alone.
"""

from contracts import CoverageAnswer, Entry
from gateway.exchange.outcome import Outcome

from .check import Check, Checked

# The house tests hold it against a running gateway.
DECLARED_SET = {
    "exchange": ("eligibility.asked", "eligibility.answered"),
    "failed exchange": ("eligibility.asked", "eligibility.answered"),
    "answer from the cache": ("eligibility.answered",),
    "breaker open": ("eligibility.answered",),
}


def intent(asked: Check, insurer: str, *, subject: str) -> Entry:
    """Return the entry committed before the number leaves the house; *subject* is the person's pseudonym."""
    return Entry(
        act="eligibility.asked",
        outcome="intended",
        actor=asked.by.actor,
        purpose=asked.purpose,
        subject=subject,
        partner=insurer,
        request=asked.request,
    )


def answered(
    asked: Check,
    checked: Checked,
    outcome: Outcome[CoverageAnswer] | None = None,
    *,
    subject: str | None,
) -> Entry:
    """Return the entry of what was answered, with the exchange behind it if there was one."""
    return Entry(
        act="eligibility.answered",
        outcome=str(checked.answer.coverage),
        actor=asked.by.actor,
        purpose=asked.purpose,
        subject=subject,
        partner=checked.origin,
        code=checked.reason,
        request=asked.request,
        elapsed_ms=outcome.elapsed_ms if outcome else None,
        detail={
            "mode": checked.mode,
            "service_date": asked.question.service_date.isoformat(),
            "number": "nik" if asked.question.nik else "nokartu",
            **({"attempts": outcome.attempts} if outcome else {}),
        },
    )
