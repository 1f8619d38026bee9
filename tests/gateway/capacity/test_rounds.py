"""The background round: what it writes down is what happened, and nothing of it is lost or said twice."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from contracts.audit import Entry
from gateway.capacity.asking import Asking
from gateway.capacity.picture import Declared, Picture
from gateway.capacity.rounds import Rounds
from gateway.db import CannotRead, CannotWrite
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
