"""
What a process does on one connection to the queue: it offers what is due, takes, and carries.

What a process held that has died others take over, once its heartbeat is HEARTBEAT_S old. A group with a
limit is an entrypoint of its own, whose turns PgQueuer counts over all processes.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job

from .executor import AGAIN_S, Look
from .kind import Due, Kind, limit_of
from .live import Live
from .offers import Offers
from .queue import NAMES, tidy

HEARTBEAT_S = 6.0
LOOK_S = 2.0  # between two looks for what a dead process held
BATCH = 20  # turns taken at once
TIDY_S = 600.0
ENDS_S = 5.0


class Shift:
    """Begins with a connection, ends with its loss or the process."""

    def __init__(self, queries: Queries, live: Live, look: Look, *, at_most: int) -> None:
        """Take the connected queue, whatever is under way from before, and how many turns may be at once."""
        self._queries = queries
        self._live = live
        self._look = look
        self._at_most = at_most
        self._manager = QueueManager(queries, channel=NAMES.channel)
        self._kinds: dict[str, tuple[Kind, Offers]] = {}
        self._chosen: list[tuple[str, Due]] = []
        self._has_chosen = asyncio.Event()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def offer(self, kind: Kind, rows: Sequence[Due]) -> int:
        """Offer what was not offered yet; see `Executor`."""
        _, offers = self._kinds.setdefault(kind.name, (kind, Offers(kind, self._at_most)))
        chosen, waiting = offers.choose(rows, now=asyncio.get_running_loop().time())
        self._chosen += [(self._entrypoint(kind, due.group), due) for due in chosen]
        if chosen:
            self._has_chosen.set()
        return waiting

    async def run(self) -> None:
        """Serve until cancelled: then others have what is under way. Raises whatever else ends it."""
        work = [asyncio.create_task(each) for each in (self._take(), self._offer(), self._tidy())]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await self._live.cut_off()
            raise
        finally:
            await self._end(work)
        for task in work:
            if not task.cancelled():
                task.result()

    def _entrypoint(self, kind: Kind, group: str) -> str:
        """Return the entrypoint of such turns, known to PgQueuer from now on."""
        limit = limit_of(kind, group)
        name = kind.name if limit is None else f"{kind.name}/{group}"
        if name not in self._manager.entrypoint_registry:
            register = self._manager.entrypoint(name, concurrency_limit=limit or 0, accepts_context=False)
            register(self._carry)
        return name

    async def _take(self) -> None:
        await self._manager.run(
            dequeue_timeout=timedelta(seconds=LOOK_S),
            batch_size=min(BATCH, self._at_most // 2),
            max_concurrent_tasks=self._at_most,
            shutdown_on_listener_failure=True,
            heartbeat_timeout=timedelta(seconds=HEARTBEAT_S),
            log_aggregation_interval=timedelta(0),  # our own metrics count turns
        )

    async def _offer(self) -> None:
        while True:
            await self._has_chosen.wait()
            self._has_chosen.clear()
            chosen, self._chosen = self._chosen, []
            names = [name for name, _ in chosen]
            turns = [f"{due.row}.{due.turn}" for _, due in chosen]
            kinds = [name.partition("/")[0] for name in names]
            await self._queries.enqueue(
                names,
                [turn.encode() for turn in turns],
                [0] * len(chosen),
                dedupe_key=[f"{kind}/{turn}" for kind, turn in zip(kinds, turns, strict=True)],
                on_conflict="skip",
            )

    async def _tidy(self) -> None:
        while True:
            await tidy(self._queries)
            await asyncio.sleep(TIDY_S)

    async def _carry(self, job: Job) -> None:
        """Carry one turn. Raises RetryRequested, by which the queue hands it out again, now or later."""
        name, limited, group = job.entrypoint.partition("/")
        row, _, turn = (job.payload or b"").decode().rpartition(".")
        kind, offers = self._kinds[name]
        task = self._live.turn(kind, row, int(turn))
        waits: set[asyncio.Future[Any]] = {task, self._over}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if not task.done() or task.cancelled():
            raise RetryRequested(reason="handed over")
        if not task.result():
            raise RetryRequested(timedelta(seconds=AGAIN_S), "failed")
        if limited:
            await self._give_place(job)
        if offers.was_turned_away(group if limited else None):
            self._look(name)

    async def _give_place(self, job: Job) -> None:
        """Let the next of its group begin now, and not when PgQueuer next writes down what has ended."""
        with suppress(psycopg.Error, TimeoutError):
            await self._queries.log_jobs([(job, "successful", None)])

    async def _end(self, work: Sequence["asyncio.Task[None]"]) -> None:
        """Give back what is not done, and let PgQueuer end in good order if it can."""
        self._over.set_result(None)
        self._manager.shutdown.set()
        taking, *others = work
        for task in others:
            task.cancel()
        await asyncio.wait({taking}, timeout=ENDS_S)
        taking.cancel()
        await asyncio.wait(work)
