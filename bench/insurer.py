"""
BPJS in every kind of trouble: coverage is UNKNOWN with its reason, in time, and beds are not slowed.

Two gateways with an insurer each, one sound and one hanging, are asked for beds in turn while people's
coverage is asked of both.
"""

import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import msgspec

from . import capacity, eligibility
from .bars import Bar
from .houses import House, Sandbox, known_to
from .load import Apart

INSURER = "vclaim"
NIK = "1571015203909901"  # nobody's; the sandbox knows it as a member
MODES = ("hang", "refuse", "html", "empty", "wrong_second")
TIMES = 20
SOUND_BETWEEN = 4  # answers, so that the breaker stays closed and each trouble is truly met
MOST_MS = 1550.0

ROUNDS = 7
ROUND_S = 2.0
BED_ASKERS, BED_THINK_S = 16, 0.02
COVERAGE_ASKERS, COVERAGE_THINK_S = 20, 1.0
MOST_SLOWER = 1.2


def measure(folder: Path) -> list[Bar]:
    """Measure the answers in trouble, then the beds beside trouble."""
    (folder / "sound").mkdir()
    (folder / "hanging").mkdir()
    with (
        Sandbox(folder / "sound") as sound,
        Sandbox(folder / "hanging") as hanging,
        House(folder / "sound", sound, eligibility_cache_s="0") as with_sound,
        House(folder / "hanging", hanging, eligibility_cache_s="0") as with_hanging,
    ):
        bars = [bar for mode in MODES for bar in _in_trouble(with_hanging, hanging, mode)]
        hanging.trouble(INSURER, "hang")
        return [*bars, *_beds_beside(with_sound, with_hanging)]


def _in_trouble(house: House, sandbox: Sandbox, mode: str) -> list[Bar]:
    """Ask once in trouble and a few times without, over and over."""
    times, reasons = [], Counter[str]()
    with house.client("dispatcher") as dispatcher:
        for _ in range(TIMES):
            sandbox.trouble(INSURER, mode)
            taken, answer = _asked(dispatcher)
            times.append(taken * 1000)
            reasons[f"{answer['coverage']} {answer['reason']}"] += 1
            sandbox.mend(INSURER)
            for _ in range(SOUND_BETWEEN):
                _asked(dispatcher)
    unclear = sum(count for said, count in reasons.items() if not _is_reasoned(said))
    said = ", ".join(reasons)
    return [
        Bar(f"insurer.{mode}", f"slowest of {TIMES}: {said}", max(times), "ms", at_most=MOST_MS),
        Bar(f"insurer.{mode}.unclear", "answers not UNKNOWN or without a reason", unclear, "", at_most=0),
    ]


def _asked(dispatcher: httpx.Client) -> tuple[float, dict[str, Any]]:
    started = time.perf_counter()
    answer = dispatcher.post(eligibility.PATH, json={"nik": NIK, "purpose": "ETREAT"})
    taken = time.perf_counter() - started
    body: dict[str, Any] = answer.raise_for_status().json()
    return taken, body


def _is_reasoned(said: str) -> bool:
    coverage, _, reason = said.partition(" ")
    return coverage == "UNKNOWN" and reason not in ("None", "breaker_open")


def _beds_beside(with_sound: House, with_hanging: House) -> list[Bar]:
    seen: dict[str, list[float]] = {"sound": [], "hanging": []}
    houses = {"sound": with_sound, "hanging": with_hanging}
    for house in houses.values():
        known_to(house)
    for _ in range(ROUNDS):
        for name, house in houses.items():
            seen[name].append(_bed_p99_ms(house))
    sound, hanging = median(seen["sound"]), median(seen["hanging"])
    return [
        Bar("insurer.beds", "p99 of beds, BPJS hanging / sound", hanging / sound, "x", at_most=MOST_SLOWER),
        Bar("insurer.beds.hanging", "p99 while BPJS hangs", hanging, "ms"),
        Bar("insurer.beds.sound", "p99 while BPJS answers", sound, "ms"),
    ]


def _bed_p99_ms(house: House) -> float:
    """Ask *house* for beds while others ask it for coverage."""
    beds = capacity.order(house, connections=BED_ASKERS, seconds=ROUND_S, think_s=BED_THINK_S)
    people = eligibility.order(house, COVERAGE_ASKERS)
    coverage = Apart(msgspec.structs.replace(people, seconds=ROUND_S, think_s=COVERAGE_THINK_S))
    figures = Apart(beds).figures()
    coverage.figures()
    figures.demand_only(200)
    return figures.p99_ms
