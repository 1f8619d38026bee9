"""Builds the rooms of those who decide: accounts, referrals, whom to wake, the console."""

from typing import Any

from contracts.ports import WakesPeople
from gateway.accounts.passwords import Passwords
from gateway.accounts.room import AccountRoom
from gateway.accounts.seal import Seal
from gateway.background import Background
from gateway.console import render
from gateway.console.counts import CountKeeper
from gateway.partners.registry import Registry
from gateway.people import PersonKeys
from gateway.referrals import writing_down
from gateway.referrals.composing import TOPIC, Follows, ReferralComposer
from gateway.referrals.conveying import AskTurns
from gateway.referrals.coverage import CoverageTurns
from gateway.referrals.kept import KEY_USE, Kept
from gateway.referrals.policy import Timing
from gateway.referrals.room import ReferralRoom
from gateway.referrals.waiting import OwedTurns, WaitTurns
from gateway.rousing import ReferralWakes, in_use
from gateway.settings import Settings
from gateway.shelf import FOLDER, Shelf
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
        known_partner=state.keys.known_partner,
    )
    background.stack.callback(state.accounts.close)


def build_referrals(state: Any, settings: Settings, registry: Registry, keys: PersonKeys) -> None:
    """Put referrals, their turns and whom they wake on *state*."""
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
        changes=state.changes,
        shelf=Shelf(settings.data_dir / FOLDER, keys.index.key_for(KEY_USE), Kept, of="referral"),
        follows=Follows(state.notifications),
    )
    state.notifications.composers[TOPIC] = ReferralComposer(state.referrals)
    state.waking = WakingRoom(
        environment=str(settings.environment),
        public_url=settings.public_address,
        database=state.database,
        recorder=state.recorder,
        alarms=state.alarms,
        ways=Ways(registry.able_to(WakesPeople)),
        knows=in_use,
    )
    for kind in (AskTurns, WaitTurns, OwedTurns, CoverageTurns):
        state.turns.add(kind(state.referrals))
    state.turns.add(WakeTurns(state.waking))


async def keep_deciding(state: Any, background: Background) -> None:
    """Take up what was afloat; then begin what goes on by itself: it is written down, nobody is unreached."""
    state.referrals.shelf.start()
    background.stack.push_async_callback(state.referrals.shelf.stop)
    await writing_down.take_up(state.referrals)
    background.run(writing_down.write_down(state.referrals))
    background.run(watch.watch(state.waking))


def build_console(state: Any, background: Background) -> None:
    """Put what every page shows on *state*."""
    state.console_counts = CountKeeper(state.database, state.changes)
    background.run(state.console_counts.run())
    background.run(render.prepare(), may_end=True)


def timing(settings: Settings) -> Timing:
    """Return how long is waited for whom."""
    return Timing(
        reminder_s=settings.approval_reminder_s,
        deputy_s=settings.approval_deputy_s,
        run_out_s=settings.approval_run_out_s,
        answer_routine_s=settings.answer_routine_s,
        answer_emergency_s=settings.answer_emergency_s,
    )
