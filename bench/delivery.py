"""
From acceptance to the partner: fifty urgent alerts a second; and beside a dead partner's five thousand.

Both gateways tell a healthy agency of fires; one also has a dead agency with 5,000 crimes waiting. They are
compared in the same seconds, each at half the rate: what the machine's host takes away then hits both alike.
In turns, p99 told more of the neighbours of the machine than of ours.
"""

import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from . import machine
from .bars import Bar
from .flooding import FIRE, agency, house_of, opened, taken_in, updated
from .houses import House, Program, Sandbox, pid_of

RATE, SECONDS, ROUNDS, TOGETHER = 50, 6.0, 5, 15
MOST_P95_MS, MOST_P99_MS = 250.0, 1000.0
WAITING, DEAD_INCIDENTS = 5_000, 250
MOST_SLOWER = 1.2
CRIME = FIRE | {"category": "crime"}

Waits = list[float]  # how long each took from acceptance to the agency, ms


def measure(folder: Path) -> list[Bar]:
    """Measure the one alone, and then both at once."""
    alone, beside = folder / "alone", folder / "beside"
    for each in (alone, beside):
        each.mkdir()
    with (
        Sandbox(folder) as sandbox,
        Program(folder, "agency", "0", "0", str(folder)) as agencies,
        _house(alone, sandbox, agencies.port, dead=False) as quiet,
        _house(beside, sandbox, agencies.port, dead=True) as burdened,
    ):
        _fill(burdened)
        used = -machine.cpu_seconds(pid_of(quiet))
        whole = [each for _ in range(ROUNDS) for each in _round(quiet, folder, RATE)]
        used += machine.cpu_seconds(pid_of(quiet))
        stolen = -machine.stolen_seconds()
        pairs = [_together(folder, quiet, burdened) for _ in range(TOGETHER)]
        stolen += machine.stolen_seconds()
        waiting = _waiting(burdened)
    return [
        Bar("delivery.p95", f"{RATE}/s", machine.percentile(whole, 0.95), "ms", at_most=MOST_P95_MS),
        Bar("delivery.p99", f"{RATE}/s", machine.percentile(whole, 0.99), "ms", at_most=MOST_P99_MS),
        Bar("delivery.p50", "", machine.percentile(whole, 0.5), "ms"),
        Bar("delivery.cpu", "of the gateway, intake and delivery", used / len(whole) * 1000, "ms"),
        *_compared(pairs),
        Bar("delivery.stolen", "of a core, meanwhile", stolen / (TOGETHER * SECONDS) * 100, "%"),
        Bar("delivery.waiting", "waiting for the dead partner", waiting, "", at_least=WAITING),
    ]


def _compared(pairs: Sequence[Sequence[Waits]]) -> list[Bar]:
    alone, beside = ([wait for each in rounds for wait in each] for rounds in zip(*pairs, strict=True))
    slower = {
        share: machine.percentile(beside, share) / machine.percentile(alone, share)
        for share in (0.5, 0.95, 0.99)
    }
    return [
        Bar("delivery.beside", "p99 beside a dead partner / alone", slower[0.99], "x", at_most=MOST_SLOWER),
        Bar("delivery.beside.p95", "the same of p95", slower[0.95], "x"),
        Bar("delivery.beside.p50", "the same of p50", slower[0.5], "x"),
        Bar("delivery.alone.p99", f"at {RATE // 2}/s, both at once", machine.percentile(alone, 0.99), "ms"),
    ]


def _together(folder: Path, *houses: House) -> list[Waits]:
    """Tell both at once, each at half the rate."""
    with ThreadPoolExecutor(len(houses)) as hands:
        return list(hands.map(lambda house: _round(house, folder, RATE / 2), houses))


def _house(folder: Path, sandbox: Sandbox, port: int, *, dead: bool) -> House:
    names = [folder.name, *(["dead"] if dead else [])]
    text = agency(folder.name, port, more='categories = ["fire"]')
    if dead:
        text += agency("dead", port, more='categories = ["crime"]')
    return house_of(folder, sandbox, port, names, partners_text=text)


def _fill(house: House) -> None:
    """Have five thousand wait for the dead partner."""
    pictures = WAITING // DEAD_INCIDENTS

    def fill(number: int) -> None:
        name = opened(dispatcher, CRIME, key=f"dead-{number}")
        for picture in range(1, pictures):
            updated(dispatcher, name, {"casualties": {"injured": picture}}, version=picture)

    with house.client("dispatcher") as dispatcher, ThreadPoolExecutor(8) as hands:
        list(hands.map(fill, range(DEAD_INCIDENTS)))


def _round(house: House, folder: Path, rate: float) -> Waits:
    """Tell of fires at the *rate*, a second."""
    count, began = int(rate * SECONDS), time.time()

    def tell(number: int) -> str:
        time.sleep(max(0.0, began + number / rate - time.time()))
        return opened(dispatcher, FIRE, key=f"fire-{began}-{number}")

    with house.client("dispatcher") as dispatcher, ThreadPoolExecutor(8) as hands:
        wanted = set(hands.map(tell, range(count)))
    accepted = _accepted(house, wanted)
    arrived = _arrived(folder, set(accepted))
    return [(arrived[each] - accepted[each]) * 1000 for each in accepted]


def _accepted(house: House, incidents: set[str]) -> dict[str, float]:
    query = "SELECT id, about, accepted_at_us FROM notification"
    with closing(sqlite3.connect(house.data / "gerbang.db", timeout=30)) as connection:
        return {row[0]: row[2] / 1e6 for row in connection.execute(query) if row[1] in incidents}


def _arrived(folder: Path, wanted: set[str]) -> dict[str, float]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = {each.id: each.at for each in taken_in(folder) if each.id in wanted}
        if len(found) == len(wanted):
            return found
        time.sleep(0.2)
    raise AssertionError(f"{len(wanted) - len(found)} never arrived")


def _waiting(house: House) -> int:
    with closing(sqlite3.connect(house.data / "gerbang.db", timeout=30)) as connection:
        query = "SELECT count(*) FROM notification WHERE partner = 'dead' AND delivery = 'queued'"
        return int(connection.execute(query).fetchone()[0])
