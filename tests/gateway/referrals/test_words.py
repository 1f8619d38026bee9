"""Meaning is safety: every state, every ask and every alarm has its words, in both languages."""

import ast
from pathlib import Path

import pytest

from gateway import referrals
from gateway.referrals import words
from gateway.referrals.rows import AskState, Clearance
from gateway.referrals.states import State

LANGUAGES = ("id", "en")
FILES = sorted(Path(referrals.__file__).parent.glob("*.py"))


def alarms() -> set[str]:
    """Return every code that stands as a literal in a call of `alarm(...)`."""
    calls = [
        node
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "alarm"
    ]
    return {
        part.value
        for call in calls
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def test_every_alarm_of_the_room_has_its_words() -> None:
    """One without would break the very screen that must show it; one with no use is a mistake."""
    assert {"fell_through", "accepted_under_way", "declined_under_way"} <= alarms()
    assert alarms() == set(words.ALARMS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", State)
def test_every_state_has_its_words(state: State, language: str) -> None:
    """Whatever the referral goes out on."""
    for clearance in Clearance:
        assert words.state_text(state, clearance, language=language).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_states_say_the_same(language: str) -> None:
    """Approved is not accepted, sent is not answered."""
    texts = [words.state_text(state, Clearance.APPROVAL, language=language) for state in State]
    assert len(set(texts)) == len(State)
    asks = [words.ASKS[state][language] for state in AskState]
    assert len(set(asks)) == len(AskState)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", words.ALARMS)
def test_an_alarm_says_what_to_do(code: str, language: str) -> None:
    """A whole sentence."""
    text = words.alarm_text(code, language=language)
    assert text is not None
    assert text.endswith(".")
    assert words.alarm_text(None, language=language) is None


def test_a_broken_glass_is_not_called_uncertain_alone() -> None:
    """It went out without waiting, and says so."""
    broken = words.state_text(State.UNCONFIRMED, Clearance.BREAK_GLASS)
    assert broken != words.state_text(State.UNCONFIRMED, Clearance.APPROVAL)
    assert broken.startswith("Darurat")
