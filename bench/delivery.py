"""
From acceptance to the partner: fifty urgent alerts a second, alone and beside a dead partner's five thousand.

Both gateways tell a healthy agency of fires; one also has a dead agency with 5,000 crimes waiting.
"""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import median

from . import machine
from .bars import Bar
from .flooding import FIRE, agency, house_of, opened, taken_in, updated
from .houses import House, Program, Sandbox, pid_of

RATE, SECONDS, ROUNDS = 50, 6.0, 5
MOST_P95_MS, MOST_P99_MS = 250.0, 1000.0
WAITING, DEAD_INCIDENTS = 5_000, 250
MOST_SLOWER = 1.2
CRIME = FIRE | {"category": "crime"}


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
        seen: dict[str, list[list[float]]] = {"alone": [], "beside": []}
        used = -machine.cpu_seconds(pid_of(quiet))
        for _ in range(ROUNDS):
            for name, house in (("alone", quiet), ("beside", burdened)):
                seen[name].append(_round(house, folder))
        used += machine.cpu_seconds(pid_of(quiet))
        waiting = _waiting(burdened)
    whole = [each for run in seen["alone"] for each in run]
    p99 = {name: median(machine.percentile(run, 0.99) for run in runs) for name, runs in seen.items()}
    slower = p99["beside"] / p99["alone"]
    return [
        Bar("delivery.p95", f"{RATE}/s", machine.percentile(whole, 0.95), "ms", at_most=MOST_P95_MS),
        Bar("delivery.p99", f"{RATE}/s", machine.percentile(whole, 0.99), "ms", at_most=MOST_P99_MS),
        Bar("delivery.p50", "", machine.percentile(whole, 0.5), "ms"),
        Bar("delivery.cpu", "of the gateway, intake and delivery", used / len(whole) * 1000, "ms"),
        Bar("delivery.beside", "p99 beside a dead partner / alone", slower, "x", at_most=MOST_SLOWER),
        Bar("delivery.waiting", "waiting for the dead partner", waiting, "", at_least=WAITING),
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


def _round(house: House, folder: Path) -> list[float]:
    """Tell of fires at the rate; return how long each took from acceptance to the agency, in ms."""
    count, began = int(RATE * SECONDS), time.time()

    def tell(number: int) -> str:
        time.sleep(max(0.0, began + number / RATE - time.time()))
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
