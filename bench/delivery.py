"""
From acceptance to the partner: fifty urgent alerts a second, alone and beside a dead partner's five thousand.

Both gateways tell a healthy agency of fires; one also has a dead agency with 5,000 crimes waiting. They take
turns; the two are compared over those turns in which the machine's host took least of it away, for a figure
of milliseconds says else more about the neighbours of the machine than about ours.
"""

import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from . import machine
from .bars import Bar
from .flooding import FIRE, agency, house_of, opened, taken_in, updated
from .houses import House, Program, Sandbox, pid_of

RATE, SECONDS, ROUNDS, CALM = 50, 6.0, 12, 6
MOST_P95_MS, MOST_P99_MS = 250.0, 1000.0
WAITING, DEAD_INCIDENTS = 5_000, 250
MOST_SLOWER = 1.2
CRIME = FIRE | {"category": "crime"}


class _Round(NamedTuple):
    """How long each took from acceptance to the agency, ms, and what the host took away meanwhile, s."""

    waits: list[float]
    stolen_s: float


def measure(folder: Path) -> list[Bar]:
    """Measure in turn, so that both gateways meet the same machine."""
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
        pairs = [(_round(quiet, folder), _round(burdened, folder)) for _ in range(ROUNDS)]
        used += machine.cpu_seconds(pid_of(quiet))
        waiting = _waiting(burdened)
    whole = [each for quiet_round, _ in pairs for each in quiet_round.waits]
    return [
        Bar("delivery.p95", f"{RATE}/s", machine.percentile(whole, 0.95), "ms", at_most=MOST_P95_MS),
        Bar("delivery.p99", f"{RATE}/s", machine.percentile(whole, 0.99), "ms", at_most=MOST_P99_MS),
        Bar("delivery.p50", "", machine.percentile(whole, 0.5), "ms"),
        Bar("delivery.cpu", "of the gateway, intake and delivery", used / len(whole) * 1000, "ms"),
        *_compared(pairs),
        Bar("delivery.waiting", "waiting for the dead partner", waiting, "", at_least=WAITING),
    ]


def _compared(pairs: Sequence[tuple[_Round, _Round]]) -> list[Bar]:
    """Compare the calmest rounds, chosen by what was stolen in them and not by what they came to."""
    calm = sorted(pairs, key=lambda pair: max(each.stolen_s for each in pair))[:CALM]
    alone, beside = ([wait for each in rounds for wait in each.waits] for rounds in zip(*calm, strict=True))
    slower = machine.percentile(beside, 0.99) / machine.percentile(alone, 0.99)
    stolen = sum(each.stolen_s for pair in calm for each in pair) / (2 * CALM * SECONDS)
    middle = machine.percentile(beside, 0.5) / machine.percentile(alone, 0.5)
    return [
        Bar("delivery.beside", "p99 beside a dead partner / alone", slower, "x", at_most=MOST_SLOWER),
        Bar("delivery.beside.p50", "the same of p50", middle, "x"),
        Bar(
            "delivery.stolen", f"of a core, in the {CALM} calmest of {ROUNDS} rounds each", stolen * 100, "%"
        ),
    ]


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


def _round(house: House, folder: Path) -> _Round:
    """Tell of fires at the rate."""
    count, began, stolen_s = int(RATE * SECONDS), time.time(), -machine.stolen_seconds()

    def tell(number: int) -> str:
        time.sleep(max(0.0, began + number / RATE - time.time()))
        return opened(dispatcher, FIRE, key=f"fire-{began}-{number}")

    with house.client("dispatcher") as dispatcher, ThreadPoolExecutor(8) as hands:
        wanted = set(hands.map(tell, range(count)))
    accepted = _accepted(house, wanted)
    arrived = _arrived(folder, set(accepted))
    waits = [(arrived[each] - accepted[each]) * 1000 for each in accepted]
    return _Round(waits, stolen_s + machine.stolen_seconds())


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
