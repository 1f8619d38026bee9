"""Builds the rooms of those who decide: accounts, referrals, whom to wake, the console."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from contracts.ports import WakesPeople
from gateway.access.roles import Role
from gateway.accounts import deputies
from gateway.accounts import store as accounts
from gateway.accounts.passwords import Passwords
from gateway.accounts.room import AccountRoom
from gateway.accounts.seal import Seal
from gateway.background import Background
from gateway.console.counts import CountKeeper
from gateway.partners.registry import Registry
from gateway.referrals import afloat
from gateway.referrals.conveying import AskTurns
from gateway.referrals.coverage import CoverageTurns
from gateway.referrals.policy import Timing
from gateway.referrals.room import ReferralRoom
from gateway.referrals.waiting import OwedTurns, WaitTurns
from gateway.settings import Settings
from gateway.turns import Turns
from gateway.waking import store as wakes
from gateway.waking import watch
from gateway.waking.room import WakingRoom
from gateway.waking.turns import WakeTurns
from gateway.waking.ways import Ways


def build_accounts(state: Any, settings: Settings, background: Background) -> None:
    """Put the room of accounts on *state*."""
    state.accounts = AccountRoom(
        environment=str(settings.environment),
        database=state.database,
        record=state.recorder.record,
        refusals=state.refusals,
        seal=Seal.of(settings.secrets),
        passwords=Passwords(),
        origins=(settings.public_address, f"http://localhost:{settings.port}"),
    )
    background.stack.callback(state.accounts.close)


def build_referrals(state: Any, settings: Settings, registry: Registry, background: Background) -> None:
    """Put referrals, their turns and whom they wake on *state*; the turns begin."""
    state.turns = Turns(state.database, state.alarms)
    state.referrals = ReferralRoom(
        environment=str(settings.environment),
        database=state.database,
        recorder=state.recorder,
        people=state.people,
        alarms=state.alarms,
        boards=state.capacity.boards,
        registry=registry,
        eligibility=state.eligibility,
        turns=state.turns,
        timing=timing(settings),
        wakes=ReferralWakes(),
        advice=state.advice,
    )
    state.waking = WakingRoom(
        environment=str(settings.environment),
        public_url=settings.public_address,
        database=state.database,
        recorder=state.recorder,
        alarms=state.alarms,
        ways=Ways(registry.able_to(WakesPeople)),
        knows=_in_use,
    )
    for kind in (AskTurns, WaitTurns, OwedTurns, CoverageTurns):
        state.turns.add(kind(state.referrals))
    state.turns.add(WakeTurns(state.waking))
    background.run(state.turns.run())
    background.run(afloat.write_down(state.referrals))
    background.run(watch.watch(state.waking))


def build_console(state: Any, background: Background) -> None:
    """Put what every page shows on *state*."""
    state.console_counts = CountKeeper(state.database, state.referrals.changes)
    background.run(state.console_counts.run())


def timing(settings: Settings) -> Timing:
    """Return how long is waited for whom."""
    return Timing(
        reminder_s=settings.approval_reminder_s,
        deputy_s=settings.approval_deputy_s,
        run_out_s=settings.approval_run_out_s,
        answer_routine_s=settings.answer_routine_s,
        answer_emergency_s=settings.answer_emergency_s,
    )


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
        at_us, until_us = _us(at), _us(until)
        accounts = _WHO[who](connection, at_us)
        wakes.plan(
            connection,
            accounts=accounts,
            why=why,
            object_id=referral,
            at_us=at_us,
            until_at_us=until_us,
            urgent=urgent,
        )

    def call_off(self, connection: Connection, why: str, *, referral: str, at: datetime) -> None:
        """Wake nobody for that any more."""
        wakes.call_off(connection, object_id=referral, at_us=_us(at), why=why)


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _with_role(connection: Connection, at_us: int, *, role: Role) -> list[str]:
    del at_us  # an account is in use or not
    in_use = (accounts.account.c.role == str(role)) & accounts.account.c.disabled_at_us.is_(None)
    return list(connection.scalars(select(accounts.account.c.id).where(in_use)))


def _in_use(connection: Connection, account: str) -> bool:
    known = accounts.load_account(connection, account)
    return known is not None and known.disabled_at_us is None


_WHO: Mapping[str, Callable[[Connection, int], Sequence[str]]] = {
    "heads": deputies.heads,
    "deputies": deputies.deputies,
    "operators": partial(_with_role, role=Role.OPERATOR),
}
