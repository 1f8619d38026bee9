"""What an exchange with the insurer means for the asker: anything but a clear answer is UNKNOWN."""

from datetime import UTC, date, datetime

import pytest

from contracts import Coverage, CoverageAnswer
from gateway.eligibility.check import from_exchange
from gateway.exchange.outcome import Outcome

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
BORN = date(1990, 3, 12)


@pytest.mark.parametrize(
    ("word", "reason", "told"),
    [
        ("late", "deadline", "deadline"),
        ("late", None, "late"),
        ("not_asked", "breaker_open", "breaker_open"),
        ("garbled", "html", "garbled:html"),
        ("no_answer", "empty_body", "no_answer:empty_body"),
        ("unreachable", "unreachable", "unreachable"),
        ("refused", "202", "refused:202"),
    ],
)
def test_a_failed_exchange_is_unknown_with_its_reason(word: str, reason: str | None, told: str) -> None:
    """The reason tells which partner's fault it was, in a stable code."""
    checked = from_exchange("bpjs", Outcome("bpjs", "check_eligibility", word, reason=reason), at=NOON)
    assert (Coverage.UNKNOWN, told) == (checked.answer.coverage, checked.reason)


def test_an_answer_that_contradicts_itself_says_why() -> None:
    """The adapter's doubt is the reason."""
    answer = CoverageAnswer(Coverage.UNKNOWN, doubt="status_mismatch")
    outcome = Outcome("bpjs", "check_eligibility", "answered", result=answer)
    assert from_exchange("bpjs", outcome, at=NOON).reason == "status_mismatch"


@pytest.mark.parametrize(
    ("known", "stated", "match"),
    [(BORN, BORN, True), (BORN, date(1990, 12, 3), False), (BORN, None, None), (None, BORN, None)],
)
def test_the_day_of_birth_is_answered_by_yes_or_no(
    known: date | None, stated: date | None, match: bool | None
) -> None:
    """It is never disclosed, and where either side is missing nothing is claimed."""
    answer = CoverageAnswer(Coverage.ACTIVE, birth_date=known)
    outcome = Outcome("bpjs", "check_eligibility", "answered", result=answer)
    assert match is from_exchange("bpjs", outcome, at=NOON).birth_date_match(stated)
