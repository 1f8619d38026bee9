"""The background round: what it writes down is what happened, and nothing of it is lost or said twice."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from contracts.audit import Entry
from gateway.audit import Chain, Recorder
from gateway.capacity.asking import Asking
from gateway.capacity.picture import Declared, Picture
from gateway.capacity.rounds import CATCH_UP_S, Rounds
from gateway.db import CannotRead, CannotWrite, Database
from tests.exported import lines_at
from tests.gateway.capacity.builders import declared
from tests.virtual_time import in_virtual_time

from .test_asking import Ward, hospital


class Book:
    """A database and a recorder in one: keeps entries, tells what others declared, fails when told."""

    def __init__(self, *, told: Sequence[Declared] = (), sick: bool = False) -> None:
        self.told = list(told)
        self.sick = sick
        self.written: list[Entry] = []
        self.later: list[Entry] = []

    async def read(self, _: Callable[[Connection], Any]) -> Any:
        """Return what stands there."""
        if self.sick:
            raise CannotRead("sick")
        return self.told

    async def write(self, _: Callable[[Connection], Any], *, entries: Sequence[Entry]) -> None:
        """Keep the entries."""
        if self.sick:
            raise CannotWrite("sick", may_have_happened=True)
        self.written += entries

    async def record_later(self, *entries: Entry) -> None:
        """Keep them for later."""
        self.later += entries


def rounds(book: Book, picture: Picture, **wards: Ward) -> Rounds:
    """Return the rounds over these hospitals, with a deadline of one second."""
    room = Asking([hospital(name, ward) for name, ward in wards.items()], picture, limit_s=1.0)
    return Rounds(room, picture, book, book, interval_s=60.0, deadline_s=1.0)  # type: ignore[arg-type]  # stand-ins


@in_virtual_time
async def test_who_hangs_is_late_in_the_very_round_it_hung_in() -> None:
    """Heard before or not: the log says of this round what happened in it."""
    book, hanging = Book(), Ward(0.1)
    every = rounds(book, Picture(), rs_a=Ward(0.1), rs_b=hanging)
    await every.once()
    hanging.seconds = 3600.0
    await every.once()
    first, second = (entry for entry in book.written if entry.act == "capacity.refreshed")
    assert (first.detail, second.detail) == ({"answered": 2}, {"answered": 1, "late": 1})
    changes = [(e.partner, e.outcome) for e in book.written if e.act == "capacity.outcome_changed"]
    assert changes[-1] == ("rs_b", "late")


@in_virtual_time
async def test_what_the_database_may_hold_already_goes_where_doubles_are_known() -> None:
    """Its answer to the commit was lost: the entries are not inserted blindly a second time."""
    book = Book(sick=True)
    await rounds(book, Picture(), rs_a=Ward()).once()
    assert (book.written, book.later[0].act) == ([], "capacity.refreshed")


@in_virtual_time
async def test_each_round_hears_what_people_told_another_gateway() -> None:
    """A statement made at the other replica counts here within a round."""
    statement, picture = declared("rs", 3), Picture()
    await rounds(Book(told=[statement]), picture, rs_a=Ward()).once()
    assert picture.declared("rs", statement.need, at=statement.declared_at) == statement


async def test_what_another_replica_goes_round_for_is_taken_over_here(database_url: str) -> None:
    """Its sightings stand in the database; this one asks nobody, and is as well informed soon after."""
    there, here = Ward(), Ward()
    pictures = Picture(), Picture()
    database = Database(database_url, Chain("test-1"))
    await database.start()
    leader = _over(database, pictures[0], rs_a=there)
    follower = _over(database, pictures[1], rs_a=here)
    await leader.once()
    await follower.catch_up()
    assert pictures[1].sighting("rs_a") == pictures[0].sighting("rs_a")
    assert (there.asked, here.asked) == (1, 0)
    await follower.once()  # it leads now: a change is one from what the other saw
    newer = pictures[1].sighting("rs_a")
    await leader.catch_up()
    await follower.catch_up()
    assert pictures[0].sighting("rs_a") == newer
    await database.close()
    acts = [json.loads(line)["record"]["act"] for line in lines_at(database_url)]
    assert (acts.count("capacity.refreshed"), acts.count("capacity.outcome_changed")) == (2, 1)


def _over(database: Database, picture: Picture, **wards: Ward) -> Rounds:
    """Return the rounds of one replica over a real database."""
    room = Asking([hospital(name, ward) for name, ward in wards.items()], picture, limit_s=1.0)
    recorder = cast(Recorder, Book())
    return Rounds(room, picture, database, recorder, interval_s=60.0, deadline_s=1.0)


@in_virtual_time
async def test_only_who_leads_goes_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever takes the lead over does within seconds, not at its own next round."""
    book, ward, elsewhere = Book(), Ward(), True

    async def is_elsewhere() -> bool:
        return elsewhere

    async def nothing(_: Rounds) -> None:
        return None

    monkeypatch.setattr(Rounds, "catch_up", nothing)
    room = Asking([hospital("rs_a", ward)], Picture(), limit_s=1.0)
    its = Rounds(room, Picture(), book, book, interval_s=60.0, deadline_s=1.0, elsewhere=is_elsewhere)  # type: ignore[arg-type]  # stand-ins
    going = asyncio.create_task(its.run())
    await asyncio.sleep(300)
    assert ward.asked == 0
    elsewhere = False
    await asyncio.sleep(CATCH_UP_S * 1.2)
    assert ward.asked == 1
    going.cancel()
