"""The background round: ask every hospital, keep what was seen, write one entry for the round."""

import asyncio
import random
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from contracts import Entry
from gateway.audit.recorder import Recorder
from gateway.db import CannotRead, CannotWrite, Database, Elsewhere, alone
from gateway.exchange.deadline import Deadline

from . import store
from .asking import Asking, changed
from .picture import AskOutcome, Picture, Sighting

log = structlog.get_logger()

CATCH_UP_S = 5.0  # between two looks at what another replica has seen

# What a round leaves in the audit log: one entry, and one for each partner whose exchange ends otherwise
# than the time before. The house tests hold it against a running gateway.
DECLARED_SET = {"round": ("capacity.refreshed",), "change of outcome": ("capacity.outcome_changed",)}


class Rounds:
    """
    Refreshes the picture every *interval_s* seconds, with jitter so that replicas do not march in step.

    Where another replica is known to go round this one takes over what it saw.
    """

    def __init__(
        self,
        asking: Asking,
        picture: Picture,
        database: Database,
        recorder: Recorder,
        *,
        interval_s: float,
        deadline_s: float,
        elsewhere: Elsewhere = alone,
    ) -> None:
        self._elsewhere = elsewhere
        self._asking = asking
        self._picture = picture
        self._database = database
        self._recorder = recorder
        self._interval_s = interval_s
        self._deadline_s = deadline_s
        self._kept: dict[str, Sighting] = {}

    async def restore(self) -> None:
        """Put into the picture what an earlier process saw and what people declared, with its age."""
        try:
            self._kept = await self._database.read(store.load_sightings)
            declared = await self._database.read(lambda c: store.load_declared(c, at=datetime.now(UTC)))
        except CannotRead:
            log.exception(
                "capacity.not_restored"
            )  # beds are asked for anew; a start does not hang on old ones
            return
        self._picture.restore(self._kept, declared)

    async def run(self) -> None:
        """Go round until cancelled; a round that fails is logged and the next one comes."""
        while True:
            pause_s = self._interval_s
            try:
                if await self._elsewhere():
                    await self.catch_up()
                    pause_s = min(CATCH_UP_S, pause_s)
                else:
                    await self.once()
            except Exception:
                log.exception("capacity.round_failed")
            await asyncio.sleep(pause_s * random.uniform(0.9, 1.1))  # noqa: S311  no secret

    async def catch_up(self) -> None:
        """Learn what the replica has seen that goes round."""
        await self._hear()
        try:
            self._kept = await self._database.read(store.load_sightings)
        except CannotRead:
            return
        self._picture.catch_up(self._kept)

    async def once(self) -> None:
        """Ask everyone once and write down what changed."""
        started = datetime.now(UTC)
        await self._hear()
        ended = await self._asking.ask_all(Deadline.after(self._deadline_s))
        seen = {hospital: self._seen(hospital, outcome) for hospital, outcome in ended.items()}
        if seen:
            await self._keep(seen, started)

    async def _hear(self) -> None:
        """Learn what people have told other replicas."""
        try:
            told = await self._database.read(lambda c: store.load_declared(c, at=datetime.now(UTC)))
        except CannotRead:
            return
        self._picture.learn(told)

    def _seen(self, hospital: str, ended: AskOutcome) -> Sighting:
        """Return what is known of a hospital after this round; who is late now enters the picture later."""
        known = self._picture.sighting(hospital)
        return known if known.outcome is ended else known.failed(ended, None, at=datetime.now(UTC))

    async def _keep(self, seen: dict[str, Sighting], started: datetime) -> None:
        entries = [
            _round_entry(seen, started),
            *(_change_entry(self._kept, seen, h) for h in changed(self._kept, seen)),
        ]

        def change(connection: Connection) -> None:
            store.keep_sightings(connection, seen)

        try:
            await self._database.write(change, entries=entries)
        except CannotWrite:
            await self._recorder.record_later(*entries)
        self._kept = seen


def _round_entry(seen: dict[str, Sighting], started: datetime) -> Entry:
    outcomes = [str(sighting.outcome) for sighting in seen.values()]
    elapsed = datetime.now(UTC) - started
    return Entry(
        act="capacity.refreshed",
        outcome="done",
        object_type="hospitals",
        elapsed_ms=int(elapsed.total_seconds() * 1000),
        detail={word: outcomes.count(word) for word in sorted(set(outcomes))},
    )


def _change_entry(before: dict[str, Sighting], after: dict[str, Sighting], hospital: str) -> Entry:
    seen = after[hospital]
    was = before.get(hospital, Sighting()).outcome
    return Entry(
        act="capacity.outcome_changed",
        outcome=str(seen.outcome),
        partner=hospital,
        code=seen.reason,
        detail={"before": str(was)},
    )
