"""Pulled in the middle of work, started again: how long until it is ready."""

import time
from pathlib import Path
from statistics import median

from . import capacity
from .bars import Bar
from .houses import House, Sandbox, known_to
from .load import Apart

TIMES = 5
AT_WORK_S = 1.0
MOST_S = 5.0


def measure(folder: Path) -> list[Bar]:
    """Kill -9 under load and start again, several times."""
    with Sandbox(folder) as sandbox, House(folder, sandbox) as house:
        known_to(house)
        taken = [_pulled(house) for _ in range(TIMES)]
    return [
        Bar("restart", f"slowest of {TIMES} after kill -9 under load", max(taken), "s", at_most=MOST_S),
        Bar("restart.median", "", median(taken), "s"),
    ]


def _pulled(house: House) -> float:
    asking = Apart(capacity.order(house, connections=16, seconds=60.0))
    time.sleep(AT_WORK_S)
    house.kill()
    figures = asking.figures()
    assert figures.answers, "nothing was under way"
    assert figures.cut, "it was not killed at work"
    return house.start()
