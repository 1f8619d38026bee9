"""The page of warnings: what touches us first, and an old or unread list never passes for an empty one."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine

import contracts
from contracts import Category, PartnerError, Severity
from gateway.access.guard import Rule
from gateway.access.roles import Role
from gateway.console import warnings_page
from gateway.console.warnings_page import READERS, feed_line
from gateway.console.words import speech
from gateway.warnings import routes
from gateway.warnings.answers import WarningFeed, WarningLine, WarningList, WarningQuestion
from gateway.warnings.rows import State

from .desk import NOW, Desk, desk
from .test_pages import read

HERE = "/peringatan"
ATTRIBUTION = "BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)"
MINUTE = timedelta(minutes=1)
INSIDE = (*READERS, Role.AUDITOR, Role.DUTY)
LOOK_YOURSELF = "lihat sendiri di sumbernya"
LISTED = ["listed", "listed ended"]


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Let it be the moment that the pretended warnings were made for."""
    with time_machine.travel(NOW, tick=True):
        yield


def feed(**changes: Any) -> WarningFeed:
    """Return BMKG's list, read a minute ago."""
    told: dict[str, Any] = {
        "partner": "bmkg",
        "name": "BMKG Contoh",
        "outcome": "answered",
        "reason": None,
        "as_of": NOW - MINUTE,
        "age_s": 60,
        "unread": 0,
    }
    return WarningFeed(**(told | changes))


NEVER: dict[str, Any] = {"outcome": None, "as_of": None, "age_s": None}


def warning(state: State = State.IN_FORCE, **changes: Any) -> WarningLine:
    """Return a storm over two of our kecamatan, on the list a minute ago."""
    told: dict[str, Any] = {
        "id": "w-abcdefghjkmnp",
        "partner": "bmkg",
        "source": "bmkg-nowcast",
        "identifier": "contoh-1",
        "state": state,
        "touches": True,
        "category": Category.STORM,
        "severity": Severity.SEVERE,
        "headline": "Hujan lebat contoh",
        "text": "Hujan disertai kilat.\nJauhi pohon.",
        "language": "id",
        "attribution": ATTRIBUTION,
        "sent_at": NOW - 20 * MINUTE,
        "age_s": 1200,
        "effective_at": NOW - 10 * MINUTE,
        "expires_at": NOW + 90 * MINUTE,
        "areas": ["15.71.08", "15.71.01"],
        "area_names": ["Jelutung", "Telanaipura"],
        "seen_at": NOW - MINUTE,
        "seen_age_s": 60,
        "incident": None,
    }
    return WarningLine(**(told | changes))


def far(state: State = State.IN_FORCE, **changes: Any) -> WarningLine:
    """Return one that touches nobody here."""
    told = {"touches": False, "areas": [], "area_names": [], "headline": "Gempa jauh contoh"}
    return warning(state, **(told | changes))


def warned_desk(
    monkeypatch: pytest.MonkeyPatch,
    role: Role = Role.OPERATOR,
    *,
    feeds: Sequence[WarningFeed] = (feed(),),
    lines: Sequence[WarningLine] = (),
) -> Desk:
    """Return a console at which these are known; the room's own reading is one of pretence."""
    here = desk(monkeypatch, role)

    async def listed(room: object, question: WarningQuestion, **_: object) -> WarningList:
        here.said.append(("listed ended" if question.ended else "listed", room))
        living = (State.IN_FORCE, State.STALE)
        found = [line for line in lines if (line.state in living) is not question.ended]
        return WarningList(environment="demo", request="q", feeds=list(feeds), warnings=found)

    monkeypatch.setattr(warnings_page.reading, "listed", listed)
    return here


async def shown(monkeypatch: pytest.MonkeyPatch, *lines: WarningLine, **more: Any) -> str:
    """Return what stands between the navigation and the foot of the page."""
    answer = await warned_desk(monkeypatch, lines=lines, **more).get(HERE)
    assert answer.status_code == 200, answer.text
    return answer.text.partition("<main")[2].partition("<footer")[0]


def cards(text: str) -> list[str]:
    """Return each card, lists first."""
    return re.findall(r'<li class="card.*?</li>', text, re.DOTALL)


def everything() -> list[WarningLine]:
    """Return one of every kind."""
    gone = {"seen_at": NOW - 40 * MINUTE, "seen_age_s": 2400}
    return [
        warning(incident="i-abcdefghjkmnp"),
        far(effective_at=None, expires_at=None, text=None),
        warning(State.STALE, headline="Hilang contoh", **gone),
        warning(State.CANCELLED, headline="Dicabut contoh"),
        far(State.OVER, headline="Lewat contoh", expires_at=NOW - MINUTE),
    ]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("role", READERS)
