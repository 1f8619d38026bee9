"""
An event loop whose time jumps: a test of an hour of waiting takes a moment, and always the same one.

    @in_virtual_time
    async def test_it() -> None:
        await asyncio.sleep(3600)

Only for tests without sockets, threads or processes: what those take, the clock of this loop does not see.
"""

import asyncio
import inspect
import selectors
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Any, ParamSpec

P = ParamSpec("P")


class _Jumping(selectors.BaseSelector):
    """Waits for no one: where nothing is ready, the time of the next thing due is now."""

    def __init__(self, jumped: Callable[[float], None]) -> None:
        self._real = selectors.DefaultSelector()
        self._jumped = jumped
        self.now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("nothing is due and nothing can come: this would wait for ever")
        ready = self._real.select(0)
        if not ready:
            self.now += timeout
            self._jumped(timeout)
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class JumpingLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop over a clock that only moves when everybody waits."""

    def __init__(self, jumped: Callable[[float], None] = lambda seconds: None) -> None:
        """Take who hears of every jump, so that another clock can go along with this one."""
        self._jumping = _Jumping(jumped)
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the seconds of this loop's own clock."""
        return self._jumping.now


def in_virtual_time(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run the async *test* on a loop whose time jumps."""
    assert inspect.iscoroutinefunction(test)

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run


def now() -> float:
    """Return the running loop's time, seconds."""
    return asyncio.get_running_loop().time()
