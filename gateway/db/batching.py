"""A thread that takes what is waiting, does all of it at once, and answers everybody together."""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

import structlog

J = TypeVar("J")
R = TypeVar("R")

LEFT_BEHIND_S = 8.0  # a thread that has not ended by then waits for somebody who does not answer

log = structlog.get_logger(__name__)


class Overrun(Exception):
    """More is waiting than the queue may hold, or the thread has stopped."""


class Stalled(Exception):
    """The thread has not come back from its work for too long; whether the job was done is unknown."""


class Pending(Generic[J, R]):
    """One job somebody waits for, and its answer once there is one."""

    __slots__ = ("error", "future", "job", "result")

    def __init__(self, job: J, future: "asyncio.Future[R]") -> None:
        """Take the *job* and the *future* its asker awaits."""
        self.job = job
        self.future = future
        self.result: R | None = None
        self.error: BaseException | None = None

    @property
    def given_up(self) -> bool:
        """Whether nobody waits any more: asked before a job begins, in the thread."""
        return self.future.done()

    def settle(self, result: R) -> None:
        """Keep the answer; it is told when the whole batch is done."""
        self.result = result

    def fail(self, error: BaseException) -> None:
        """Keep the failure instead of an answer."""
        # A future refuses StopIteration, and whoever waits would wait for ever.
        self.error = RuntimeError("a job raised StopIteration") if isinstance(error, StopIteration) else error

    def tell(self) -> None:
        """Tell the asker, in the event loop."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # settled, or R includes None


class BatchThread(Generic[J, R]):
    """
    Natural batching: while one batch is being done the next one gathers. No timer, no delay for a lone job.

    *perform* gets up to *at_most* jobs and settles or fails each; it runs in the thread and must not raise.
    """

    def __init__(
        self,
        name: str,
        perform: Callable[[list[Pending[J, R]]], None],
        *,
        at_most: int = 256,
        room: int = 10_000,
        patience_s: float = 5.0,
        on_stop: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Take *room*, the number of jobs that may wait; *on_stop* runs in the thread as its last act.

        After *patience_s* with one batch whoever waits, for that or the next, is told that it stalls.
        """
        self._perform = perform
        self._at_most = at_most
        self._room = room
        self._patience_s = patience_s
        self._on_stop = on_stop
        self._gathered: list[Pending[J, R]] = []
        self._under_way = False
        self._stalled: asyncio.TimerHandle | None = None
        self.stalls = False  # whether the batch under way takes too long
        self._batches: SimpleQueue[list[Pending[J, R]]] = SimpleQueue()
        self._open = False
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._loop: asyncio.AbstractEventLoop

    def start(self) -> None:
        """Start the thread; answers come in the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._open = True
        self._thread.start()

    async def submit(self, job: J) -> R:
        """Queue *job* and wait for its answer; raises Overrun at once when there is no room, Stalled."""
        if not self._open or len(self._gathered) >= self._room:
            raise Overrun
        if self.stalls:
            raise Stalled
        pending: Pending[J, R] = Pending(job, self._loop.create_future())
        self._gathered.append(pending)
        if len(self._gathered) == 1 and not self._under_way:
            self._loop.call_soon(self._hand_over)
        return await pending.future

    async def stop(self) -> None:
        """Do what is waiting, then end the thread; one that hangs is left behind after a while."""
        if not self._open:
            return
        self._open = False
        while self._gathered:
            self._put_next()
        self._batches.put([])
        await asyncio.to_thread(self._thread.join, LEFT_BEHIND_S)

    def _hand_over(self) -> None:
        """
        Give the thread what has gathered by the end of this turn of the event loop.

        Handed over one by one, four batches in five held one job under 64 askers, and committing cost more
        than the work.
        """
        if self._gathered and not self._under_way:
            self._under_way = True
            self._put_next()

    def _put_next(self) -> None:
        batch = self._gathered[: self._at_most]
        del self._gathered[: self._at_most]
        # One timer a batch: one a job would cost a tenth of an audited write.
        self._stalled = self._loop.call_later(self._patience_s, self._give_up, batch)
        self._batches.put(batch)

    def _give_up(self, batch: list[Pending[J, R]]) -> None:
        """Tell whoever waits; the thread goes on, and what it has not begun is nobody's any more."""
        self.stalls = True
        waiting = [*batch, *self._gathered]
        self._gathered.clear()
        for pending in waiting:
            if not pending.future.done():
                pending.future.set_exception(Stalled())

    def _run(self) -> None:
        while batch := self._batches.get():
            self._do(batch)
        self._on_stop()

    def _do(self, batch: list[Pending[J, R]]) -> None:
        try:
            self._perform(batch)
        except BaseException as exc:
            log.exception("batch.failed", jobs=len(batch))
            for pending in batch:
                pending.fail(exc)
        try:
            self._loop.call_soon_threadsafe(self._done, batch)
        except RuntimeError:
            log.warning("batch.unheard", jobs=len(batch))  # the loop has closed: nobody is left to tell

    def _done(self, batch: list[Pending[J, R]]) -> None:
        """Tell the askers; whoever has the next job at once comes along with those that gathered."""
        if self._stalled is not None:
            self._stalled.cancel()
        for pending in batch:
            pending.tell()
        self._under_way = self.stalls = False
        self._loop.call_soon(self._hand_over)
