"""
When a person hears of it: urgent alerts that cannot be delivered, and that arrived and nobody has read.

The gateway is killed two seconds before either is due, and started again. A machine says that it has accepted
each alert, which stops nothing: the mutant in which it does must fail.
"""

import json
import sqlite3
import time
from contextlib import closing
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any

from .bars import Bar
from .flooding import FIRE, agency, house_of, opened
from .houses import House, Mutant, Program, Sandbox

ALERTS = 60
KILLED_AFTER_S, SEEN_AFTER_S = (28.0, 83.0), 95.0
ALARMED_S, CALLED_S = 60.0, 90.0
LADDER = "  attempts_s = [0, 0.5, 1, 2, 4]\n  each_s = 4\n  deliver_for_s = 86400\n"


class Credulous(Mutant):
    """The gateway that takes a machine's receipt for a person's."""

    module = "mutant_receipts"


def measure(folder: Path) -> list[Bar]:
    """Measure the gateway, and the mutant, which must leave people unrung."""
    alarmed, called, unrung = _run(folder / "gateway", House)
    *_, mutant_unrung = _run(folder / "mutant", Credulous)
    return [
        Bar("ladder.alarmed", f"slowest of {ALERTS} undelivered", alarmed, "s", at_most=ALARMED_S),
        Bar("ladder.called", f"slowest of {ALERTS} unread", called, "s", at_most=CALLED_S),
        Bar("ladder.unrung", "unread, and nobody is told to ring", unrung, "", at_most=0),
        Bar("ladder.unrung.mutant", "as before, must fail", mutant_unrung, "", at_least=1),
    ]


def _run(folder: Path, kind: type[House]) -> tuple[float, float, int]:
    """Return the slowest alarm of the undelivered; of the delivered the slowest call, and those without."""
    folder.mkdir()
    names = ["dead", "machine"]
    with Sandbox(folder) as sandbox, Program(folder, "agency", "0", "0", str(folder)) as agencies:
        text = "".join(agency(name, agencies.port) for name in names).replace(LADDER, "")
        with house_of(folder, sandbox, agencies.port, names, partners_text=text, kind=kind) as house:
            began = time.monotonic()
            with house.client("dispatcher") as dispatcher:
                for number in range(ALERTS):
                    opened(dispatcher, FIRE, key=f"fire-{number}")
            for after_s in KILLED_AFTER_S:
                time.sleep(max(0.0, began + after_s - time.monotonic()))
                house.kill()
                house.start()
            time.sleep(max(0.0, began + SEEN_AFTER_S - time.monotonic()))
            return _alarmed(house), *_called(house)


def _alarmed(house: House) -> float:
    """Return when the last was first alarmed about, by the audit log: the row holds its newest alarm."""
    accepted = dict(_rows(house, "SELECT id, accepted_at_us FROM notification WHERE partner = 'dead'"))
    alarmed = dict.fromkeys(accepted, inf)
    query = "SELECT record FROM audit_entry WHERE act = 'notification.alarmed' AND partner = 'dead'"
    for (record,) in _rows(house, query):
        entry = json.loads(record)
        at = datetime.fromisoformat(entry["ts"]).timestamp()
        alarmed[entry["obj"]["id"]] = min(alarmed[entry["obj"]["id"]], at)
    return float(max(at - accepted[each] / 1e6 for each, at in alarmed.items()))


def _called(house: House) -> tuple[float, int]:
    query = "SELECT (call_since_us - accepted_at_us) / 1e6 FROM notification WHERE partner = 'machine'"
    found = [row[0] for row in _rows(house, query)]
    return max((each for each in found if each is not None), default=0.0), found.count(None)


def _rows(house: House, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(house.data / "gerbang.db", timeout=30)) as connection:
        return connection.execute(query).fetchall()
