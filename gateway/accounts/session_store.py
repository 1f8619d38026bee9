"""The rows of sessions: begun with the password, opened with the second proof, deleted at the end."""

from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from .account import ABSOLUTE_US, HALF_US, IDLE_US, Session
from .store import account, account_of, session


def insert_session(connection: Connection, new: Session) -> None:
    """Add *new*."""
    row = {"digest": new.digest, "name": new.name, "account": new.account.id, "begun_at_us": new.begun_at_us}
    row |= {"opened_at_us": new.opened_at_us, "seen_at_us": new.seen_at_us}
    connection.execute(insert(session), [row | {"stepped_up_at_us": new.stepped_up_at_us}])


def load_session(connection: Connection, digest: bytes) -> Session | None:
    """Return the session of that cookie with its account, None without one in use."""
    both = select(session, account).join(account, account.c.id == session.c.account)
    row = connection.execute(
        _labelled(both).where((session.c.digest == digest) & account.c.disabled_at_us.is_(None))
    ).first()
    return None if row is None else _session(row)


def sessions_of(connection: Connection, account_id: str, *, at_us: int) -> list[Session]:
    """Return the account's sessions that have not ended, the newest first."""
    both = select(session, account).join(account, account.c.id == session.c.account)
    its = _labelled(both).where(session.c.account == account_id).order_by(session.c.begun_at_us.desc())
    found = [_session(row) for row in connection.execute(its)]
    return [each for each in found if at_us < each.ends_at_us]


def open_session(connection: Connection, half: Session, *, digest: bytes, at_us: int) -> bool:
    """Make a whole session of *half* under another cookie; False if another proof did so or it has ended."""
    its = (session.c.digest == half.digest) & session.c.opened_at_us.is_(None)
    values = {"digest": digest, "opened_at_us": at_us, "seen_at_us": at_us, "stepped_up_at_us": at_us}
    done = connection.execute(update(session).where(its).values(**values, challenge=None))
    return done.rowcount == 1


def change_session(connection: Connection, digest: bytes, **values: Any) -> bool:
    """Set columns of the session; say whether it is still there."""
    return (
        connection.execute(update(session).where(session.c.digest == digest).values(**values)).rowcount == 1
    )


def take_challenge(connection: Connection, its: Session) -> bool:
    """Void what a passkey was asked to sign in that session; False if another answer did so."""
    asked = (session.c.digest == its.digest) & (session.c.challenge == its.challenge)
    return connection.execute(update(session).where(asked).values(challenge=None)).rowcount == 1


def end_sessions(
    connection: Connection, account_id: str, *, name: str | None = None, but: bytes | None = None
) -> list[str]:
    """Delete the account's sessions, or the one of that *name*, never *but*; return the names."""
    its = session.c.account == account_id
    if name is not None:
        its = and_(its, session.c.name == name)
    if but is not None:
        its = and_(its, session.c.digest != but)
    names = list(connection.scalars(select(session.c.name).where(its)))
    connection.execute(delete(session).where(its))
    return names


def forget_ended(connection: Connection, *, at_us: int) -> None:
    """Delete what ran out by itself."""
    opened = session.c.opened_at_us
    ended = or_(
        opened.is_(None) & (session.c.begun_at_us <= at_us - HALF_US),
        opened.is_not(None) & (session.c.seen_at_us <= at_us - IDLE_US),
        opened.is_not(None) & (opened <= at_us - ABSOLUTE_US),
    )
    connection.execute(delete(session).where(ended))


def _labelled(both: Any) -> Any:
    """Select both tables' columns under names of their own: both have an id of sorts."""
    wanted = [column.label(f"s_{column.name}") for column in session.columns]
    return both.with_only_columns(*wanted, *(column.label(f"a_{column.name}") for column in account.columns))


def _session(row: Any) -> Session:
    said = row._mapping
    its = {column.name: said[f"s_{column.name}"] for column in session.columns if column.name != "account"}
    its["challenge"] = None if its["challenge"] is None else bytes(its["challenge"])
    its["digest"] = bytes(its["digest"])
    person = account_of({column.name: said[f"a_{column.name}"] for column in account.columns})
    return Session(account=person, **its)
