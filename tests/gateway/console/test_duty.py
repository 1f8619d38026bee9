"""The duty officer's page: what is asked, one big button, nothing of others, and no training needed."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from contracts import Alert, AlertKind, Caller, Casualties, Category, Caution, Over, Place, Progress, Severity
from gateway.access.roles import Role
from gateway.changes import EVERYTHING, Changes
from gateway.console import duty_pages, wake_page
from gateway.console.duty_items import Asks, Item, by_lane, in_order
from gateway.console.news import noticed
from gateway.db import CannotRead
from gateway.notifications.rows import Delivery, Notification
from gateway.partners.shape import Standing

from .desk import NOW, Desk
from .incident_desk import INCIDENT, incident_desk
from .test_pages import read

BOX = f"/kotak/{INCIDENT}"
OFFICER = "Dr. Contoh"  # the name of whoever sits at the pretended desk


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """Let it be the moment that the pretended alerts were made for."""
    with time_machine.travel(NOW, tick=True):
        yield


def row(number: int = 1, kind: str = "alert", **changes: Any) -> Notification:
    """Return a notification to the police that has arrived."""
    told: dict[str, Any] = {
        "id": f"n-{number}",
        "partner": "polres-jambi",
        "number": number,
        "topic": "incident",
        "about": INCIDENT,
        "sequence": number,
        "kind": kind,
        "urgent": True,
        "drill": False,
        "subject": None,
        "delivery": Delivery.DELIVERED,
        "accepted_at": NOW - timedelta(minutes=number),
        "expires_at": NOW + timedelta(hours=1),
    }
    return Notification(**(told | changes))


def said(progress: Progress) -> dict[str, Any]:
    """Return the changes of what a person there has said."""
    return {"human": True, "progress": progress, "confirmed_at": NOW}


def alert(**changes: Any) -> Alert:
    """Return what the police are told."""
    told: dict[str, Any] = {
        "id": "n-1",
        "number": 1,
        "kind": AlertKind.ALERT,
        "sent_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
        "incident": INCIDENT,
        "category": Category.CRIME,
        "severity": Severity.SEVERE,
        "urgent": True,
        "reported_at": NOW - timedelta(minutes=2),
        "place": Place(latitude=-1.61, longitude=103.61, address="Jl. Contoh 7", area_name="Jelutung"),
        "narrative": "Perampokan di toko",
        "cautions": (Caution.ARMED,),
        "casualties": Casualties(injured=2),
        "caller": Caller(None, "+62811740112"),
    }
    return Alert(**(told | changes))


def officer_desk(
    monkeypatch: pytest.MonkeyPatch,
    *items: Item,
    role: Role = Role.DUTY,
    partner: str | None = "polres-jambi",
) -> Desk:
    """Return the page of a duty officer with *items* on it."""
    here = incident_desk(monkeypatch, role)
    for each in (duty_pages, wake_page):
        here.app.router.routes.extend(each.router.routes)
    here.app.state.notifications.callback_phone = "112"
    session = here.session()

    async def opened(room: object, whose: str, **_: object) -> list[Item]:
        assert whose == "polres-jambi"
        return in_order(items)

    async def hear(room: object, receipts: Any, **told: Any) -> None:
        here.said.append((told["channel"] + " " + told["partner"], receipts))

    monkeypatch.setattr(duty_pages, "open_box", opened)
    monkeypatch.setattr(duty_pages, "hear", hear)
    here.session = lambda: replace(session, account=replace(session.account, partner=partner))  # type: ignore[method-assign]  # of this partner
    return here


FULL = Item((row(),), alert())
GOING = Item((row(2, about="i-two", **said(Progress.ACCEPTED), reference="LP/7"),), alert())
OVER = Item((row(3, about="i-three", **said(Progress.CLOSED)),), alert())
GONE = Item((row(4, about="i-four", delayed=True, held_since=NOW),), None)
NEWS = Item((row(5, about="i-five", **said(Progress.DISPATCHED)), row(6, "update", about="i-five")), alert())
CALLED_OFF = Item((row(7, about="i-six"), row(8, "cancel", about="i-six")), alert(kind=AlertKind.CANCEL))
_PAST = Over("i-x", Category.FLOOD, "Jelutung", NOW, NOW)
DIGEST = Item((row(9, "digest", topic="link", about="-"),), alert(kind=AlertKind.DIGEST, over=(_PAST,)))
EVERYTHING_THERE_IS = (FULL, GOING, OVER, GONE, NEWS, CALLED_OFF, DIGEST)


@pytest.mark.parametrize("language", ["id", "en"])
async def test_the_page_is_whole(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Nothing inline, every form with its token, no id twice, every element closed, no word missing."""
    answer = await officer_desk(monkeypatch, *EVERYTHING_THERE_IS).get("/kotak", cookie=f"bahasa={language}")
    page = read(answer.text)
    assert (answer.status_code, page.inline, page.wrong, page.stack) == (200, [], [], [])
    assert page.posts == page.tokens
    assert sorted({each for each in page.ids if page.ids.count(each) > 1}) == []


