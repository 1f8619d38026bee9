"""
When a person hears of it: urgent alerts that cannot be delivered, and that arrived and nobody has read.

The gateway is killed in the middle and started again. A machine's receipt stops nothing: the mutant in which
it does must fail.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from .bars import Bar
from .flood import AGENCY, FIRE, flooded_house, opened
from .houses import House, Mutant, Program, Sandbox

ALERTS = 60
KILLED_AFTER_S, SEEN_AFTER_S = 40.0, 95.0
ALARMED_S, CALLED_S = 60.0, 90.0
SLACK_S = 1.0  # a sweep, and what a commit takes
LADDER = "  attempts_s = [0, 0.5, 1, 2, 4]\n  each_s = 4\n  deliver_for_s = 86400\n"


class Credulous(Mutant):
    """The gateway that takes a machine's receipt for a person's."""

    module = "mutant_receipts"


def measure(folder: Path) -> list[Bar]:
    """Measure the gateway, and the mutant, which must leave people unrung."""
    alarmed, called, unrung = _run(folder / "gateway", House)
    *_, mutant_unrung = _run(folder / "mutant", Credulous)
    most = CALLED_S + SLACK_S
    return [
        Bar("ladder.alarmed", f"slowest of {ALERTS} undelivered", alarmed, "s", at_most=ALARMED_S),
        Bar("ladder.called", f"slowest of {ALERTS} unread", called, "s", at_most=most),
        Bar("ladder.unrung", "unread, and nobody is told to ring", unrung, "", at_most=0),
        Bar("ladder.unrung.mutant", "as before, must fail", mutant_unrung, "", at_least=1),
    ]


def _run(folder: Path, kind: type[House]) -> tuple[float, float, int]:
    """Return the slowest alarm of the undelivered; of the delivered the slowest call, and those without."""
    folder.mkdir()
    names = ["dead", "machine"]
    with Sandbox(folder) as sandbox, Program(folder, "agency", "0", str(folder)) as agency:
        text = "".join(AGENCY.format(name=name, port=agency.port) for name in names).replace(LADDER, "")
        with flooded_house(folder, sandbox, agency.port, names, partners_text=text, kind=kind) as house:
            began = time.monotonic()
            with house.client("dispatcher") as dispatcher:
                for number in range(ALERTS):
                    opened(dispatcher, FIRE, key=f"fire-{number}")
            time.sleep(KILLED_AFTER_S)
            house.kill()
            house.start()
            time.sleep(max(0.0, began + SEEN_AFTER_S - time.monotonic()))
            return _alarmed(house), *_called(house)


def _alarmed(house: House) -> float:
    late = "(coalesce(alarm_at_us, 9e18) - accepted_at_us) / 1e6"
    query = f"SELECT {late} FROM notification WHERE partner = 'dead'"  # noqa: S608  a constant of ours
    return max(row[0] for row in _rows(house, query))


def _called(house: House) -> tuple[float, int]:
    query = "SELECT (call_since_us - accepted_at_us) / 1e6 FROM notification WHERE partner = 'machine'"
    found = [row[0] for row in _rows(house, query)]
    return max((each for each in found if each is not None), default=0.0), found.count(None)


def _rows(house: House, query: str) -> list[tuple[float]]:
    with closing(sqlite3.connect(house.data / "gerbang.db", timeout=30)) as connection:
        return connection.execute(query).fetchall()
