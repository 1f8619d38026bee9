"""The second proof: a one-time code or a passkey's signature, each good once."""

from dataclasses import dataclass

from sqlalchemy import Connection

from . import passkeys, session_store, store, totp
from .account import Passkey, Session
from .passkeys import Place
from .room import AccountRoom


@dataclass(frozen=True, slots=True)
class Proof:
    """What a person gives: the six digits of *code*, or *answer*, the JSON a browser got from a passkey."""

    code: str = ""
    answer: str = ""
    place: Place | None = None

    @property
    def how(self) -> str:
        """Which of the two: totp or passkey."""
        return "passkey" if self.answer else "totp"

    @property
    def cannot_be_guessed(self) -> bool:
        """Whether it is a signature: nobody's guessing at codes keeps its owner from giving one."""
        return bool(self.answer)


@dataclass(frozen=True, slots=True)
class Checked:
    """A proof that holds; `use` makes sure that it does so once."""

    how: str
    step: int = 0
    passkey: Passkey | None = None
    sign_count: int = 0


async def check(room: AccountRoom, session: Session, proof: Proof) -> Checked | None:
    """Return *proof* of the person behind *session* if it holds. Raises CannotRead."""
    if proof.answer:
        return await _check_passkey(room, session, proof)
    person = session.account
    secret = room.seal.open(person.totp, account=person.id)
    step = None if secret is None else totp.step_of(secret, proof.code, at_us=room.now_us())
    return None if step is None else Checked("totp", step=step)


def use(connection: Connection, session: Session, checked: Checked) -> bool:
    """Count *checked* in this transaction; False if it was counted before."""
    if checked.passkey is None:
        return store.use_step(connection, session.account.id, checked.step)
    key = checked.passkey
    return session_store.take_challenge(connection, session) and store.count_signature(
        connection, key.id, before=key.sign_count, after=checked.sign_count
    )


async def ask_passkey(room: AccountRoom, session: Session, *, place: Place | None) -> str | None:
    """Return, as JSON, what one of the person's passkeys shall sign; None if there is none for that place."""
    known = await passkeys_of(room, session)
    if place is None or place.host is None or not known:
        return None
    challenge = await new_challenge(room, session)
    return passkeys.authentication_options(known, host=place.host, challenge=challenge)


async def new_challenge(room: AccountRoom, session: Session) -> bytes:
    """Return what shall be signed next in *session*; an earlier one is void. Raises CannotWrite."""
    challenge = passkeys.new_challenge()
    # That something is to be signed is no act yet, and what is signed with it has its entry.
    await room.database.maintain(lambda connection: _keep_challenge(connection, session.digest, challenge))
    return challenge


async def passkeys_of(room: AccountRoom, session: Session) -> list[Passkey]:
    """Return the person's passkeys. Raises CannotRead."""
    return await room.database.read(lambda connection: store.passkeys_of(connection, session.account.id))


async def _check_passkey(room: AccountRoom, session: Session, proof: Proof) -> Checked | None:
    if session.challenge is None or proof.place is None:
        return None
    known = await passkeys_of(room, session)
    found = passkeys.signed(proof.answer, known, place=proof.place, challenge=session.challenge)
    return None if found is None else Checked("passkey", passkey=found[0], sign_count=found[1])


def _keep_challenge(connection: Connection, digest: bytes, challenge: bytes) -> None:
    session_store.change_session(connection, digest, challenge=challenge)
