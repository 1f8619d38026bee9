"""Taking an incident up while nothing can be written: answered with its id, kept, and written once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from contracts import Category
from gateway import shelf as shelves
from gateway.alarms import Alarms
from gateway.audit import Recorder, Spool
from gateway.audit.recorder import Recorded
from gateway.db import CannotWrite, Database
from gateway.incidents import actions, afloat, reading
from gateway.incidents.afloat import ALARM, UNREADABLE, Taken, ring, take, take_up, write_down
from gateway.incidents.facts import unseal
from gateway.incidents.kept import Kept
from gateway.incidents.opening import open_incident
from gateway.incidents.orders import Outcome
from gateway.incidents.room import IncidentRoom
from gateway.people import Person
from gateway.problems import Problem
from gateway.shelf import Shelf
from tests.gateway.gate import Notebook, until
from tests.gateway.referrals.house import Crowd
from tests.gateway.sick import Sick

from . import house
from .builders import FACTS
from .conftest import Desk
from .house import BPBD, DAMKAR, DISPATCHER, OPERATOR


class Locked(Crowd):
    """People whose key database is away."""

    away = True

    async def of_case(self, number: str) -> Person:
        """Find nobody."""
        if self.away:
            raise CannotWrite("the key database is away")
        return await self.of(number)


class Ward:
    """A room over a sick database, with a real recorder, spool and shelf."""

    def __init__(
        self, sick: Sick, recorder: Recorder, notebook: Notebook, people: Crowd, shelf: Path
    ) -> None:
        self.sick, self.recorder = sick, recorder
        self.notebook, self.people, self.folder = notebook, people, shelf
        self.room: IncidentRoom
        self.desk: Desk

    async def start(self) -> None:
        """Begin as a process does: a room that remembers nothing, and what lies on the shelf."""
        shelf = Shelf(self.folder, bytes(32), Kept, of="incident")
        self.room = house.build(self.sick, self.recorder, self.people, shelf=shelf)
        self.desk = Desk(self.room, self.notebook, self.people)
        shelf.start()
        await take_up(self.room)

    async def restart(self) -> None:
        """Lose everything that is only in memory."""
        await self.room.shelf.stop()
        await self.start()

    def shelved(self) -> set[str]:
        """Return the names of what lies on the shelf."""
        return {file.name for file in self.folder.iterdir()} if self.folder.is_dir() else set()

    async def take(self, category: Category = Category.FIRE, **more: Any) -> Taken:
        """Take an incident up."""
        return await take(self.room, house.draft(category, **more), by=DISPATCHER, request="q-1")

    @asynccontextmanager
    async def writing_down(self) -> AsyncIterator[None]:
        """Let what is afloat be written down meanwhile."""
        task = asyncio.create_task(write_down(self.room))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def settle(self) -> None:
        """Let the database serve again, until nothing is afloat, and the spool is empty."""
        self.sick.heal()
        async with self.writing_down():
            await until(lambda: not (self.room.afloat or self.room.shelf._owed))
        await self.room.recorder.replay()


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once; a slow machine is no sick database."""
    monkeypatch.setattr(shelves, "AGAIN_S", 0.01)
    monkeypatch.setattr(afloat, "AT_ONCE_S", 60.0)


@pytest.fixture
def people() -> Crowd:
    """Whose key database serves."""
    return Crowd()


@pytest.fixture
async def ward(database_url: str, tmp_path: Path, people: Crowd) -> AsyncIterator[Ward]:
    """Give a room whose database cannot be written."""
    notebook = Notebook()
    database = Database(database_url, notebook)
    await database.start()
    sick: Any = Sick(database)
    recorder = Recorder(sick, Spool(tmp_path / "spool"), Alarms(), bound_s=0.1, every_s=3600)
    await recorder.start()
    made = Ward(sick, recorder, notebook, people, tmp_path / "afloat")
    await made.start()
    yield made
    await made.room.shelf.stop()
    await recorder.close()
    await database.close()


