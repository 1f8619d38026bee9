"""Signing in: the password begins a session, a second proof opens it; every refusal takes as long."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from contracts import Entry
from gateway.db import CannotRead
from gateway.problems import Problem

from . import entries, proofs, session_store, store
from .account import Account, Session, letters
from .browsers import counted_as
from .proofs import Proof
from .room import AccountRoom
from .sessions import digest, new_token
from .throttle import for_code, for_password

LOGIN_MOST, PASSWORD_MOST = 40, 256  # characters that are looked at


@dataclass(frozen=True, slots=True)
class Refused:
    """A no: *code* is wrong, wait, one_time_ended or ended; *wait_s* seconds before the next try."""

    code: str
    wait_s: int = 0


def written(login: str) -> str:
    """Return *login* as accounts have it, however it was typed."""
    return login.strip().casefold()[:LOGIN_MOST]


async def begin(
    room: AccountRoom, login: str, password: str, *, source: str, request: str, known: str | None = None
) -> tuple[Session, str] | Refused:
    """
    Return a half session and its cookie's text, or why not.

    *source* is the caller's neighbourhood, *known* the mark of a browser (`browsers`). Raises Problem
    `too-many`, CannotRead, CannotWrite.
    """
    login = written(login)
    who, counted = for_password(login), counted_as(room, login, known=known, source=source)
    wait_s = room.throttle.wait_s(who, counted, at_us=room.now_us())
    if wait_s:
        await room.refusals.note(entries.refused("wait", source=source, request=request), source=source)
        return Refused("wait", wait_s)
    room.throttle.failed(who, counted, at_us=room.now_us())
    try:
        person = await _person(room, login, password)
    except (Problem, CannotRead):
        room.throttle.taken_back(who, counted)
        raise
    if isinstance(person, Account):
        room.throttle.succeeded(who, counted)
        return await _begun(room, person, request=request)
    named, code = person
    await room.refusals.note(
        entries.refused(code, source=source, request=request, account=named), source=source
    )
    return Refused(code if code == "one_time_ended" else "wrong")


async def finish(
    room: AccountRoom, half: Session, proof: Proof, *, source: str, request: str, known: str | None = None
) -> tuple[Session, str] | Refused:
    """
    Return the open session and its new cookie's text, or why not; the proof counts as stepping up.

    Raises CannotWrite.
    """
    person, at_us = half.account, room.now_us()
    who, counted = for_code(person.id), counted_as(room, person.login, known=known, source=source)
    wait_s = 0 if proof.cannot_be_guessed else room.throttle.wait_s(who, counted, at_us=at_us)
    if wait_s:
        await _refuse_proof(room, person, "wait", source=source, request=request)
        return Refused("wait", wait_s)
    checked = await proofs.check(room, half, proof)
    token = new_token()

    def change(connection: Connection) -> bool:
        return (
            checked is not None
            and proofs.use(connection, half, checked)
            and session_store.open_session(connection, half, digest=digest(token), at_us=at_us)
        )

    if checked is None or not await room.database.write(
        change, entries=lambda opened: [_opened_or_not(opened, half, checked, source, request)]
    ):
        room.throttle.failed(who, counted, at_us=at_us)
        if checked is None:
            await _refuse_proof(room, person, proof.how, source=source, request=request)
        return Refused("wrong")
    room.throttle.succeeded(who, counted)
    return _as_opened(half, token, at_us), token


async def close(room: AccountRoom, session: Session, *, request: str) -> None:
    """End *session* now. Raises CannotWrite."""
    by = entries.actor(session.account)

    def change(connection: Connection) -> list[str]:
        return session_store.end_sessions(connection, session.account.id, name=session.name)

    await room.database.write(
        change,
        entries=lambda names: (
            entries.closed(names, by=by, request=request, why="signed_out")
            or [_closed_already(session, request)]
        ),
    )


async def _person(room: AccountRoom, login: str, password: str) -> Account | tuple[Account | None, str]:
    """Return who that is, or whom the login names and why not; takes as long for a login nobody has."""
    found = await room.database.read(lambda connection: store.load_login(connection, login))
    in_use = found is not None and found.disabled_at_us is None
    right = await room.passwords.verify(
        found.password if found is not None and in_use else None, password[:PASSWORD_MOST]
    )
    if found is None or not right:
        return found, "password" if in_use else "no_account"
    return (found, "one_time_ended") if found.one_time_ended(room.now_us()) else found


async def _begun(room: AccountRoom, person: Account, *, request: str) -> tuple[Session, str]:
    token, at_us = new_token(), room.now_us()
    half = Session(digest(token), letters("s"), person, at_us, None, at_us, None)

    def change(connection: Connection) -> None:
        session_store.insert_session(connection, half)
        session_store.forget_ended(connection, at_us=at_us)

    by = entries.actor(person)
    begun = entries.about_session("session.begun", "begun", half.name, by=by, request=request, how="password")
    await room.database.write(change, entries=[begun])
    return half, token


def _opened_or_not(
    opened: bool, half: Session, checked: proofs.Checked | None, source: str, request: str
) -> Entry:
    if not opened or checked is None:
        return entries.refused("used_already", source=source, request=request, account=half.account)
    by = entries.actor(half.account)
    return entries.about_session(
        "session.opened", "opened", half.name, by=by, request=request, how=checked.how
    )


async def _refuse_proof(room: AccountRoom, person: Account, code: str, *, source: str, request: str) -> None:
    entry = entries.refused(code, source=source, request=request, account=person)
    await room.refusals.note(entry, source=source)


def _closed_already(session: Session, request: str) -> Entry:
    by = entries.actor(session.account)
    return entries.about_session("session.closed", "repeated", session.name, by=by, request=request, how=None)


def _as_opened(half: Session, token: str, at_us: int) -> Session:
    return replace(
        half,
        digest=digest(token),
        opened_at_us=at_us,
        seen_at_us=at_us,
        stepped_up_at_us=at_us,
        challenge=None,
    )
