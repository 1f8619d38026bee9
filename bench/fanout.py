"""
Eight of the twelve hospitals with a system hang while twenty dispatchers ask everyone afresh, over and over.

The four others must be heard, in time, and nobody who hangs may look full. The same is asked of a
gateway with its guards taken out (bench/mutant.py), which must fail.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from sandbox.table import read_table

from . import machine
from .bars import Bar
from .houses import House, Mutant, Sandbox, port_of
from .load import Answer, Order, drive, question

HEALTHY = ("rsud-raden-mattaher", "rsud-abdul-manap", "rs-bratanata", "rs-bhayangkara")
DEADLINE_MS = 2000
GRACE_MS = 50.0
DISPATCHERS = 20
SECONDS = 20.0
LEAST_HEARD = 99.9  # percent
MUTANT_HEARD = 90.0  # percent, at most, or the check could not tell a gateway from its mutant
MAY_SAY = frozenset({"late", "not_asked"})


class Reason(msgspec.Struct):
    """What is read of a reason."""

    code: str


class Line(msgspec.Struct):
    """What is read of a hospital's line."""

    id: str
    outcome: str
    free: int | None
    reasons: list[Reason]


class CapacityAnswer(msgspec.Struct):
    """What is read of an answer."""

    hospitals: list[Line]


_decode = msgspec.json.Decoder(CapacityAnswer).decode


@dataclass(slots=True)
class Seen:
    """What the dispatchers saw; times in milliseconds, *waited* those of answers with somebody late."""

    hanging: frozenset[str]
    heard: int = 0
    unheard: int = 0
    misreported: int = 0
    failed: int = 0
    times: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def note(self, answer: Answer) -> None:
        """Take one answer into account."""
        self.times.append(answer.seconds * 1000)
        if answer.status != 200:
            self.failed += 1
            return
        lines = {line.id: line for line in _decode(answer.body).hospitals}
        answered = sum(lines[hospital].outcome == "answered" for hospital in HEALTHY)
        self.heard += answered
        self.unheard += len(HEALTHY) - answered
        self.misreported += sum(not _honest(lines[hospital]) for hospital in self.hanging)
        if any(line.outcome == "late" for line in lines.values()):
            self.waited.append(answer.seconds * 1000)

    @property
    def heard_percent(self) -> float:
        """How often a healthy hospital was heard, in percent."""
        return 100 * self.heard / max(1, self.heard + self.unheard + self.failed * len(HEALTHY))

    def bars(self) -> list[Bar]:
        """Return what was promised."""
        most = DEADLINE_MS + GRACE_MS
        p99, waited = machine.percentile(self.times, 0.99), machine.percentile(self.waited or [0.0], 0.99)
        return [
            Bar("fanout.heard", "healthy hospitals answered", self.heard_percent, "%", at_least=LEAST_HEARD),
            Bar("fanout.p99", f"of {len(self.times)} answers", p99, "ms", most),
            Bar("fanout.p99.waited", f"of {len(self.waited)} with somebody late", waited, "ms"),
            Bar("fanout.misreported", "hanging and not said late or not asked", self.misreported, "", 0),
            Bar("fanout.failed", "answers other than 200", self.failed, "", 0),
            Bar("fanout.p50", "", machine.percentile(self.times, 0.5), "ms"),
        ]


def _honest(line: Line) -> bool:
    """Say whether a hanging hospital is shown as what it is: nobody has ever heard it."""
    full = any(reason.code == "full" for reason in line.reasons)
    return line.outcome in MAY_SAY and line.free is None and not full


def measure(folder: Path) -> list[Bar]:
    """Measure the gateway, then hold the mutant against the same bars."""
    bars = _run(folder / "gateway", House)
    of_mutant = _run(folder / "mutant", Mutant)
    return [*bars, *(_of_mutant(bar) for bar in of_mutant)]


def _of_mutant(bar: Bar) -> Bar:
    """Show the mutant's figure; that it hears the healthy ones as rarely as it must is a bar of its own."""
    must_miss = MUTANT_HEARD if bar.name == "fanout.heard" else None
    return Bar(f"{bar.name}.mutant", bar.says, bar.measured, bar.unit, at_most=must_miss)


def _run(folder: Path, build: Callable[..., House]) -> list[Bar]:
    folder.mkdir()
    with Sandbox(folder) as sandbox:
        hanging = _hang(sandbox)
        with build(folder, sandbox) as house:
            seen = Seen(frozenset(hanging))
            asyncio.run(drive(_order(house), seen.note))
    return seen.bars()


def _hang(sandbox: Sandbox) -> Sequence[str]:
    """Make all but the healthy ones hang, from before the gateway has heard of them."""
    with_system = [row.id for row in read_table() if row.system != "telephone"]
    hanging = [hospital for hospital in with_system if hospital not in HEALTHY]
    for hospital in hanging:
        sandbox.trouble(hospital, "hang")
    return hanging


def _order(house: House) -> Order:
    path = f"/v1/capacity?need=icu&fresh=true&deadline_ms={DEADLINE_MS}"
    asked = question("GET", path, key=house.keys["dispatcher"])
    return Order(port_of(house), [asked], connections=DISPATCHERS, seconds=SECONDS)
