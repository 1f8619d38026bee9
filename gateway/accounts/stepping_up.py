"""Stepping up: a fresh proof in an open session, good for decisions during the next 300 s."""

from dataclasses import replace

from sqlalchemy import Connection

from . import entries, proofs, session_store
from .account import Session
from .browsers import counted_as
from .proofs import Proof
from .room import AccountRoom
from .signing_in import Refused
from .throttle import for_code


async def step_up(
    room: AccountRoom,
    session: Session,
    proof: Proof,
    *,
    source: str,
    request: str,
    known: str | None = None,
) -> Session | Refused:
    """Return *session*, stepped up now, or why not. Raises CannotRead, CannotWrite."""
    person, at_us = session.account, room.now_us()
    who, counted = for_code(person.id), counted_as(room, person.login, known=known, source=source)
    wait_s = 0 if proof.cannot_be_guessed else room.throttle.wait_s(who, counted, at_us=at_us)
    checked = None if wait_s else await proofs.check(room, session, proof)

    def change(connection: Connection) -> bool:
        return (
            checked is not None
            and proofs.use(connection, session, checked)
            and session_store.change_session(connection, session.digest, stepped_up_at_us=at_us)
        )

    by = entries.actor(person)
    said = entries.about_session(
        "session.stepped_up", "stepped_up", session.name, by=by, request=request, how=proof.how
    )
    no = replace(said, act="session.step_up_refused", outcome="refused", code="wait" if wait_s else "wrong")
    if not wait_s:
        room.throttle.failed(who, counted, at_us=at_us)
    if checked is None:
        await room.refusals.note(no, source=source)
    elif await room.database.write(change, entries=lambda done: [said if done else no]):
        room.throttle.succeeded(who, counted)
        return replace(session, stepped_up_at_us=at_us, challenge=None)
    return Refused("wait", wait_s) if wait_s else Refused("wrong")