async def test_the_page_is_whole(monkeypatch: pytest.MonkeyPatch, role: Role, language: str) -> None:
    """Nothing inline, every form with its token, no id twice, every element closed, no word missing."""
    feeds = [feed(), feed(name="Diam", **NEVER), feed(outcome="late", reason="deadline", unread=2)]
    here = warned_desk(monkeypatch, role, feeds=feeds, lines=everything())
    answer = await here.get(HERE, cookie=f"bahasa={language}")
    page = read(answer.text)
    assert answer.status_code == 200
    assert (page.inline, page.wrong, page.stack) == ([], [], [])
    assert page.posts == page.tokens > 0
    assert sorted(set(page.ids)) == sorted(page.ids)


def test_the_page_is_for_those_who_may_read_the_api() -> None:
    """One list of roles in two places; this holds them together."""
    (route,) = (each for each in routes.router.routes if getattr(each, "path", "") == "/v1/warnings")
    rule = getattr(route, "rule", None)
    assert isinstance(rule, Rule)
    assert set(rule.roles) == set(READERS)


@pytest.mark.parametrize("role", INSIDE)
async def test_who_may_open_it_finds_it_in_the_navigation(
    monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    """And nobody else: a place that is refused would only teach people to press it no more."""
    here = warned_desk(monkeypatch, role)
    assert ((await here.get(HERE)).status_code == 200) is (role in READERS)
    if role is not Role.DUTY:
        text = (await here.get("/mitra")).text
        assert ('<a href="/peringatan">' in text) is (role in READERS)


async def test_the_rooms_own_reading_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lives before what has ended: what ends between the two must not be in neither."""
    here = warned_desk(monkeypatch)
    await here.get(HERE)
    assert here.said == [(each, here.app.state.warnings) for each in LISTED]


async def test_a_warning_says_all_there_is_to_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """What, how bad, where, from when until when, and always whose it is."""
    _, card = cards(await shown(monkeypatch, warning()))
    for said in ("Hujan lebat contoh", "Hujan disertai kilat.", "Jauhi pohon.", "Angin kencang", "Berat"):
        assert said in card
    assert "Menyentuh wilayah kita: Jelutung, Telanaipura" in card
    assert re.search(r"Mulai [^,]*\d\d\.\d\d WIB, sampai [^,]*\d\d\.\d\d WIB", card)
    assert f"Sumber: {ATTRIBUTION}" in card
    assert re.search(r"Dikeluarkan <time [^>]*>20 menit lalu</time> \(.*WIB\)", card)
    assert '<h3 class="name" lang="id">' in card


async def test_what_is_in_force_and_touches_us_stands_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then what is elsewhere, what is gone from the list, and what has ended."""
    text = await shown(monkeypatch, *everything())
    names = re.findall(r'<h3 class="name" lang="id">(.*?)</h3>', text)
    assert names == [
        *("Hujan lebat contoh", "Gempa jauh contoh"),
        *("Hilang contoh", "Dicabut contoh", "Lewat contoh"),
    ]
    near, elsewhere = cards(text)[1:3]
    assert near.startswith('<li class="card urgent">')
    assert elsewhere.startswith('<li class="card">')
    assert "Tidak menyentuh wilayah kita" in elsewhere
    assert "sampai kapan tidak disebut" in elsewhere


async def test_what_is_gone_from_the_list_is_not_said_to_be_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has said that it is void; and how old it is stands there."""
    text = await shown(monkeypatch, warning(State.STALE, seen_at=NOW - 40 * MINUTE))
    assert "belum ada yang mencabutnya. Mungkin masih berlaku." in text
    assert re.search(r"Terakhir terlihat di daftar <time [^>]*>40 menit lalu", text)
    assert "Berlaku (0)" in text
    assert "Sudah lewat" not in text


async def test_one_called_off_is_told_from_one_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what ended before yesterday is not shown."""
    yesterday = NOW - timedelta(hours=25)
    old = warning(State.OVER, headline="Lama contoh", expires_at=yesterday)
    endless = warning(State.OVER, headline="Tanpa batas contoh", expires_at=None, seen_at=yesterday)
    text = await shown(monkeypatch, *everything()[3:], old, endless)
    _, called_off, over = cards(text)
    assert "Dicabut oleh penerbitnya" in called_off
    assert "Sudah lewat, atau sudah diganti yang baru" in over
    assert "contoh</h3>" in over
    assert not re.search("Lama contoh|Tanpa batas contoh", text)


@pytest.mark.parametrize(("role", "may"), [(each, each is not Role.ADMIN) for each in READERS])
async def test_the_incident_of_a_warning_is_one_press_away(
    monkeypatch: pytest.MonkeyPatch, role: Role, may: bool
) -> None:
    """For those who may see incidents; an admin is told that there is one."""
    text = await shown(monkeypatch, warning(incident="i-abcdefghjkmnp"), role=role)
    assert ('href="/insiden/i-abcdefghjkmnp"' in text) is may
    assert ("Sudah diusulkan kepada operator" in text) is not may


async def test_what_an_authority_writes_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can write into its list can write nothing into our page."""
    evil = '"><script>alert(1)</script>'
    hostile = warning(
        headline=evil, text=f"{evil}\n{evil}", language=evil, attribution=evil, area_names=[evil]
    )
    text = await shown(monkeypatch, hostile, feeds=[feed(name=evil)])
    assert "<script>" not in text
    assert text.count("&lt;script&gt;alert(1)") >= 6
    page = read(f"<main{text}")
    assert (page.inline, page.wrong, page.stack) == ([], [], [])


async def test_a_list_that_is_read_says_when(monkeypatch: pytest.MonkeyPatch) -> None:
    """No alarm, and an empty one is said to be empty in a sentence."""
    text = await shown(monkeypatch)
    (card,) = cards(text)
    assert re.search(r"Terakhir terbaca <time [^>]*>1 menit lalu</time>", card)
    assert "Percobaan terakhir: terbaca" in card
    assert "urgent" not in card
    assert "Tidak ada peringatan yang berlaku." in text
    assert LOOK_YOURSELF not in text.lower()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (NEVER, ("BELUM PERNAH TERBACA", "belum ada sejak Gerbang dinyalakan")),
        (
            NEVER | {"outcome": "unreachable", "reason": "dns"},
            ("BELUM PERNAH TERBACA", "tidak dapat dihubungi"),
        ),
        (NEVER | {"outcome": "not_asked", "reason": "standing"}, ("BELUM PERNAH TERBACA", "belum hidup")),
        (
            {"as_of": NOW - 16 * MINUTE, "outcome": "late", "reason": "deadline"},
            ("SUDAH LAMA TIDAK TERBACA", "16 menit lalu", "terlambat dijawab"),
        ),
        ({"unread": 2}, ("2 peringatan di daftar ini TIDAK dapat dibaca",)),
    ],
)
async def test_a_list_that_cannot_be_relied_on_is_seen_at_once(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], said: tuple[str, ...]
) -> None:
    """And nothing on it is not said to be nothing at all."""
    text = await shown(monkeypatch, feeds=[feed(**changes)])
    (card,) = cards(text)
    assert card.startswith('<li class="card urgent">')
    assert LOOK_YOURSELF in card
    assert [each for each in said if each not in card] == []
    assert "Tidak ada peringatan yang berlaku." not in text
    assert "tetapi tidak semua terbaca" in text


async def test_one_good_list_does_not_hide_a_blind_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its own age."""
    text = await shown(monkeypatch, feeds=[feed(), feed(partner="lain", name="Lain", **NEVER)])
    assert [card.startswith('<li class="card urgent">') for card in cards(text)] == [False, True]
    assert "tetapi tidak semua terbaca" in text


async def test_a_warning_of_a_blind_list_says_how_old_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is still in force as far as anybody knows."""
    hour_ago = NOW - 60 * MINUTE
    old = warning(seen_at=hour_ago)
    text = await shown(monkeypatch, old, feeds=[feed(as_of=hour_ago, outcome="unreachable")])
    assert re.search(r"Terakhir terlihat di daftar <time [^>]*>1 jam lalu", cards(text)[1])
    assert "terlihat di daftar" not in await shown(monkeypatch, warning())


async def test_nobody_who_warns_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A house without such a partner sees nothing coming."""
    text = await shown(monkeypatch, feeds=())
    assert "Tidak ada mitra yang memberi peringatan." in text
    assert "Tidak ada peringatan yang berlaku." not in text


def test_a_list_read_before_the_start_is_as_old_as_its_newest_warning() -> None:
    """Another process may have read it, or this one before it was started anew."""
    seen = [warning(seen_at=NOW - 3 * MINUTE), warning(seen_at=NOW - 9 * MINUTE)]
    others = warning(partner="lain", seen_at=NOW)
    line = feed_line(feed(**NEVER), [*seen, others], at=NOW, t=speech("id"))
    assert (line.known_at, line.blind, line.said) == (NOW - 3 * MINUTE, False, None)


def test_every_way_a_reading_ends_has_its_words() -> None:
    """The word of each partner's error, and what the guards say when nothing was asked."""
    errors = [each for each in vars(contracts).values() if isinstance(each, type)]
    told = {each.word for each in errors if issubclass(each, PartnerError) and each is not PartnerError}
    told |= {"answered", "late", "not_asked", "standing", "no_system", "breaker_open", "other"}
    told -= {"cannot_convey"}  # a question for warnings conveys nothing
    assert {each for each in told if not speech("id").knows(f"reading.{each}")} == set()
    strange = feed_line(feed(outcome="strange"), [], at=NOW, t=speech("id"))
    assert strange.said == "reading.other"
