"""Whom to wake for what: the heads and their deputies, the operators, a partner's duty officers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, select

from gateway.access.roles import Role
from gateway.accounts import deputies
from gateway.accounts import store as accounts
from gateway.db.values import microseconds
from gateway.waking import store as wakes


class ReferralWakes:
    """Wakes the heads, their deputies or the operators for referrals."""

    def plan(
        self,
        connection: Connection,
        who: str,
        why: str,
        *,
        referral: str,
        at: datetime,
        until: datetime,
        urgent: bool,
    ) -> None:
        """Plan it, from now on until *until*."""
        woken = _WHO[who](connection, microseconds(at))
        _plan(connection, woken, why, about=referral, at=at, until=until, urgent=urgent)

    def call_off(self, connection: Connection, why: str, *, referral: str, at: datetime) -> None:
        """Wake nobody for that any more."""
        wakes.call_off(connection, object_id=referral, at_us=microseconds(at), why=why)


class NotificationWakes:
    """Wakes the operators, or a partner's duty officers, for notifications."""

    def duty(
        self,
        connection: Connection,
        partner: str,
        why: str,
        *,
        about: str,
        at: datetime,
        until: datetime,
        urgent: bool,
    ) -> None:
        """Wake the duty officers of *partner*; where it has none, nobody: an operator telephones anyway."""
        woken = _on_duty(connection, partner)
        if woken:
            _plan(connection, woken, why, about=about, at=at, until=until, urgent=urgent)

    def operators(
        self,
        connection: Connection,
        why: str,
        *,
        about: str,
        at: datetime,
        until: datetime,
        urgent: bool,
    ) -> None:
        """Wake the operators."""
        woken = _operators(connection, 0)
        _plan(connection, woken, why, about=about, at=at, until=until, urgent=urgent)

    def call_off(self, connection: Connection, *, about: str, at: datetime) -> None:
        """Wake nobody for that any more."""
        wakes.call_off(connection, object_id=about, at_us=microseconds(at))


def in_use(connection: Connection, account: str) -> bool:
    """Say whether the account is there and may sign in."""
    known = accounts.load_account(connection, account)
    return known is not None and known.disabled_at_us is None


def _plan(
    connection: Connection,
    woken: Sequence[str],
    why: str,
    *,
    about: str,
    at: datetime,
    until: datetime,
    urgent: bool,
) -> None:
    wakes.plan(
        connection,
        accounts=woken,
        why=why,
        object_id=about,
        at_us=microseconds(at),
        until_at_us=microseconds(until),
        urgent=urgent,
    )


def _with_role(connection: Connection, at_us: int, *, role: Role) -> list[str]:
    del at_us  # an account is in use or not
    return _whose(connection, accounts.account.c.role == str(role))


def _on_duty(connection: Connection, partner: str) -> list[str]:
    its = accounts.account.c.partner == partner
    return _whose(connection, (accounts.account.c.role == str(Role.DUTY)) & its)


def _whose(connection: Connection, condition: ColumnElement[bool]) -> list[str]:
    usable = accounts.account.c.disabled_at_us.is_(None)
    return list(connection.scalars(select(accounts.account.c.id).where(condition & usable)))


_operators = partial(_with_role, role=Role.OPERATOR)
_WHO: Mapping[str, Callable[[Connection, int], Sequence[str]]] = {
    "heads": deputies.heads,
    "deputies": deputies.deputies,
    "operators": _operators,
}
