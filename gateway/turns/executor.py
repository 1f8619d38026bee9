"""Who takes turns up: this process alone, or whichever of several has room."""

from collections.abc import Callable, Sequence
from typing import Protocol

import structlog
from prometheus_client import Counter, Gauge

from gateway.alarms import Alarms
from gateway.db import CannotRead, CannotWrite

from .kind import Due, Kind

AT_MOST = 200  # turns under way at once in one process
AGAIN_S = 5.0  # before a row whose turn could not even be written down is tried again
STUCK = "turns.stuck"

TURNS = Counter("gerbang_turns_total", "Turns carried out by kind and how they ended.", ("kind", "outcome"))
LIVE = Gauge("gerbang_turns_live", "Turns under way.")

log = structlog.get_logger(__name__)

Look = Callable[[str], None]


class Executor(Protocol):
    """Carries turns, each row's one at a time, and of a group no more at once than its kind says."""

    at_most: int

    def start(self, kind: Kind, rows: Sequence[Due]) -> int:
        """
        Take up what there is room for of the *rows* that are due now, in their order.

        Returns how many of them wait for a reason of their own (their group is full, they failed a moment
        ago): the next sweep reads so many more, that they hide none behind them.
        """
        ...

    async def run(self, look: Look) -> None:
        """Carry until cancelled, and *look* at a kind again where there is room for what had none."""
        ...


async def carried(kind: Kind, row: str, turn: int, alarms: Alarms) -> bool:
    """Carry one turn; False when it failed: the row stays due, and rests for AGAIN_S."""
    outcome = "carried"
    try:
        await kind.carry(row, turn)
        alarms.clear(STUCK)
    except (CannotRead, CannotWrite) as exc:
        outcome = "not_written"
        log.warning("turn.not_written", kind=kind.name, row=row, reason=str(exc))
    except Exception:  # a turn's edge: the row stays due, and a person sees that something is wrong
        outcome = "broken"
        log.exception("turn.broken", kind=kind.name, row=row)
        alarms.raise_(STUCK, f"a turn of kind {kind.name} fails again and again: see the log")
    TURNS.labels(kind.name, outcome).inc()
    return outcome == "carried"
