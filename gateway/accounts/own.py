"""What somebody signed in does with the account: password, one-time codes, passkeys, sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from contracts import Entry
from gateway.problems import Problem

from . import entries, passkeys, proofs, session_store, store, totp
from .account import Account, Passkey, Session
from .browsers import counted_as
from .passkeys import Place
from .passwords import weakness
from .room import AccountRoom
from .throttle import for_code


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around one act: the question's id, the caller's neighbourhood, its browser's mark."""

    request: str
    source: str
    known: str | None = None


async def change_password(
    room: AccountRoom, session: Session, *, old: str, new: str, around: Surroundings
) -> str | None:
    """
    Take *new* instead of *old* and end the person's other sessions.

    Returns why not: wrong, wait, same, or as `weakness`. Raises Problem `too-many`, CannotWrite.
    """
    person = session.account
    who = for_code(person.id)
    counted = counted_as(room, person.login, known=around.known, source=around.source)
    if room.throttle.wait_s(who, counted, at_us=room.now_us()):
        return "wait"
    room.throttle.failed(who, counted, at_us=room.now_us())
    if not await _verify(room, person, old, who, counted):
        refused = entries.refused("password", source=around.source, request=around.request, account=person)
        await room.refusals.note(refused, source=around.source)
        return "wrong"
    room.throttle.taken_back(who, counted)
    weak = "same" if old == new else weakness(new, login=person.login, display_name=person.display_name)
    if weak is None:
        await _take_password(room, session, await room.passwords.hash(new), around)
    return weak


async def prepare_totp(room: AccountRoom, session: Session, *, around: Surroundings) -> str:
    """Return the secret of other one-time codes; they count once the first of them was given."""
    person, secret = session.account, totp.new_secret()
    sealed = room.seal.close(secret, account=person.id)
    await room.database.write(
        lambda connection: store.change_account(connection, person.id, totp_next=sealed),
        entries=[_about_me("totp.prepared", "prepared", session, around)],
    )
    return secret


def prepared_totp(room: AccountRoom, session: Session) -> str | None:
    """Return the secret that awaits its first code, None if none does."""
    return room.seal.open(session.account.totp_next, account=session.account.id)


async def confirm_totp(room: AccountRoom, session: Session, code: str, *, around: Surroundings) -> bool:
    """Let the prepared codes count from now on, instead of the earlier ones, if *code* is one of them."""
    person, secret = session.account, prepared_totp(room, session)
    step = None if secret is None else totp.step_of(secret, code, at_us=room.now_us())
    if step is None:
        return False
    await room.database.write(
        lambda connection: store.change_account(
            connection, person.id, totp=person.totp_next, totp_next=None, totp_step=step
        ),
        entries=[_about_me("totp.added", "added", session, around)],
    )
    return True


async def ask_for_passkey(room: AccountRoom, session: Session, *, place: Place) -> str | None:
    """Return, as JSON, what the browser is asked to make; None where no passkey can be or ten are."""
    known = await proofs.passkeys_of(room, session)
    if place.host is None or len(known) >= passkeys.MOST_PER_ACCOUNT:
        return None
    challenge = await proofs.new_challenge(room, session)
    name = "Gerbang 112" if room.environment == "live" else "Gerbang CONTOH"
    return passkeys.registration_options(
        session.account, known, host=place.host, challenge=challenge, name=name
    )


async def add_passkey(
    room: AccountRoom, session: Session, answer: str, *, label: str, place: Place, around: Surroundings
) -> Passkey | None:
    """Keep the passkey that the browser's *answer* made; None if it does not check out or is known."""
    if session.challenge is None:
        return None
    made = passkeys.registered(
        answer,
        session.account,
        place=place,
        challenge=session.challenge,
        label=label,
        at_us=room.now_us(),
    )
    if made is None:
        return None

    def change(connection: Connection) -> bool:
        return session_store.take_challenge(connection, session) and store.insert_passkey(connection, made)

    def told(added: bool) -> Sequence[Entry]:
        by = entries.actor(session.account)
        act = "passkey.added" if added else "passkey.refused"
        return [entries.about_passkey(act, made.name, by=by, request=around.request)]

    return made if await room.database.write(change, entries=told) else None


async def remove_passkey(room: AccountRoom, session: Session, name: str, *, around: Surroundings) -> bool:
    """Delete the person's passkey of that name; False if there is none."""
    by = entries.actor(session.account)
    known = await proofs.passkeys_of(room, session)
    if name not in [key.name for key in known]:
        return False
    await room.database.write(
        lambda connection: store.remove_passkeys(connection, session.account.id, name=name),
        entries=[entries.about_passkey("passkey.removed", name, by=by, request=around.request)],
    )
    return True


async def end_session(room: AccountRoom, session: Session, name: str, *, around: Surroundings) -> bool:
    """End another session of the same person; False if there is none of that name."""
    by = entries.actor(session.account)
    at_us = room.now_us()
    mine = await room.database.read(
        lambda connection: session_store.sessions_of(connection, session.account.id, at_us=at_us)
    )
    if name not in [each.name for each in mine]:
        return False
    await room.database.write(
        lambda connection: session_store.end_sessions(connection, session.account.id, name=name),
        entries=entries.closed([name], by=by, request=around.request, why="ended"),
    )
    return True


async def _verify(room: AccountRoom, person: Account, old: str, who: str, counted: str) -> bool:
    try:
        return await room.passwords.verify(person.password, old)
    except Problem:
        room.throttle.taken_back(who, counted)
        raise


async def _take_password(room: AccountRoom, session: Session, hashed: str, around: Surroundings) -> None:
    person, at_us = session.account, room.now_us()

    def change(connection: Connection) -> list[str]:
        store.change_account(connection, person.id, password=hashed, password_at_us=at_us, must_change=False)
        return session_store.end_sessions(connection, person.id, but=session.digest)

    def told(ended: list[str]) -> Sequence[Entry]:
        by = entries.actor(person)
        closed = entries.closed(ended, by=by, request=around.request, why="password_set")
        return [_about_me("account.password_set", "changed", session, around), *closed]

    await room.database.write(change, entries=told)


def _about_me(act: str, outcome: str, session: Session, around: Surroundings) -> Entry:
    by = entries.actor(session.account)
    return entries.about_account(act, outcome, session.account.id, by=by, request=around.request)
