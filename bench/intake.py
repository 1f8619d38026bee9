"""What the log costs whoever enters something: beds declared with it, and with a log that writes nothing."""

import json
from pathlib import Path
from statistics import median

from .bars import Bar
from .houses import House, Mutant, Sandbox, known_to, port_of
from .load import Figures, Order, asked_apart, question

ROUNDS = 5
CONNECTIONS = 8
PAUSE_S = 0.1  # some 75 declarations a second: a hundred times the centre's busiest hour
MOST_MS = 2.0
HOSPITALS = ("rsud-sayoeti", "rs-siloam", "rsud-raden-mattaher", "rs-royal-prima")


class Unaudited(Mutant):
    """The gateway whose log writes nothing."""

    module = "unaudited"


def measure(folder: Path) -> list[Bar]:
    """Ask both in turn, several times."""
    for name in ("on", "off"):
        (folder / name).mkdir()
    with (
        Sandbox(folder) as sandbox,
        House(folder / "on", sandbox) as audited,
        Unaudited(folder / "off", sandbox) as unaudited,
    ):
        known_to(audited)
        known_to(unaudited)
        pairs = [(_asked(audited), _asked(unaudited)) for _ in range(ROUNDS)]
    with_log, without = ([pair[side] for pair in pairs] for side in (0, 1))
    rate = median(each.rate for each in with_log)
    added = median(on.p99_ms - off.p99_ms for on, off in pairs)
    return [
        Bar("intake.added", "p99 with the log less p99 without", added, "ms", at_most=MOST_MS),
        Bar(
            "intake.p99",
            f"declaring beds, {rate:.0f}/s",
            _p99(with_log),
            "ms",
        ),
        Bar("intake.p99.off", "", _p99(without), "ms"),
        Bar("intake.p50", "", median(each.p50_ms for each in with_log), "ms"),
        Bar("intake.p50.off", "", median(each.p50_ms for each in without), "ms"),
    ]


def _p99(figures: list[Figures]) -> float:
    return median(each.p99_ms for each in figures)


def _asked(house: House) -> Figures:
    body = json.dumps({"need": "igd", "free": 3, "told_by": "Perawat jaga (contoh)"}).encode()
    paths = [f"/v1/hospitals/{hospital}/declared-capacity" for hospital in HOSPITALS]
    questions = [question("PUT", path, key=house.keys["operator"], body=body) for path in paths]
    order = Order(port_of(house), questions, connections=CONNECTIONS, seconds=4.0, think_s=PAUSE_S)
    figures = asked_apart(order)
    figures.demand_only(200)
    return figures
