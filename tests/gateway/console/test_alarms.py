"""Alarms that cannot be overlooked: on every page of the desk until a person takes them, in every process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import Connection, update

from contracts import Category
from gateway.access.roles import Role
from gateway.changes import Changes
from gateway.console import alarm_pages, signs
from gateway.console.alarmed import alarmed
from gateway.console.counts import COUNTED, CountKeeper, Counts, count
from gateway.console.news import watched
from gateway.db import Database
from gateway.incidents import store as incidents
from gateway.incidents.rows import Incident
from gateway.incidents.rows import State as IncidentState
from gateway.notifications import store
from gateway.notifications.rows import Delivery, Notification
from gateway.notifications.tables import notification
from tests.gateway.gate import Notebook, until

from .desk import NOW, Desk
from .incident_desk import INCIDENT, alarm, incident_desk, shown
from .test_pages import read

EVERY_PAGE = (
    *("/antrean", "/papan?need=icu", "/peringatan", "/cari", "/mitra"),
    *("/rujukan/baru", "/insiden", "/alarm"),
)


@pytest.fixture
def now() -> Iterator[None]:
    """Let it be the moment that the pretended alarms were made for."""
    with time_machine.travel(NOW, tick=True):
        yield


def loud(monkeypatch: pytest.MonkeyPatch, role: Role = Role.OPERATOR, **changes: Any) -> Desk:
    """Return a console at which two partners are to be rung."""
    here = incident_desk(monkeypatch, role, shown=shown())
    here.app.router.routes.extend(alarm_pages.router.routes)
    two = (alarm(), alarm("not_connected", id="n-two", partner="bpbd", category=None))
    told = {"notices": 2, "to_ring": two} | changes
    here.app.state.console_counts.now = Counts(**told)
    return here


@pytest.mark.parametrize("path", EVERY_PAGE)
@pytest.mark.parametrize("language", ["id", "en"])
async def test_an_alarm_stands_on_every_page_of_the_desk(
    monkeypatch: pytest.MonkeyPatch, now: None, path: str, language: str
) -> None:
    """With the count in the title, whom to ring, the number, and a button to take it."""
    text = (await loud(monkeypatch).get(path, cookie=f"bahasa={language}")).text
    page = read(text)
    assert (page.inline, page.wrong, page.posts) == ([], [], page.tokens)
    assert "<title>(2) " in text
    bar = text[text.index('<section class="alarms"') : text.index("<main")]
    assert 'data-sound="n-abcdefghjkmnp n-two "' in bar
    assert "Polres Jambi" in bar
    assert 'href="tel:+62741110110"' in bar
    assert 'action="/pemberitahuan/n-abcdefghjkmnp/dilihat"' in bar
    assert 'aria-live="assertive"' in text


async def test_whoever_is_no_desk_has_no_bar(monkeypatch: pytest.MonkeyPatch, now: None) -> None:
    """The head decides, and does not ring."""
    for role in (Role.APPROVER, Role.AUDITOR, Role.ADMIN):
        text = (await loud(monkeypatch, role).get("/mitra")).text
        assert "data-sound" not in text
        assert "<title>(" not in text
        assert (await loud(monkeypatch, role).get("/alarm")).status_code == 403


async def test_silence_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No alarm, no count, nothing that sounds; the bar is there to be filled."""
    text = (await loud(monkeypatch, notices=0, to_ring=()).get("/mitra")).text
    assert 'data-sound=" "' in text
    assert "<title>Mitra" in text


async def test_a_referrals_alarm_sounds_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both wait for the same person."""
    here = loud(monkeypatch, notices=0, to_ring=(), alarms=1, ringing=("r-one",))
    text = (await here.get("/mitra")).text
    assert "<title>(1) " in text
    assert 'data-sound=" r-one"' in text
    assert "Rujukan: 1 perlu tindakan" in text


async def test_taking_an_alarm_leads_to_what_is_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """The incident's page, at that agency, where the call is entered."""
    here = loud(monkeypatch)
    taken: list[str] = []

    async def see_alarm(room: object, number: str, **_: object) -> Any:
        taken.append(number)
        return _row(
            about=INCIDENT if number == "n-one" else "-", topic="incident" if number == "n-one" else "link"
        )

    monkeypatch.setattr(alarm_pages.actions, "see_alarm", see_alarm)
    answer = await here.post("/pemberitahuan/n-one/dilihat")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/insiden/{INCIDENT}#n-one")
    assert (await here.post("/pemberitahuan/n-link/dilihat")).headers["location"] == "/mitra"
    assert taken == ["n-one", "n-link"]


async def test_only_the_desk_takes_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else would ring."""
    for role in (Role.APPROVER, Role.DUTY, Role.ADMIN):
        here = loud(monkeypatch, role)
        assert (await here.post("/pemberitahuan/n-one/dilihat")).status_code == 403


async def test_a_wake_leads_to_what_it_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the notification's number; a duty officer to his one page."""
    here = loud(monkeypatch)
    here.app.state.database = _Shelf(_row(about=INCIDENT))
    assert (await here.get("/pemberitahuan/n-one")).headers["location"] == f"/insiden/{INCIDENT}#n-one"
    here.app.state.database = _Shelf(None)
    assert (await here.get("/pemberitahuan/n-nowhere")).status_code == 404
    officer = loud(monkeypatch, Role.DUTY)
    assert (await officer.get("/pemberitahuan/n-one")).headers["location"] == "/kotak"


