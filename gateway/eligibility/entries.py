"""
The declared set of an eligibility check: an exchange leaves `eligibility.asked` (intent) and
`eligibility.answered` (outcome); an answer without an exchange leaves `eligibility.answered` alone.
"""

from contracts import Coverage, CoverageAnswer, Entry
from contracts.audit import Scalar
from gateway.access.roles import Role
from gateway.exchange.outcome import Outcome
from gateway.people import Person, about

from .check import Check, Checked

# What an approver sees besides, in the insurer's own words (`answers.EligibilityForApproval`).
FOR_APPROVAL = ("status_text", "segment", "kelas", "fktp", "cob", "social_note")

# The house tests hold it against a running gateway.
DECLARED_SET = {
    "exchange": ("eligibility.asked", "eligibility.answered"),
    "failed exchange": ("eligibility.asked", "eligibility.answered"),
    "answer from the cache": ("eligibility.answered",),
    "breaker open": ("eligibility.answered",),
}


def intent(asked: Check, insurer: str, person: Person) -> Entry:
    """Return the entry committed before the number leaves the house, with what is told to the insurer."""
    entry = Entry(
        act="eligibility.asked",
        outcome="intended",
        actor=asked.by.actor,
        purpose=asked.purpose,
        partner=insurer,
        request=asked.request,
    )
    return about(entry, person, told_to_insurer(asked))


def answered(
    asked: Check,
    checked: Checked,
    outcome: Outcome[CoverageAnswer] | None = None,
    *,
    person: Person | None,
) -> Entry:
    """
    Return the entry of what was answered to the asker, with the exchange behind it if there was one.

    *person* is None only where nothing is told of anybody: the deadline came before the key database.
    """
    entry = Entry(
        act="eligibility.answered",
        outcome=str(checked.answer.coverage),
        actor=asked.by.actor,
        purpose=asked.purpose,
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
    return entry if person is None else about(entry, person, shown(asked, checked))


def told_to_insurer(asked: Check) -> dict[str, Scalar]:
    """Return what leaves the house."""
    name = "nik" if asked.question.nik else "nokartu"
    return {name: asked.number.reveal(), "service_date": asked.question.service_date.isoformat()}


def shown(asked: Check, checked: Checked) -> dict[str, Scalar]:
    """Return what the asker sees of the person (`answers.view`); UNKNOWN itself tells nothing of them."""
    answer = checked.answer
    known = answer.coverage is not Coverage.UNKNOWN
    seen: dict[str, Scalar] = {"coverage": str(answer.coverage)} if known else {}
    match = checked.birth_date_match(asked.birth_date)
    seen |= {} if match is None else {"birth_date_match": match}
    if asked.by.role is Role.APPROVER:
        words = {name: getattr(answer, name) for name in FOR_APPROVAL}
        seen |= {name: word for name, word in words.items() if word is not None}
    return seen