async def test_what_is_new_says_all_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What, where, how bad, when, what to beware of, whom to ring; and one big button."""
    text = (await officer_desk(monkeypatch, FULL).get("/kotak")).text
    for told in (
        "Kejahatan",
        "Jl. Contoh 7",
        "Jelutung",
        "Berat",
        "Bersenjata",
        "Perampokan di toko",
        "Luka",
    ):
        assert told in text
    assert 'href="tel:+62811740112"' in text
    assert text.count("Diterima</button>") == 1
    assert '<button class="wide good accept"' in text
    assert "<title>(1) Kotak masuk" in text
    assert re.search(r'data-sound="n-1 "', text)


async def test_nothing_new_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """And that the page is to stay open."""
    text = (await officer_desk(monkeypatch, OVER).get("/kotak")).text
    assert "Tidak ada yang baru" in text
    assert 'data-sound=""' in text
    assert "<title>Kotak masuk" in text


async def test_an_officer_has_this_page_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else has it; the way home leads there, and no other page does."""
    here = officer_desk(monkeypatch, FULL)
    text = (await here.get("/kotak")).text
    places = text[text.index("<nav") : text.index("</nav>")]
    assert re.findall(r'<a href="([^"]+)"', places) == ["/kotak"]
    assert (await here.get("/")).headers["location"] == "/kotak"
    others = ("/antrean", "/insiden", "/papan", "/peringatan", "/mitra", "/cari", "/alarm")
    for path in (*others, f"/insiden/{INCIDENT}"):
        assert (await here.get(path)).status_code in (403, 404)
    for role in set(Role) - {Role.DUTY, Role.PARTNER}:
        assert (await officer_desk(monkeypatch, FULL, role=role).get("/kotak")).status_code == 403


async def test_an_officer_of_nobody_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account without its partner cannot be made; were there one, it is told nothing."""
    here = officer_desk(monkeypatch, FULL, partner=None)
    assert (await here.get("/kotak")).status_code == 403
    assert (await here.post(f"{BOX}/diterima", seen="9")).status_code == 403
    assert here.said == []


async def test_a_partner_that_is_not_connected_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty page would say that nothing has happened."""
    here = officer_desk(monkeypatch)
    here.app.state.registry.partners["polres-jambi"].standing = Standing.PLANNED
    assert "Instansi Anda BELUM terhubung" in (await here.get("/kotak")).text


async def test_one_press_confirms_what_was_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """By this officer's name; a picture that came after the page is not among it."""
    item = Item((row(1), row(2, "update"), row(3, "update")), alert())
    here = officer_desk(monkeypatch, item)
    answer = await here.post(f"{BOX}/diterima", seen="2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/kotak?tercatat=1")
    ((channel, receipts),) = here.said
    assert channel == "inbox polres-jambi"
    assert [(each.alert, each.progress, each.by) for each in receipts] == [
        ("n-1", Progress.ACCEPTED, OFFICER),
        ("n-2", Progress.ACCEPTED, OFFICER),
    ]
    assert all(each.is_human for each in receipts)


@pytest.mark.parametrize(("item", "number"), [(CALLED_OFF, "8"), (NEWS, "6")])
async def test_news_and_what_is_over_are_read_and_not_accepted(
    monkeypatch: pytest.MonkeyPatch, item: Item, number: str
) -> None:
    """Nobody accepts what was called off."""
    here = officer_desk(monkeypatch, item)
    text = (await here.get("/kotak")).text
    assert "Diterima</button>" not in text
    assert "Sudah saya baca</button>" in text
    await here.post(f"/kotak/{item.about}/diterima", seen=number)
    assert {each.progress for each in here.said[0][1]} == {Progress.READ}


async def test_a_cancelling_says_not_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """And makes no noise for what is over."""
    text = (await officer_desk(monkeypatch, CALLED_OFF).get("/kotak")).text
    assert "DIBATALKAN - jangan berangkat" in text
    assert 'data-sound=""' in text


@pytest.mark.parametrize(
    ("progress", "offered"),
    [
        (Progress.ACCEPTED, ["dispatched", "on_scene", "closed"]),
        (Progress.DISPATCHED, ["on_scene", "closed"]),
        (Progress.ON_SCENE, ["closed"]),
        (Progress.CLOSED, []),
        (Progress.REFUSED, []),
    ],
)
async def test_the_next_steps_are_offered(
    monkeypatch: pytest.MonkeyPatch, progress: Progress, offered: list[str]
) -> None:
    """Only forwards."""
    here = officer_desk(monkeypatch, Item((row(**said(progress)),), alert()))
    assert re.findall(r'name="state" value="(\w+)"', (await here.get("/kotak")).text) == offered