async def test_it_is_taken_up_and_nothing_is_lost(ward: Ward) -> None:
    """Its id at once, an alarm, and in the end one row, one picture, and those told whom it concerns."""
    taken = await ward.take()
    assert (taken.new, taken.afloat, taken.audit) == (True, True, Recorded.SPOOLED)
    (alarm,) = ward.room.alarms.current()
    assert (alarm.name, taken.incident.id in alarm.text) == (ALARM, True)
    await ward.settle()
    stands = await ward.desk.get(taken.incident)
    assert stands == taken.incident
    assert await ward.desk.told(stands) == [(DAMKAR, "alert", 1)]
    assert ward.room.alarms.current() == []
    assert sorted(entry.outcome for entry in ward.desk.of("incident.opened")) == ["afloat", "open"]


def _spooled(folder: Path) -> bytes:
    """Return what is on the disk beside the database."""
    return b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())


async def test_what_it_says_of_people_is_in_the_spool_and_sealed(ward: Ward, tmp_path: Path) -> None:
    """So that the audit log has all of it whatever becomes of the row; on the shelf it is sealed, too."""
    taken = await ward.take()
    spooled = _spooled(tmp_path)
    assert taken.incident.id.encode() in spooled
    assert b"Contoh narasi" not in spooled
    await ward.settle()
    (entry,) = [each for each in ward.desk.of("incident.opened") if each.outcome == "afloat"]
    person = await ward.desk.people.with_pseudonym(taken.incident.subject)
    assert person is not None
    assert entry.sealed is not None
    assert person.unseal(entry.sealed, act=entry.act, key=entry.key) == FACTS.scalars()


