"""What a wake says."""

import ast
from pathlib import Path

import pytest

import gateway
from gateway.waking.words import LANGUAGES, link, table, worded

NUMBER = "r-abcdefghij"
REFERRALS = Path(gateway.__file__).parent / "referrals"


def reasons() -> set[str]:
    """Return every reason the referral room gives: the literal codes of `alarm(...)` and `wake(who, ...)`."""
    found = set()
    for path in REFERRALS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                place = {"alarm": 0, "wake": 1}.get(node.func.attr)
                codes = ast.walk(node.args[place]) if place is not None and len(node.args) > place else ()
                found |= {code.value for code in codes if isinstance(code, ast.Constant)}
    return {code for code in found if isinstance(code, str)}


def test_every_reason_of_the_referral_room_has_its_words() -> None:
    """A general sentence would wake, and not say for what."""
    assert "decision_wanted" in reasons()
    assert reasons() - set(table()) == set()


@pytest.mark.parametrize("why", table())
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_short_plain_and_named(why: str, language: str) -> None:
    """One SMS of 160 characters with the link, in letters that every telephone has (GSM 03.38)."""
    words = worded(why, NUMBER, language=language, sample=False)
    sms = f"{words.text} {link('https://gerbang.jambikota.go.id', NUMBER)}"
    assert sms.isascii()
    assert NUMBER in words.text
    assert len(sms) <= 160
    assert 0 < len(words.title) <= 50


def test_a_reason_without_words_wakes_all_the_same() -> None:
    """With a general sentence."""
    assert NUMBER in worded("never_heard_of", NUMBER, language="id", sample=False).text


def test_a_sample_says_so() -> None:
    """On the lock screen and in the message."""
    words = worded("decision_wanted", NUMBER, language="id", sample=True)
    assert words.title.startswith("CONTOH")
    assert words.text.startswith("CONTOH")


def test_links() -> None:
    """A referral has its page, so has an incident; a duty officer has one; all else waits in the inbox."""
    assert link("https://g.example", NUMBER) == f"https://g.example/rujukan/{NUMBER}"
    assert link("https://g.example", "i-x") == "https://g.example/insiden/i-x"
    assert link("https://g.example", "n-x", why="call_now") == "https://g.example/pemberitahuan/n-x"
    assert link("https://g.example", "n-x", why="alert_waiting") == "https://g.example/kotak"
    assert link("https://g.example", "h-1") == "https://g.example/antrean"
