"""An emergency while nothing can be written, and a gateway that dies before it can: made again, once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Nik, Nokartu, Patient
from gateway import shelf as shelves
from gateway.db import CannotWrite, Database
from gateway.referrals import afloat, reading
from gateway.referrals.kept import Kept
from gateway.referrals.orders import Draft, Order, Then
from gateway.referrals.rows import AskState, Referral
from gateway.referrals.sealing import Told
from gateway.referrals.states import Event, State
from gateway.referrals.writing_down import UNREADABLE, take_up, write_down
from gateway.shelf import Shelf
from tests.gateway.gate import Notebook, until
from tests.gateway.sick import Sick

from . import house
from .conftest import Desk
from .hospital import Hospital
from .house import FIRST, SECOND, TELEPHONE, TICKED

KEY = bytes(32)
SENT = {FIRST: AskState.SENT, SECOND: AskState.SENT}
MORE = (*TICKED, house.Criterion.REDUCED_CONSCIOUSNESS)


class Ward:
    """A desk whose database is sick when a test wants it, over a real shelf."""

    def __init__(self, sick: Sick, notebook: Notebook, folder: Path) -> None:
        self.sick, self.notebook, self.folder = sick, notebook, folder
        self.people = house.Crowd()
        self.hospitals = {name: Hospital(name) for name in (FIRST, SECOND, house.THIRD)}
        self.desk: Desk

    async def start(self) -> None:
        """Begin as a process does: a room that remembers nothing, and what lies on the shelf."""
        shelf = Shelf(self.folder, KEY, Kept, of="referral")
        ports: dict[str, object | None] = {**self.hospitals, TELEPHONE: None}
        room = house.build(self.sick, self.notebook, ports, people=self.people, shelf=shelf)
        self.desk = Desk(room, self.notebook, self.hospitals, self.people)
        shelf.start()
        await take_up(room)

    async def die(self) -> None:
        """Lose everything that is only in memory, and begin anew."""
        await self.desk.room.shelf.stop()
        await self.start()

    async def fall_sick(self) -> None:
        """Take no write from now on."""
        self.sick.trouble = CannotWrite("disk full")

    async def heal(self) -> None:
        """Let the database serve again, until nothing is afloat."""
        self.sick.heal()
        room = self.desk.room
        task = asyncio.create_task(write_down(room))
        await until(lambda: not (room.afloat or room.shelf._owed))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    def shelved(self) -> list[str]:
        """Return the names of what lies there."""
        return sorted(file.name for file in self.folder.iterdir()) if self.folder.is_dir() else []

    def copies(self) -> list[int]:
        """Return how many copies the two hospitals hold of each question."""
        return [len(all_of) for name in (FIRST, SECOND) for all_of in self.hospitals[name].copies.values()]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(shelves, "AGAIN_S", 0.01)


@pytest.fixture
async def ward(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ward]:
    """Give a room over a database that serves until it falls sick."""
    monkeypatch.setattr(afloat, "AT_ONCE_S", 60.0)  # a slow machine is no sick database
    notebook = Notebook()
    database = Database(database_url, notebook)
    await database.start()
    sick = Sick(database)
    sick.heal()
    made = Ward(sick, notebook, tmp_path / "afloat")
    await made.start()
    yield made
    await made.desk.room.shelf.stop()
    await database.close()


async def _emergency(ward: Ward, **more: Any) -> Referral:
    return await ward.desk.new(Then.BREAK_GLASS, criteria=TICKED, hospitals=(FIRST, SECOND), **more)


@pytest.mark.parametrize("dies", [False, True])
async def test_a_new_one_is_written_once_with_the_same_hospitals(ward: Ward, dies: bool) -> None:
    """Its id, its patient, a review owed; each hospital holds one copy, whether the gateway died or not."""
    await ward.fall_sick()
    gone = await _emergency(ward)
    assert (ward.shelved(), ward.copies()) == ([gone.id], [1, 1])
    assert reading.is_afloat(ward.desk.room, gone.id)
    if dies:
        await ward.die()
        assert reading.is_afloat(ward.desk.room, gone.id)
    await ward.heal()
    await ward.desk.sweep()
    row = await ward.desk.get(gone)
    assert (row.state, row.clearance, row.created_at) == (State.SENT, "break_glass", gone.created_at)
    assert (await ward.desk.states(gone), ward.copies()) == (SENT, [1, 1])
    assert [each.what for each in await ward.desk.owed(gone)] == ["review"]
    person = await ward.people.of(house.NIK)
    assert (row.subject, ward.shelved()) == (person.pseudonym, [])
    (late,) = ward.notebook.of("referral.written_late")
    assert (late.object_id, late.subject) == (gone.id, person.pseudonym)
    assert not ward.desk.room.alarms.current()


@pytest.mark.parametrize("dies", [False, True])
async def test_what_happened_to_a_row_stands_there_once(ward: Ward, dies: bool) -> None:
    """It waited for its approval, became an emergency, and then it got worse: all of it while away."""
    waiting = await ward.desk.new(hospitals=(FIRST, SECOND))
    await ward.fall_sick()
    await ward.desk.do(waiting, Event.BREAK_GLASS, criteria=TICKED, by=house.DISPATCHER)
    await ward.desk.do(waiting, Event.BREAK_GLASS, criteria=MORE, by=house.DISPATCHER)
    assert [name.partition(".")[0] for name in ward.shelved()] == [waiting.id] * 2
    if dies:
        await ward.die()
    await ward.heal()
    await ward.desk.sweep()
    assert (await ward.desk.states(waiting), ward.copies()) == (SENT, [1, 1])
    assert (await ward.desk.events(waiting)).count("break_glass") == 1
    assert ward.shelved() == []


async def test_what_got_worse_while_away_is_not_lost_to_what_was_written_before(ward: Ward) -> None:
    """Two things happened to one row: the second finds it changed by the first, and happens all the same."""
    out = await _emergency(ward)
    await ward.desk.sweep()
    await ward.fall_sick()
    await ward.desk.do(out, Event.WORSENED, criteria=MORE, by=house.DISPATCHER)
    ward.sick.heal()
    await ward.desk.do(out, Event.DEPART, hospital=FIRST, by=house.DISPATCHER)
    await ward.heal()
    assert (await ward.desk.get(out)).criteria == MORE
    assert (await ward.desk.events(out)).count("worsened") == 1


async def test_what_stands_there_already_is_not_made_twice(ward: Ward) -> None:
    """The database had taken it after all, and the gateway died before it knew."""
    await ward.fall_sick()
    gone = await _emergency(ward)
    kept = ward.desk.room.afloat[gone.id].kept
    await ward.heal()
    await ward.desk.room.shelf.put(kept.name, kept)
    await ward.die()
    await ward.heal()
    assert (await ward.desk.events(gone)).count("break_glass") == 1
    assert [each.outcome for each in ward.notebook.of("referral.written_late")] == ["sent", "there_already"]


async def test_who_asks_again_is_answered_with_the_same(ward: Ward) -> None:
    """Before the gateway died and after it: nobody is asked by a second question."""
    await ward.fall_sick()
    gone = await _emergency(ward, repeat="r-1")
    await ward.die()
    again = await _emergency(ward, repeat="r-1")
    assert (again.id, ward.copies()) == (gone.id, [1, 1])
    await ward.heal()
    assert (await ward.desk.events(gone)).count("break_glass") == 1


async def test_a_shelf_that_takes_nothing_holds_back_no_ambulance(ward: Ward) -> None:
    """The disk is full to the last byte."""
    ward.folder.write_text("no folder")
    await ward.fall_sick()
    gone = await _emergency(ward)
    assert ward.copies() == [1, 1]
    ward.folder.unlink()
    await ward.heal()
    assert (await ward.desk.get(gone)).clearance == "break_glass"


async def test_what_cannot_be_read_is_an_alarm(ward: Ward) -> None:
    """It is named, stays where it is, and holds back no other."""
    await ward.fall_sick()
    gone = await _emergency(ward)
    (ward.folder / gone.id).write_bytes(b"broken")
    await ward.die()
    (alarm,) = ward.desk.room.alarms.current()
    assert (alarm.name, gone.id in alarm.text, ward.shelved()) == (UNREADABLE, True, [gone.id])


def _every(kind: Any, **known: Any) -> Any:
    """Return a strategy that fills each field of *kind*, also those added after this was written."""
    return st.builds(kind, **{each.name: known.get(each.name, ...) for each in fields(kind)})


_DEGREES = st.none() | st.floats(allow_nan=False, allow_infinity=False)
_NUMBERS = {
    "nik": st.sampled_from((None, Nik(house.NIK))),
    "nokartu": st.sampled_from((None, Nokartu("0001234567890"))),
}
_TOLD = _every(Told, patient=_every(Patient, **_NUMBERS))
_KEPT = _every(
    Kept,
    draft=st.none() | _every(Draft, told=_TOLD, latitude=_DEGREES, longitude=_DEGREES),
    order=st.none() | _every(Order),
    at=st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)),
)


@given(kept=_KEPT)
def test_whatever_is_kept_comes_back(kept: Kept) -> None:
    """Each field, the patient's numbers as well; and two things that happened to one have two names."""
    shelf = Shelf(Path(), KEY, Kept, of="referral")
    sealed = shelf._sealed("r-contohcontoh2", kept)
    assert shelf._decode(shelf._box.decrypt(sealed[:12], sealed[12:], b"r-contohcontoh2")) == kept
    if kept.draft is None and kept.at < datetime(9999, 1, 1, tzinfo=UTC):
        assert replace(kept, at=kept.at + timedelta(microseconds=1)).name != kept.name
