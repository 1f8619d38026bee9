"""
Contacts of accounts, and the wakes that are due to them; times in microseconds since 1970, UTC.

A wake is planned inside the transaction of what it tells of, so that neither is there without the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    Table,
    Text,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from gateway.db import metadata
from gateway.passage import new_id

from .contacts import contact, living

WAITING, TAKEN, GONE, EXPIRED, FAILED = "waiting", "taken", "gone", "expired", "failed"
KEPT_US = 7 * 86_400 * 1_000_000  # after its end; what was sent, and what came of it, stands in the log
TRIES_BEFORE_ALARM = 3  # by the ladder some 30 s: longer than a mail server's hiccup

wake = Table(
    "wake",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text),
    Column("contact", Text),
    Column("why", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("due_at_us", BigInteger, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("until_at_us", BigInteger, nullable=False),
    Column("urgent", Boolean, nullable=False),
)

_DUE = (
    select(wake.c.id, wake.c.turn)
    .where(wake.c.state == WAITING, wake.c.due_at_us <= bindparam("at"))
    .order_by(wake.c.urgent.desc(), wake.c.due_at_us, wake.c.id)
    .limit(bindparam("most"))
)
_WAYS = (
    select(contact.c.account, contact.c.id)
    .where(contact.c.account.in_(bindparam("accounts", expanding=True)), living())
    .order_by(contact.c.account, contact.c.id)
)
_INSERT = insert(wake)
Index("ix_wake_state_due_at_us", wake.c.state, wake.c.due_at_us)
Index(None, wake.c.object_id)
Index(None, wake.c.until_at_us)


@dataclass(frozen=True, slots=True)
class Planned:
    """One wake and where it goes; *address* and *language* are None when the contact is no longer in use."""

    id: str
    account: str | None
    contact: str | None
    why: str
    object_id: str
    turn: int
    attempts: int
    until_at_us: int
    urgent: bool
    address: str | None
    language: str | None


def plan(
    connection: Connection,
    *,
    accounts: Sequence[str],
    why: str,
    object_id: str,
    at_us: int,
    until_at_us: int,
    urgent: bool = False,
) -> int:
    """
    Have every contact of *accounts* woken from *at_us* until *until_at_us*; return how many there are.

    *why* is a key of words.toml; *object_id* names what waits. Called inside another room's change. 0
    means that nobody can be reached; the alarm `waking.nobody` stands then until *until_at_us* or `call_off`.
    """
    ways = _ways(connection, accounts)
    told = {"why": why, "object_id": object_id, "due_at_us": at_us, "until_at_us": until_at_us}
    rows = [
        told
        | {"id": f"w-{new_id()[:16]}", "account": account, "contact": way, "turn": 0, "attempts": 0}
        | {"state": WAITING if way else FAILED, "urgent": urgent}
        for account, way in ways
    ]
    connection.execute(_INSERT, rows)
    return sum(way is not None for _, way in ways)


def call_off(connection: Connection, *, object_id: str, at_us: int, why: str | None = None) -> int:
    """
    Wake nobody for *object_id* any more, for any *why* or that one; return how many had still been due.

    Called inside another room's change. Whatever is under way may still arrive.
    """
    its = (wake.c.object_id == object_id) & (wake.c.until_at_us > at_us)
    if why is not None:
        its &= wake.c.why == why
    due = its & (wake.c.state == WAITING)
    called_off = connection.execute(update(wake).where(due).values(state=EXPIRED)).rowcount
    connection.execute(update(wake).where(its).values(until_at_us=at_us))
    return called_off


def due(connection: Connection, at_us: int, limit: int) -> list[tuple[str, int]]:
    """Return id and turn of at most *limit* wakes whose time has come, the urgent and longest due first."""
    rows = connection.execute(_DUE, {"at": at_us, "most": limit})
    return [(row.id, row.turn) for row in rows]


def load(connection: Connection, wake_id: str, turn: int) -> Planned | None:
    """Return the wake of that id if it still waits at that *turn*."""
    joined = wake.outerjoin(contact, (contact.c.id == wake.c.contact) & living())
    at_turn = (wake.c.id == wake_id) & (wake.c.turn == turn) & (wake.c.state == WAITING)
    found = select(wake, contact.c.address, contact.c.language).select_from(joined).where(at_turn)
    row = connection.execute(found).first()
    return None if row is None else _planned(row)


def claim(connection: Connection, planned: Planned, *, next_at_us: int) -> bool:
    """
    Take the turn of *planned*; False when somebody else has, or it was called off.

    It is due again at *next_at_us*: a crash from here on costs one pause and no message.
    """
    at_turn = (wake.c.id == planned.id) & (wake.c.turn == planned.turn) & (wake.c.state == WAITING)
    taken = {"turn": planned.turn + 1, "attempts": planned.attempts + 1, "due_at_us": next_at_us}
    return connection.execute(update(wake).where(at_turn).values(taken)).rowcount == 1


def settle(connection: Connection, wake_id: str, *, turn: int, state: str) -> bool:
    """End the wake that waits at *turn* with *state*; say whether it did."""
    at_turn = (wake.c.id == wake_id) & (wake.c.turn == turn) & (wake.c.state == WAITING)
    return connection.execute(update(wake).where(at_turn).values(state=state)).rowcount == 1


def forget_ended(connection: Connection, *, at_us: int) -> int:
    """Delete the wakes whose time has been over for seven days; return how many. Those that wait stay."""
    over = (wake.c.until_at_us <= at_us - KEPT_US) & (wake.c.state != WAITING)
    return connection.execute(delete(wake).where(over)).rowcount


def unreached(connection: Connection, at_us: int) -> list[str]:
    """
    Return the objects for which nobody was reached: none took it over, and every way failed or keeps failing.

    Only what still waits for somebody at *at_us* counts.
    """
    hopeful = (wake.c.state == TAKEN) | ((wake.c.state == WAITING) & (wake.c.attempts < TRIES_BEFORE_ALARM))
    hopes = func.sum(case((hopeful, 1), else_=0))
    groups = select(wake.c.object_id).where(wake.c.until_at_us > at_us).group_by(wake.c.object_id, wake.c.why)
    return sorted(set(connection.scalars(groups.having(hopes == 0))))


def _ways(connection: Connection, accounts: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """Return account and contact of every way; an account without one has None, and so has nobody."""
    found = connection.execute(_WAYS, {"accounts": list(accounts)}).all()
    reachable = {row.account for row in found}
    without = [(account, None) for account in dict.fromkeys(accounts) if account not in reachable]
    return [*((row.account, row.id) for row in found), *without] or [(None, None)]


def _planned(row: Row[Any]) -> Planned:
    return Planned(
        id=row.id,
        account=row.account,
        contact=row.contact,
        why=row.why,
        object_id=row.object_id,
        turn=row.turn,
        attempts=row.attempts,
        until_at_us=row.until_at_us,
        urgent=bool(row.urgent),
        address=row.address,
        language=row.language,
    )
