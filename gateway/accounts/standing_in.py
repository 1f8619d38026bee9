"""An approver names who stands in, for how long, and ends it."""

import re
from collections.abc import Sequence

from sqlalchemy import Connection

from contracts import Entry

from . import deputies, entries
from .account import Deputyship, Session, letters
from .own import Surroundings
from .room import AccountRoom

LONGEST_US = 366 * 24 * 3600 * 1_000_000
_ACCOUNT = re.compile("a-[a-z]{10}")


async def name_deputy(
    room: AccountRoom, session: Session, deputy: str, *, since_us: int, until_us: int, around: Surroundings
) -> Deputyship | None:
    """
    Let the account *deputy* stand in for the person behind *session*, an approver, for at most 366 days.

    None unless both are approvers and the times are in order.
    """
    an_id = _ACCOUNT.fullmatch(deputy) is not None  # anything else may name a person, and an entry would too
    in_order = an_id and max(since_us, room.now_us()) < until_us <= since_us + LONGEST_US
    named = Deputyship(letters("d"), session.account.id, deputy if an_id else "unknown", since_us, until_us)
    by = entries.actor(session.account)

    def change(connection: Connection) -> bool:
        return in_order and deputies.insert_deputyship(connection, named)

    def told(done: bool) -> Sequence[Entry]:
        outcome = "named" if done else "refused"
        return [entries.about_deputy("deputy.named", outcome, named, by=by, request=around.request)]

    return named if await room.database.write(change, entries=told) else None


async def revoke_deputy(
    room: AccountRoom, session: Session, deputyship: str, *, around: Surroundings
) -> bool:
    """End a deputyship that the person gave; False if there is none of that id."""
    at_us, by = room.now_us(), entries.actor(session.account)
    standing = await room.database.read(lambda connection: deputies.deputyships(connection, at_us=at_us))
    found = next(
        (each for each in standing if (each.id, each.approver) == (deputyship, session.account.id)), None
    )
    if found is None:
        return False
    return await room.database.write(
        lambda connection: deputies.revoke_deputyship(
            connection, found.id, approver=found.approver, at_us=at_us
        ),
        entries=lambda done: [
            entries.about_deputy(
                "deputy.revoked", "revoked" if done else "repeated", found, by=by, request=around.request
            )
        ],
    )