class _Shelf:
    """A database that holds one notification, or none."""

    def __init__(self, row: Notification | None) -> None:
        self._row = row

    async def read(self, query: object) -> Notification | None:
        return self._row


def _row(number: int = 1, **changes: Any) -> Notification:
    told: dict[str, Any] = {
        "id": "n-one",
        "partner": "polres-jambi",
        "number": number,
        "topic": "incident",
        "about": INCIDENT,
        "sequence": 1,
        "kind": "alert",
        "urgent": True,
        "drill": False,
        "subject": None,
        "delivery": Delivery.QUEUED,
        "accepted_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
    }
    return Notification(**(told | changes))


def _incident(category: Category, name: str = INCIDENT) -> Incident:
    told: dict[str, Any] = dict.fromkeys(Incident.__dataclass_fields__)
    told |= {"id": name, "version": 1, "sequence": 1, "state": IncidentState.OPEN, "category": category}
    told |= {"severity": "severe", "urgent": True, "drill": False, "subject": "p-x", "origin": "operator"}
    told |= {"told": (), "created_by": "x", "reported_at": NOW, "created_at": NOW, "changed_at": NOW}
    return Incident(**told)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Give a database."""
    made = Database(database_url, Notebook())
    await made.start()
    yield made
    await made.close()


async def test_what_is_urgent_and_waits_longest_stands_first(database: Database) -> None:
    """Drills last; a protected category is not named on a bar that the whole desk sees."""

    def fill(connection: Connection) -> None:
        incidents.add(connection, _incident(Category.FIRE), _incident(Category.DOMESTIC_VIOLENCE, "i-kdrt"))
        rows = [
            _row(1, id="n-drill", alarm="call_now", alarm_at=NOW - timedelta(hours=1), drill=True),
            _row(2, id="n-calm", alarm="expired", alarm_at=NOW - timedelta(minutes=9), urgent=False),
            _row(3, id="n-new", alarm="refused", alarm_at=NOW, about="i-kdrt"),
            _row(4, id="n-old", alarm="call_now", alarm_at=NOW - timedelta(minutes=5)),
            _row(5, id="n-link", alarm="expired", alarm_at=NOW, about="-", topic="link", urgent=False),
            _row(6, id="n-silent", call=True),
        ]
        store.add(connection, rows)

    await database.maintain(fill)
    found = await database.read(alarmed)
    assert [each.id for each in found] == ["n-old", "n-new", "n-calm", "n-link", "n-drill"]
    assert [each.category for each in found] == [Category.FIRE, None, Category.FIRE, None, Category.FIRE]
    assert (found[1].incident, found[3].incident) == ("i-kdrt", None)
    counts = await database.read(count)
    assert (counts.notices, counts.loud, len(counts.to_ring)) == (5, 5, 5)


async def test_an_alarm_of_another_process_is_told_here(database: Database) -> None:
    """Counted by the clock as well: the screens of this process hear of it, and of its end."""
    changes = Changes()
    keeper = CountKeeper(database, changes)
    task = asyncio.create_task(keeper.run())
    with changes.follow() as ids:
        row = _row(1, alarm="call_now", alarm_at=NOW)
        await database.maintain(lambda connection: store.add(connection, [row]))
        async with asyncio.timeout(10):
            assert await anext(ids) == COUNTED
        await until(lambda: keeper.now.notices == 1)
        taken = update(notification).values(alarm=None)
        await database.maintain(lambda connection: connection.execute(taken))
        async with asyncio.timeout(10):
            assert await anext(ids) == COUNTED
    assert keeper.now.notices == 0
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_changed_while_a_page_was_made_is_not_lost(database: Database) -> None:
    """A page says when it was made; whoever then begins to listen is told what came between."""
    changes = Changes()
    keeper = CountKeeper(database, changes)
    task = asyncio.create_task(keeper.run())
    await until(lambda: changes.followers)
    before = datetime.now(UTC)
    changes.tell("i-one")
    changes.tell("n-one")
    changes.tell("i-one")
    await until(lambda: keeper.since(before))
    assert keeper.since(before)[:2] == ["i-one", "n-one"]
    assert keeper.since(datetime.now(UTC) + timedelta(seconds=1)) == []
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_page_hears_of_what_another_process_did_to_what_it_shows(database: Database) -> None:
    """Looked at by the clock; what this process tells comes at once, and is not told a second time."""
    await database.maintain(lambda connection: incidents.add(connection, _incident(Category.FIRE)))
    await database.maintain(lambda connection: store.add(connection, [_row(1)]))
    changes, look = Changes(), partial(database.read, partial(signs.of_one, name=INCIDENT))
    with changes.follow() as ids:
        async with (
            aclosing(watched(ids, look, INCIDENT, sign_s=0.4, look_s=0.05)) as heard,
            asyncio.timeout(10),
        ):
            assert await anext(heard) is None
            delivered = update(notification).values(delivery="delivered")
            await database.maintain(lambda connection: connection.execute(delivered))
            assert await anext(heard) == INCIDENT
            changes.tell("n-other")
            assert await anext(heard) == "n-other"
            read_by = update(notification).values(progress="read", human=True)
            await database.maintain(lambda connection: connection.execute(read_by))
            changes.tell(INCIDENT)
            assert await anext(heard) == INCIDENT
            assert await anext(heard) is None
