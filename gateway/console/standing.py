"""Where a referral, a hospital, an incident stand, in the reader's language: the rooms' own words only."""

from contracts import AnswerState
from gateway.incidents import words as incidents
from gateway.incidents.rows import State as IncidentState
from gateway.referrals import words
from gateway.referrals.answers import AskView, ReferralLine
from gateway.referrals.rows import AskState


def state_text(line: ReferralLine, *, language: str) -> str:
    """Return where the referral stands."""
    return words.state_text(line.state, line.clearance, language=language)


def incident_text(state: IncidentState, *, language: str) -> str:
    """Return where the incident stands."""
    return incidents.STATES[state][language]


def alarm_text(code: str, *, language: str) -> str:
    """Return what an operator must do."""
    return words.ALARMS[code][language] if code in words.ALARMS else code


def no_refusal(*, language: str) -> str:
    """Return the rule that no hospital may refuse an emergency."""
    return words.NO_REFUSAL[language]


def ask_text(ask: AskView, *, language: str) -> str:
    """Return where one hospital stands, and for one without a system that it must be rung."""
    if ask.needs_phone_call:
        return words.TO_RING[language]
    if ask.telephone and ask.state is AskState.WITHDRAWN and ask.answer is AnswerState.ACCEPTED:
        return words.TO_TELL[language]
    return words.ASKS[ask.state][language]
