"""Builds the rooms of those who must know: notifications, incidents, warnings."""

from functools import partial
from typing import Any

from contracts import ReportsWarnings
from gateway.areas import areas
from gateway.background import Background
from gateway.incidents import afloat
from gateway.incidents.composing import IncidentComposer
from gateway.incidents.kept import KEY_USE, Kept
from gateway.incidents.known import Known
from gateway.incidents.proposing import propose, revise, withdraw
from gateway.incidents.room import IncidentRoom
from gateway.notifications import counting, keeping, sweeping, unwatched
from gateway.notifications.delivering import DeliveryTurns
from gateway.notifications.digest import TOPIC as LINK
from gateway.notifications.digest import LinkComposer
from gateway.notifications.heartbeat import Heartbeats
from gateway.notifications.room import NotificationRoom
from gateway.notifications.watching import WatchTurns
from gateway.partners.registry import Registry
from gateway.people import PersonKeys
from gateway.rousing import NotificationWakes
from gateway.settings import Settings
from gateway.shelf import FOLDER, Shelf
from gateway.turns import Turns, executor_for
from gateway.warnings.room import WarningRoom
from gateway.warnings.rounds import WarningRounds


def build_turns(state: Any, settings: Settings) -> None:
    """Put on *state* who carries out what is due; kinds are added before it is run."""
    executor = executor_for(settings.url, state.alarms)
    state.turns = Turns(state.database, state.alarms, executor=executor)


def build_notifications(state: Any, settings: Settings, registry: Registry) -> None:
    """Put the room of notifications on *state*, and its kinds of turns among the others."""
    state.notifications = NotificationRoom(
        environment=str(settings.environment),
        database=state.database,
        recorder=state.recorder,
        people=state.people,
        alarms=state.alarms,
        registry=registry,
        turns=state.turns,
        wakes=NotificationWakes(),
        changes=state.changes,
        callback_phone=settings.callback_phone,
        public_url=settings.public_address,
        anchor=lambda: newest_checkpoint(state),
    )
    state.notifications.composers[LINK] = LinkComposer(state.notifications)
    state.burdens = counting.counter(state.database)
    for kind in (DeliveryTurns, WatchTurns):
        state.turns.add(kind(state.notifications))


def build_incidents(state: Any, settings: Settings, registry: Registry, keys: PersonKeys) -> None:
    """Put the room of incidents on *state*."""
    state.incidents = IncidentRoom(
        environment=str(settings.environment),
        database=state.database,
        recorder=state.recorder,
        known=Known(state.people),
        alarms=state.alarms,
        registry=registry,
        areas=areas.load(settings.areas_file),
        notifications=state.notifications,
        shelf=Shelf(settings.data_dir / FOLDER, keys.index.key_for(KEY_USE), Kept, of="incident"),
    )
    state.notifications.composers["incident"] = IncidentComposer(state.incidents)


def build_warnings(state: Any, settings: Settings, registry: Registry, background: Background) -> None:
    """Put the room of warnings on *state*; reading begins."""
    state.warnings = WarningRoom(
        environment=str(settings.environment),
        database=state.database,
        recorder=state.recorder,
        alarms=state.alarms,
        areas=state.incidents.areas,
        partners=registry.able_to(ReportsWarnings),
        propose=partial(propose, state.incidents),
        revise=partial(revise, state.incidents),
        withdraw=partial(withdraw, state.incidents),
    )
    every_s, elsewhere = settings.warnings_refresh_s, state.lead.is_elsewhere
    rounds = WarningRounds(state.warnings, interval_s=every_s, elsewhere=elsewhere)
    background.run(rounds.run())


async def keep_informing(state: Any, background: Background) -> None:
    """Take up what was afloat; then begin what goes on by itself: who is quiet, who does not look, ..."""
    state.incidents.shelf.start()
    background.stack.push_async_callback(state.incidents.shelf.stop)
    await afloat.take_up(state.incidents)
    background.run(sweeping.keep_in_line(state.notifications))
    background.run(keeping.keep_moving(state.notifications))
    background.run(Heartbeats(state.notifications, elsewhere=state.lead.is_elsewhere).run())
    background.run(unwatched.watch(state.notifications))
    background.run(afloat.write_down(state.incidents))


def newest_checkpoint(state: Any) -> str | None:
    """Return the audit log's newest signed checkpoint in one line, None before the first."""
    header = state.logbook.notary.header
    return None if header is None else str(header[1], "ascii")