async def test_a_step_is_told_of_the_message_that_was_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not of a newer picture, so that the desk sees one ladder."""
    here = officer_desk(monkeypatch, NEWS)
    await here.post("/kotak/i-five/langkah", state="on_scene")
    assert [(each.alert, each.progress) for each in here.said[0][1]] == [("n-5", Progress.ON_SCENE)]
    forged = await here.post("/kotak/i-five/langkah", state="received")
    assert (forged.status_code, len(here.said)) == (422, 1)


async def test_a_refusal_has_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one the page comes again, says so, and nothing was told."""
    here = officer_desk(monkeypatch, FULL)
    for wrong in (" ", "NIK 1571015203909901", "a\u202eb", "x" * 501):
        answer = await here.post(f"{BOX}/tidak-bisa", reason=wrong)
        assert (answer.status_code, here.said) == (422, [])
        assert "Tulis alasannya" in answer.text
        assert f">{wrong.strip()}</textarea>" in answer.text
    await here.post(f"{BOX}/tidak-bisa", reason=" Semua di lapangan ")
    (refusal,) = here.said[0][1]
    assert (refusal.progress, refusal.reason) == (Progress.REFUSED, "Semua di lapangan")


async def test_the_agencys_own_number_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says no more of how far they are than was said before."""
    here = officer_desk(monkeypatch, GOING)
    await here.post("/kotak/i-two/nomor", reference=" LP/8 ")
    (receipt,) = here.said[0][1]
    assert (receipt.progress, receipt.reference) == (Progress.ACCEPTED, "LP/8")
    for wrong in ("", "x", "1571015203909901", "a" * 121):
        answer = await here.post("/kotak/i-two/nomor", reference=wrong)
        assert (answer.status_code, len(here.said)) == (422, 1)
        assert '<details id="number-i-two" open>' in answer.text


async def test_what_the_agency_was_not_told_cannot_be_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever id stands in the address."""
    here = officer_desk(monkeypatch, FULL)
    for path in ("diterima", "langkah", "nomor", "tidak-bisa"):
        answer = await here.post(f"/kotak/i-strange/{path}", state="closed", reason="x", reference="x")
        assert (answer.status_code, here.said) == (404, [])


async def test_what_somebody_says_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is."""
    item = Item((row(),), alert(narrative="<script>alert(1)</script>"))
    text = (await officer_desk(monkeypatch, item).get("/kotak")).text
    assert "<script>alert" not in text


def test_lanes_are_told_apart_and_kept_in_order() -> None:
    """One item an incident, from first to last."""
    rows = [row(3, "update"), row(2, about="i-two"), row(1)]
    assert [[each.number for each in lane] for lane in by_lane(rows)] == [[1, 3], [2]]


def test_what_is_asked_stands_on_top() -> None:
    """To accept before to read; urgent before others; then the newest; drills after what is real."""
    calm = Item((row(10, about="i-calm", urgent=False),), alert())
    drill = Item((row(11, about="i-drill", drill=True),), alert())
    real = Item((row(12, about="i-real"),), alert())
    found = in_order([OVER, NEWS, drill, calm, FULL, real])
    assert [item.about for item in found] == ["i-real", INCIDENT, "i-drill", "i-calm", "i-five", "i-three"]


@pytest.mark.parametrize(
    ("item", "asks"),
    [
        (FULL, Asks.ACCEPT),
        (GOING, Asks.NOTHING),
        (NEWS, Asks.READ),
        (CALLED_OFF, Asks.READ),
        (OVER, Asks.NOTHING),
    ],
)
def test_what_an_item_asks(item: Item, asks: Asks) -> None:
    """A first word is accepted, news are read, and what was confirmed asks no more."""
    assert item.asks is asks


def test_a_machines_word_asks_for_a_persons() -> None:
    """Law 5: what the system has received nobody has read."""
    item = Item((row(progress=Progress.INTEGRATED),), alert())
    assert (item.asks, item.progress, item.is_loud) == (Asks.ACCEPT, None, True)


async def test_an_officer_hears_of_what_is_his_only() -> None:
    """Whatever else changes in the house is looked at, and not told; what another process did is found."""
    changes, mine = Changes(), [("n-1", "queued")]

    async def look() -> object:
        return tuple(mine)

    with changes.follow() as ids:
        heard = noticed(ids, look, sign_s=0.2, look_s=0.05, breath_s=0.0)
        async with aclosing(heard), asyncio.timeout(5):
            for number in range(5):
                changes.tell(f"i-{number}")
            assert await anext(heard) is None
            mine.append(("n-2", "queued"))
            assert await anext(heard) == EVERYTHING
            assert await anext(heard) is None


async def test_an_officers_stream_outlives_a_database_that_is_away() -> None:
    """What was known stands; it is told of nothing that nobody knows."""
    looks = iter([("a",), CannotRead("away"), ("a",), ("b",)])

    async def look() -> object:
        found = next(looks, ("b",))
        if isinstance(found, CannotRead):
            raise found
        return found

    with Changes().follow() as ids:
        heard = noticed(ids, look, sign_s=60, look_s=0.01, breath_s=0.0)
        async with aclosing(heard), asyncio.timeout(5):
            assert await anext(heard) == EVERYTHING
