"""Whom to wake for what: the heads and their deputies, the operators, a partner's duty officers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, bindparam, select

from gateway.access.roles import Role
from gateway.accounts import deputies
from gateway.accounts import store as accounts
from gateway.db.values import microseconds
from gateway.notifications.room import Waking
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

    def duty(self, connection: Connection, partner: str, why: str, waking: Waking) -> None:
        """Wake the duty officers of *partner*; where it has none, nobody: an operator telephones anyway."""
        woken = _on_duty(connection, partner)
        if woken:
            _plan(connection, woken, why, **waking._asdict())

    def operators(self, connection: Connection, why: str, waking: Waking) -> None:
        """Wake the operators."""
        _plan(connection, _operators(connection, 0), why, **waking._asdict())

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


_its = accounts.account.c
_WITH_ROLE = select(_its.id).where(_its.role == bindparam("role"), _its.disabled_at_us.is_(None))
_ON_DUTY = _WITH_ROLE.where(_its.partner == bindparam("partner"))


def _with_role(connection: Connection, at_us: int, *, role: Role) -> list[str]:
    del at_us  # an account is in use or not
    return list(connection.scalars(_WITH_ROLE, {"role": str(role)}))


def _on_duty(connection: Connection, partner: str) -> list[str]:
    return list(connection.scalars(_ON_DUTY, {"role": str(Role.DUTY), "partner": partner}))


_operators = partial(_with_role, role=Role.OPERATOR)
_WHO: Mapping[str, Callable[[Connection, int], Sequence[str]]] = {
    "heads": deputies.heads,
    "deputies": deputies.deputies,
    "operators": _operators,
}
