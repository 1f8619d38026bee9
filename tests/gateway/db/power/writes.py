"""What the recorded house writes: statements about beds, each with its entry, some of which fail half-way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from contracts import Entry, Need
from gateway.capacity.picture import Declared
from gateway.capacity.store import declared_capacity, keep_declared

ACT = "power.written"
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)  # before the clock's entries, whatever it says
LIVES, ROUNDS = 2, 24
SIZES = (1, 1, 2, 3, 5, 8, 13, 21)  # writes at once
HOSPITALS = 70  # few, so that rows are replaced as well as added
FAILING = 0.04


class ThoughtBetter(Exception):
    """A job that changed a row and then would rather not have."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One write: its number, the change, and what the change raises in the end."""

    number: int
    change: Callable[[Connection], None]
    fails_with: tuple[type[Exception], ...] = ()


def planned(dice: Random) -> list[list[list[Plan]]]:
    """Return for each life its rounds, and for each round what is written at once."""
    lives, number = [], 0
    for _ in range(LIVES):
        rounds: list[list[Plan]] = []
        for _ in range(ROUNDS):
            size = dice.choice(SIZES)
            rounds.append([_plan(number + n, dice) for n in range(size)])
            number += size
        lives.append(rounds)
    return lives


def entry_of(plan: Plan) -> Entry:
    """Return the entry of a write; like its row it names the hospital and the number."""
    return Entry(
        ACT,
        "done",
        object_type="hospital",
        object_id=hospital_of(plan.number),
        detail={"number": plan.number},
        at=BEGAN + timedelta(seconds=plan.number),
        key=f"{plan.number:032x}",
    )


def hospital_of(number: int) -> str:
    """Return whose beds write *number* is about."""
    return f"rs-{number * 29 % HOSPITALS}"


def statement(number: int) -> Declared:
    """Return the statement of write *number*, which stands in its row as the number of free beds."""
    return Declared(
        hospital=hospital_of(number),
        need=Need.ICU,
        free=number,
        told_by="x" * (number % 300),  # rows of many sizes, so that pages split
        proof="operator_statement",
        declared_by="op-1",
        declared_at=BEGAN,
        expires_at=BEGAN + timedelta(hours=1),
    )


def _plan(number: int, dice: Random) -> Plan:
    if dice.random() >= FAILING:
        return Plan(number, partial(_keep, number))
    if dice.random() < 0.5:
        return Plan(number, partial(_keep_and_raise, number), (ThoughtBetter,))
    return Plan(number, partial(_keep_twice, number), (IntegrityError,))


def _keep(number: int, connection: Connection) -> None:
    keep_declared(connection, statement(number))


def _keep_and_raise(number: int, connection: Connection) -> None:
    _keep(number, connection)
    raise ThoughtBetter


def _keep_twice(number: int, connection: Connection) -> None:
    _keep(number, connection)
    same = {"hospital": hospital_of(number), "need": "icu", "free": number, "told_by": "", "proof": ""}
    row = {**same, "declared_by": "", "declared_at_us": 0, "expires_at_us": 0}
    connection.execute(insert(declared_capacity), [row])
