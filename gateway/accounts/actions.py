"""What admins do with accounts: create, list, disable, set a password; each change with its entries."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from contracts import Entry
from gateway.access.roles import Principal, Role
from gateway.problems import Problem

from . import entries, session_store, store, totp
from .account import Account, letters
from .passwords import one_time
from .room import AccountRoom


@dataclass(frozen=True, slots=True)
class AccountOrder:
    """
    Whom an admin wants to sign in: *login* lower-case, *display_name* what colleagues read.

    A duty officer names the *partner*, nobody else does.
    """

    login: str
    display_name: str
    role: Role
    partner: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a duty officer of nobody, or a partner where none belongs."""
        if (self.role is Role.DUTY) != (self.partner is not None):
            raise ValueError("a duty officer's account names its partner, no other does")


@dataclass(frozen=True, slots=True, repr=False)
class Handed:
    """What is handed over once: a one-time *password*, and the secret of one-time codes if it is new."""

    account: Account
    password: str
    totp_secret: str | None
    totp_uri: str | None


async def create(room: AccountRoom, order: AccountOrder, *, by: Principal, request: str) -> Handed:
    """Make an account. Raises Problem `no-such-partner`, `conflict` where the login is taken, CannotWrite."""
    if order.partner is not None and not room.known_partner(order.partner):
        raise Problem("no-such-partner")
    password, secret, at_us = one_time(), totp.new_secret(), room.now_us()
    account_id = letters("a")
    made = Account(
        id=account_id,
        login=order.login,
        display_name=order.display_name,
        role=order.role,
        password=await room.passwords.hash(password),
        password_at_us=at_us,
        must_change=True,
        totp=room.seal.close(secret, account=account_id),
        totp_next=None,
        totp_step=0,
        created_at_us=at_us,
        created_by=by.key_id,
        partner=order.partner,
    )

    def told(free: bool) -> Sequence[Entry]:
        outcome, detail = "created" if free else "conflict", entries.of_role(order.role, order.partner)
        return [
            entries.about_account(
                "account.created", outcome, account_id, by=by.actor, request=request, detail=detail
            )
        ]

    if not await room.database.write(lambda connection: store.insert_account(connection, made), entries=told):
        raise Problem("conflict", detail="This login belongs to an account already.")
    return Handed(made, password, secret, _uri(room, made, secret))


async def list_accounts(room: AccountRoom, *, by: Principal, request: str) -> list[Account]:
    """Return every account ever made, oldest first. Raises CannotRead."""
    found = await room.database.read(store.load_accounts)
    await room.record(entries.listed(len(found), by=by.actor, request=request))
    return found


async def disable(room: AccountRoom, account_id: str, *, by: Principal, request: str) -> Account:
    """End an account and its sessions at once. Raises Problem `no-such-account`."""
    at_us = room.now_us()

    def change(connection: Connection) -> tuple[Account | None, bool, list[str]]:
        done = store.disable_account(connection, account_id, at_us=at_us)
        ended = session_store.end_sessions(connection, account_id)
        return store.load_account(connection, account_id), done, ended

    def told(result: tuple[Account | None, bool, list[str]]) -> Sequence[Entry]:
        found, done, ended = result
        outcome = "no_such_account" if found is None else "disabled" if done else "repeated"
        about = entries.about_account("account.disabled", outcome, account_id, by=by.actor, request=request)
        return [about, *entries.closed(ended, by=by.actor, request=request, why="disabled")]

    found, _, _ = await room.database.write(change, entries=told)
    if found is None:
        raise Problem("no-such-account")
    return found


async def set_password(
    room: AccountRoom, account_id: str, *, renew_totp: bool, by: Principal, request: str
) -> Handed:
    """
    Give the account a one-time password and end its sessions; with *renew_totp* other one-time codes too.

    That also removes its passkeys: it is for somebody who has lost the telephone. Raises Problem
    `no-such-account`, also for a disabled one.
    """
    password, secret = one_time(), totp.new_secret() if renew_totp else None
    values = {"password": await room.passwords.hash(password), "password_at_us": room.now_us()}
    if secret is not None:
        values |= {"totp": room.seal.close(secret, account=account_id), "totp_next": None}

    def change(connection: Connection) -> tuple[Account | None, list[str]]:
        found = store.load_account(connection, account_id)
        if found is None or found.disabled_at_us is not None:
            return None, []
        store.change_account(connection, account_id, **values, must_change=True)
        if renew_totp:
            store.remove_passkeys(connection, account_id)
        return store.load_account(connection, account_id), session_store.end_sessions(connection, account_id)

    def told(result: tuple[Account | None, list[str]]) -> Sequence[Entry]:
        outcome, detail = "set" if result[0] else "no_such_account", {"codes_renewed": renew_totp}
        about = entries.about_account(
            "account.password_set", outcome, account_id, by=by.actor, request=request, detail=detail
        )
        return [about, *entries.closed(result[1], by=by.actor, request=request, why="password_set")]

    found, _ = await room.database.write(change, entries=told)
    if found is None:
        raise Problem("no-such-account")
    return Handed(found, password, secret, _uri(room, found, secret))


def _uri(room: AccountRoom, account: Account, secret: str | None) -> str | None:
    return None if secret is None else totp.uri(secret, login=account.login, environment=room.environment)