@pytest.mark.parametrize("ailment", ["writes", "reads", "hangs"])
async def test_whatever_ails_the_database_it_is_answered_soon(
    ward: Ward, ailment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says no, cannot be read, or says nothing at all."""
    if ailment == "hangs":
        monkeypatch.setattr(afloat, "AT_ONCE_S", 0.2)
    ward.sick.cannot_read, ward.sick.hangs = ailment == "reads", ailment == "hangs"
    async with asyncio.timeout(10):
        taken = await ward.take()
    assert taken.afloat
    await ward.settle()
    assert await ward.desk.told(taken.incident) == [(DAMKAR, "alert", 1)]


async def test_the_same_again_is_the_same_while_it_is_afloat_and_after(ward: Ward) -> None:
    """The dispatch system sends its ticket until it hears 200."""
    ticket: Any = {"source_system": "cad", "source_ticket": "T-1"}
    first, again = await ward.take(**ticket), await ward.take(**ticket)
    assert (again.incident, again.new, again.afloat) == (first.incident, False, True)
    await ward.settle()
    after = await ward.take(**ticket)
    assert (after.incident, after.new, after.afloat) == (first.incident, False, False)
    assert len(await ward.desk.told(first.incident)) == 1


async def test_what_was_written_after_all_is_not_written_again(ward: Ward) -> None:
    """The database took longer than anybody waits, and did it."""
    draft = house.draft(repeat="key-1")
    ward.sick.heal()
    first = await take(ward.room, draft, by=DISPATCHER, request="q-1")
    ward.sick.trouble, ward.sick.cannot_read = CannotWrite("no answer", may_have_happened=True), True
    taken = await take(ward.room, draft, by=DISPATCHER, request="q-1")
    assert (taken.incident.id, taken.afloat) == (first.incident.id, True)
    await ward.settle()
    assert await ward.desk.told(first.incident) == [(DAMKAR, "alert", 1)]


async def test_whom_nobody_has_told_is_named(ward: Ward) -> None:
    """Everybody it concerns, connected or not: they must be rung."""
    taken = await ward.take(Category.FLOOD)
    assert [each.id for each in ring(ward.room, taken.incident)] == [BPBD]
    ward.sick.heal()
    with pytest.raises(Problem, match="not-written-yet"):
        await reading.view(ward.room, taken.incident.id, by=OPERATOR, request="q-2")
    with pytest.raises(Problem, match="not-written-yet"):
        await ward.desk.do(actions.close, taken.incident, Outcome.HANDLED)


class TestKeysAway:
    """The key database is away, too."""

    @pytest.fixture
    def people(self) -> Locked:
        """Whose key database does not serve."""
        return Locked()

    async def test_it_is_sealed_with_its_own_key_later(self, ward: Ward) -> None:
        """A key of the moment until then, which nobody needs afterwards."""
        taken = await ward.take()
        assert taken.afloat
        assert isinstance(ward.desk.people, Locked)
        ward.desk.people.away = False
        await ward.settle()
        stands = await ward.desk.get(taken.incident)
        assert stands.subject != taken.incident.subject
        (first,) = await ward.desk.pictures(stands)
        assert unseal(await ward.desk.people.with_pseudonym(stands.subject), first) == FACTS
        assert stands.created_at == taken.incident.created_at


async def test_more_than_can_be_kept_is_refused(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has an end; the refusal says to use the telephone."""
    monkeypatch.setattr(afloat, "MOST", 2)
    for _ in range(2):
        await ward.take()
    with pytest.raises(CannotWrite):
        await ward.take()


async def test_one_that_cannot_be_written_holds_back_no_other(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays on the alarm, and is tried again."""
    bad, good = await ward.take(), await ward.take()
    honest = open_incident

    async def fails_for_one(room: Any, draft: Any, **more: Any) -> Any:
        if draft is room.afloat[bad.incident.id].kept.draft:
            raise ValueError("a fault of ours")
        return await honest(room, draft, **more)

    monkeypatch.setattr("gateway.incidents.afloat.open_incident", fails_for_one)
    ward.sick.heal()
    async with ward.writing_down():
        await until(lambda: good.incident.id not in ward.room.afloat)
    (alarm,) = ward.room.alarms.current()
    assert (bad.incident.id in alarm.text, good.incident.id in alarm.text) == (True, False)
    monkeypatch.setattr("gateway.incidents.afloat.open_incident", honest)
    await ward.settle()
    assert ward.room.alarms.current() == []


class TestRestart:
    """The process ends before the database is back."""

    async def test_it_becomes_a_row_all_the_same(self, ward: Ward) -> None:
        """Under its id, with its facts, once; its alarm stands from the start until then."""
        taken = await ward.take()
        assert ward.shelved() == {taken.incident.id}
        await ward.restart()
        (alarm,) = ward.room.alarms.current()
        assert (alarm.name, taken.incident.id in alarm.text) == (ALARM, True)
        with pytest.raises(Problem, match="not-written-yet"):
            await reading.view(ward.room, taken.incident.id, by=OPERATOR, request="q-2")
        await ward.settle()
        stands = await ward.desk.get(taken.incident)
        assert stands == taken.incident
        (first,) = await ward.desk.pictures(stands)
        assert unseal(await ward.people.with_pseudonym(stands.subject), first) == FACTS
        assert await ward.desk.told(stands) == [(DAMKAR, "alert", 1)]
        assert sorted(entry.outcome for entry in ward.desk.of("incident.opened")) == ["afloat", "open"]
        assert (ward.shelved(), ward.room.alarms.current()) == (set(), [])

    async def test_the_same_again_is_the_same(self, ward: Ward) -> None:
        """The dispatch system heard nothing and sends its ticket to the new process."""
        ticket: Any = {"source_system": "cad", "source_ticket": "T-1"}
        first = await ward.take(**ticket)
        await ward.restart()
        again = await ward.take(**ticket)
        assert (again.incident.id, again.new, again.afloat) == (first.incident.id, False, True)
        await ward.settle()
        assert len(await ward.desk.told(first.incident)) == 1
        assert ward.shelved() == set()

    async def test_what_was_written_and_not_taken_off_is_not_written_again(self, ward: Ward) -> None:
        """The plug is pulled between the commit and the removal."""
        taken = await ward.take()
        file = ward.folder / taken.incident.id
        content = file.read_bytes()
        await ward.settle()
        file.write_bytes(content)
        await ward.restart()
        await ward.settle()
        assert len(await ward.desk.pictures(taken.incident)) == 1
        assert await ward.desk.told(taken.incident) == [(DAMKAR, "alert", 1)]
        assert (ward.shelved(), ward.room.alarms.current()) == (set(), [])

    async def test_what_cannot_be_read_is_named_and_left(self, ward: Ward) -> None:
        """An alarm says which; what can be read becomes its row."""
        bad, good = await ward.take(), await ward.take()
        (ward.folder / bad.incident.id).write_bytes(b"damaged")
        await ward.restart()
        await ward.settle()
        (alarm,) = ward.room.alarms.current()
        assert (alarm.name, bad.incident.id in alarm.text) == (UNREADABLE, True)
        assert good.incident.id not in alarm.text
        assert (await ward.desk.get(good.incident)).id == good.incident.id
        assert ward.shelved() == {bad.incident.id}

    async def test_one_that_cannot_be_taken_up_holds_back_no_other(
        self, ward: Ward, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A fault of ours stops no start."""
        bad, good = await ward.take(), await ward.take(Category.FLOOD)
        honest = afloat.fresh

        def fails_for_one(room: Any, draft: Any, *more: Any, **named: Any) -> Any:
            if draft.category is Category.FIRE:
                raise ValueError("a fault of ours")
            return honest(room, draft, *more, **named)

        monkeypatch.setattr(afloat, "fresh", fails_for_one)
        await ward.restart()
        assert list(ward.room.afloat) == [good.incident.id]
        assert {alarm.name for alarm in ward.room.alarms.current()} == {ALARM, UNREADABLE}
        assert bad.incident.id in ward.shelved()

    async def test_the_cap_holds_with_what_lay_there(
        self, ward: Ward, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All of it is taken up, and then no more."""
        monkeypatch.setattr(afloat, "MOST", 2)
        for _ in range(2):
            await ward.take()
        monkeypatch.setattr(afloat, "MOST", 1)
        await ward.restart()
        assert len(ward.room.afloat) == 2
        with pytest.raises(CannotWrite):
            await ward.take()


async def test_a_shelf_that_takes_nothing_holds_back_nobody(ward: Ward) -> None:
    """It is answered as ever, with the same alarm, and written down by this process."""
    ward.folder.write_text("not a folder")
    taken = await ward.take()
    assert (taken.new, taken.afloat, taken.audit) == (True, True, Recorded.SPOOLED)
    (alarm,) = ward.room.alarms.current()
    assert alarm.text == f"Incidents not written down; ring partners, put them on paper: {taken.incident.id}"
    await ward.settle()
    assert await ward.desk.told(taken.incident) == [(DAMKAR, "alert", 1)]


async def test_it_is_on_the_shelf_before_anybody_is_answered(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also whoever sends it again while the disk works."""
    honest, begun, may = Shelf.put, asyncio.Event(), asyncio.Event()

    async def slow(self: Shelf[Kept], *what: Any) -> bool:
        begun.set()
        await may.wait()
        return await honest(self, *what)

    monkeypatch.setattr(Shelf, "put", slow)
    asked = [asyncio.create_task(ward.take(repeat="r-1"))]
    await begun.wait()
    asked.append(asyncio.create_task(ward.take(repeat="r-1")))
    await asyncio.sleep(0.3)
    assert not any(task.done() for task in asked)
    may.set()
    first, again = [await task for task in asked]
    assert (first.new, again.new, again.incident) == (True, False, first.incident)
    assert ward.shelved() == {first.incident.id}


async def test_what_is_written_while_it_is_looked_for_is_not_denied(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No longer afloat after the reading, and not yet a row before it: patience, and no 404."""
    taken = await ward.take()

    async def just_before(room: IncidentRoom, _: str) -> None:
        room.afloat.clear()

    monkeypatch.setattr(reading, "_seen", just_before)
    with pytest.raises(Problem, match="not-written-yet"):
        await reading.view(ward.room, taken.incident.id, by=OPERATOR, request="q-1")
