"""Every word stands in both languages and says the same things; no template asks for one that is missing."""

import re
from string import Formatter

import pytest
from markupsafe import Markup

from contracts import (
    AnswerState,
    Category,
    Caution,
    Coverage,
    Criterion,
    Need,
    Progress,
    Severity,
    Urgency,
)
from gateway.access.roles import Role
from gateway.console import words
from gateway.console.words import LANGUAGES, catalogue, speech
from gateway.incidents.orders import Outcome, Void
from gateway.notifications.arriving import FAILURES
from gateway.notifications.trying import _WORDS as TESTED
from gateway.notifications.ways import why_held
from gateway.notifications.words import SHOWN
from gateway.partners.shape import Standing
from gateway.referrals import words as room
from gateway.referrals.orders import Verdict
from gateway.referrals.rows import AskState, Clearance, OwedWhat
from gateway.referrals.states import Event, State
from gateway.waking.words import table as woken

TEMPLATES = sorted((words.FOLDER / "templates").glob("*.html"))
SOURCES = [*TEMPLATES, *sorted(words.FOLDER.glob("*.py"))]
ASKED = re.compile(r"""\bt(?:\.mixed)?\(\s*f?"([a-z_]+\.[a-z_0-9]+)"\s*[,)]""")
BEGUN = re.compile(r"""\bt(?:\.mixed)?\(\s*f?"([a-z_]+\.[a-z_0-9]*)(?:"\s*~|\{)""")

CODES = {
    "need": Need,
    "urgency": Urgency,
    "criterion": Criterion,
    "coverage": Coverage,
    "role": Role,
    "event": Event,
    "category": Category,
    "severity": Severity,
    "caution": Caution,
    "outcome": (*Outcome, *Void, "merged", "dismissed"),
    "progress": Progress,
    "shown": sorted(set(SHOWN.values())),
    "tested": (*TESTED, "other"),
}


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_a_word_says_the_same_in_both_languages(key: str) -> None:
    """Nothing is empty, and what is put in is the same."""
    texts = catalogue()[key]
    assert tuple(texts) == LANGUAGES
    assert all(text.strip() == text and text for text in texts.values())
    assert _values(texts["id"]) == _values(texts["en"])


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_page_asks_for_a_missing_word(source: words.Path) -> None:
    """Each key that is written out exists; one that is put together has at least its section."""
    text = source.read_text("utf-8")
    assert set(ASKED.findall(text)) - set(catalogue()) == set()
    begun = set(BEGUN.findall(text))
    assert {each for each in begun if not any(key.startswith(each) for key in catalogue())} == set()


def test_the_search_finds_keys() -> None:
    """A planted missing key would be seen, whole or put together."""
    assert ASKED.findall('{{ t("nav.nowhere") }} t(\n "a.b", n=1)') == ["nav.nowhere", "a.b"]
    assert BEGUN.findall('t("state." ~ each) t(f"month.m{x}")') == ["state.", "month.m"]


@pytest.mark.parametrize("section", CODES)
def test_every_code_has_its_word(section: str) -> None:
    """A state, a need or a role that is added to the code cannot be forgotten here."""
    wanted = {f"{section}.{str(code).lower()}" for code in CODES[section]}
    assert wanted - set(catalogue()) == set()


RAISED = re.compile(r"""(?:alarm|_ended)\(\w*room, connection, .*?"([a-z_]+)\"""")


def test_every_alarm_of_notifications_has_its_words() -> None:
    """What the room raises, by its own source, says on the bar what to do, and on a lock screen why."""
    folder = words.FOLDER.parent / "notifications"
    raised = {each for path in folder.glob("*.py") for each in RAISED.findall(path.read_text())}
    raised |= {failing.alarm for failing in FAILURES.values() if failing.alarm}
    raised |= {why_held(standing) for standing in Standing}
    assert {"refused", "undelivered", "call_now", "expired", "not_connected", "suspended"} <= raised
    assert {each for each in raised if not speech("id").knows(f"loud.{each}")} == set()
    assert raised - set(woken()) == set()


NOTED = re.compile(r"""\.note\(\s*f?"([a-z_]+)["{]|_say\(case, f?"([a-z_]+)["{]""")


def test_every_line_of_a_history_has_its_word() -> None:
    """What the room of referrals notes, by its own source; a part that is put in is one of its codes."""
    folder = words.FOLDER.parent / "referrals"
    found = [one or other for path in folder.glob("*.py") for one, other in NOTED.findall(path.read_text())]
    events = {key.removeprefix("event.") for key in catalogue() if key.startswith("event.")}
    assert {"created", "asked", "silent", "answer_", "alarm", "alarm_seen"} <= set(found)
    assert {each for each in found if not any(event.startswith(each) for event in events)} == set()
    put_in = {f"answer_{state}" for state in AnswerState}
    put_in |= {f"{what}_{verdict}" for what in OwedWhat for verdict in (*Verdict, "reminder", "overdue")}
    assert put_in - events == set()


def test_the_words_of_the_design_stand_as_they_are() -> None:
    """Section 10 word for word: meaning is safety."""
    t = speech("id")
    sent, approved = (room.state_text(each, Clearance.APPROVAL) for each in (State.SENT, State.APPROVED))
    assert sent == room.ASKS[AskState.SENT]["id"] == "Terkirim ke sistem RS - BELUM dijawab"
    assert approved == "Disetujui UPTD - RS BELUM menerima"
    assert room.ASKS[AskState.UNCONFIRMED]["id"] == "Tidak pasti sampai - telepon RS"
    assert t("reason.free_unknown") == "Tidak diketahui"
    assert t("coverage.unknown") == "Belum dapat dicek - tetap kirim bantuan"
    assert t("coverage.not_found") == "Nomor tidak ditemukan (mungkin salah ketik) - tetap kirim bantuan"
    assert t("reason.free_stale", free=2, age="7 jam lalu") == "2 kosong, 7 jam lalu - pastikan lewat telepon"


def test_what_is_put_into_a_text_is_escaped() -> None:
    """Only what is Markup already stays as it is."""
    said = speech("en").mixed("ring.hospital", name="<b>RS</b>")
    assert said == Markup("Ring &lt;b&gt;RS&lt;/b&gt;")


def test_a_word_told_twice_or_in_one_language_ends_the_start(
    tmp_path: words.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a catalogue is never served."""
    (tmp_path / "words.toml").write_text('[a]\nb = { id = "ya" }\n', "utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"a\.b must stand once"):
        catalogue.__wrapped__()


def test_a_strange_language_is_answered_in_indonesian() -> None:
    """A cookie may say anything."""
    assert speech("xx").language == "id"
