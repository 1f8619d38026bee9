"""
The background round: read every list, keep what changed, ask an operator about what touches us.

An incident is proposed before the warning is written down as proposed: proposing again makes the same one, so
a crash between the two costs nothing.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from contracts import Entry, WarningReport
from gateway.db import CannotWrite, Elsewhere, alone
from gateway.exchange.outcome import Outcome
from gateway.incidents.proposing import Proposal
from gateway.problems import Problem

from . import alarming, entries, store
from .asking import ask_all
from .room import WarningRoom
from .rows import State
from .states import News, news, passed
from .touching import Touching

INTERVAL_S = 120.0  # BMKG's own lists change every few minutes
DEADLINE_S = 60.0

log = structlog.get_logger()


class WarningRounds:
    """Reads every *interval_s* seconds, with jitter so that replicas do not march in step."""

    def __init__(
        self,
        room: WarningRoom,
        *,
        interval_s: float = INTERVAL_S,
        deadline_s: float = DEADLINE_S,
        elsewhere: Elsewhere = alone,
    ) -> None:
        """Take the room; where another process leads (*elsewhere*) nothing is asked here."""
        self._room = room
        self._interval_s = interval_s
        self._deadline_s = deadline_s
        self._elsewhere = elsewhere
        self._touching = {partner.id: Touching(room.areas) for partner in room.partners}
        self._since = datetime.now(UTC)

    async def run(self) -> None:
        """Go round until cancelled; a round that fails is logged and the next one comes."""
        while self._room.partners:
            try:
                if not await self._elsewhere():
                    await self._round()
            except Exception:
                log.exception("warnings.round_failed")
            await asyncio.sleep(self._interval_s * random.uniform(0.9, 1.1))  # noqa: S311  no secret
        await asyncio.Event().wait()  # nobody reports warnings here

    async def _round(self) -> None:
        try:
            await self.once()
        finally:
            alarming.look(self._room, since=self._since, at=datetime.now(UTC))

    async def once(self) -> None:
        """Ask every authority once and write down what changed. Raises CannotRead, CannotWrite."""
        started = datetime.now(UTC)
        outcomes = await ask_all(self._room.partners, deadline_s=self._deadline_s)
        at = datetime.now(UTC)
        found: list[News] = []
        for outcome in outcomes:
            found += await self._heard(outcome, at)
        kept = [await self._carried_out(one) for one in found]
        elapsed_ms = int((at - started).total_seconds() * 1000)
        await self._keep(kept, [*self._of_the_round(outcomes, kept, elapsed_ms), *_of_warnings(kept, found)])
        self._remember(outcomes)

    async def _heard(self, outcome: Outcome[WarningReport], at: datetime) -> list[News]:
        """Return what one exchange changes; where it failed only time does."""
        partner, report = outcome.partner, outcome.result
        named = [(each.source, each.identifier) for each in report.warnings] if report else []
        known = await self._room.database.read(lambda c: store.of_partner(c, partner, named))
        if report is None:
            return passed(known, at=at)
        areas = await self._touching[partner].of(report.warnings)
        return news(partner, known, report, areas, at=at)

    async def _carried_out(self, one: News) -> News:
        """Ask an operator about it, or take the question back; what fails is tried in the next round."""
        row = one.row
        if row.incident is None and row.touches and row.state is State.IN_FORCE and one.warned:
            with suppress(CannotWrite):
                incident, _ = await self._room.propose(Proposal(row.id, one.warned, row.areas))
                return replace(one, row=replace(row, incident=incident.id))
        elif row.incident is not None and one.act == "changed" and one.says_other and one.warned:
            with suppress(Problem):  # as below
                await self._room.revise(row.incident, Proposal(row.id, one.warned, row.areas))
        elif row.incident is not None and one.act in (State.CANCELLED, State.OVER):
            with suppress(Problem):  # an operator has decided: it is theirs
                await self._room.withdraw(row.incident, f"warning_{row.state}")
        return one

    async def _keep(self, kept: Sequence[News], told: Sequence[Entry]) -> None:
        def change(connection: Connection) -> None:
            for one in kept:
                store.keep(connection, one.row)

        try:
            await self._room.database.write(change, entries=told)
        except IntegrityError:  # another replica was first with a new one: the next round finds it
            log.info("warnings.kept_by_another")

    def _of_the_round(
        self, outcomes: Sequence[Outcome[WarningReport]], kept: Sequence[News], elapsed_ms: int
    ) -> list[Entry]:
        words = {outcome.partner: outcome.word for outcome in outcomes}
        told = [entries.read(words, kept, elapsed_ms=elapsed_ms)]
        for each in outcomes:
            before = self._room.feed(each.partner).outcome
            if before != each.word:
                told.append(entries.outcome_changed(each.partner, before, each.word, each.reason))
        return told

    def _remember(self, outcomes: Sequence[Outcome[WarningReport]]) -> None:
        for outcome in outcomes:
            feed = self._room.feed(outcome.partner)
            feed.outcome, feed.reason = outcome.word, outcome.reason
            if outcome.result is not None:
                feed.as_of, feed.unread = outcome.result.as_of, len(outcome.result.unread)
                feed.unread_since = (feed.unread_since or feed.as_of) if feed.unread else None


def _of_warnings(kept: Sequence[News], found: Sequence[News]) -> list[Entry]:
    told = [entries.changed(one) for one in kept if one.act is not None]
    newly = [now for now, one in zip(kept, found, strict=True) if now.row.incident != one.row.incident]
    return told + [entries.proposed(one.row) for one in newly]
