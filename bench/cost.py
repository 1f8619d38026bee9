"""Processor time per answer, of several programs in turn, so that a busy machine is unfair to none."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from . import machine
from .load import Figures, Order, asked_apart

ROUNDS = 5
WARMING_S = 1.0


@dataclass(frozen=True, slots=True)
class Subject:
    """A program by its process id, and what it is asked."""

    pid: int
    order: Order


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over the rounds: microseconds of processor per answer, answers per second, milliseconds."""

    cpu_us: float
    rate: float
    p50_ms: float
    p99_ms: float


def compare(subjects: Mapping[str, Subject], *, rounds: int = ROUNDS) -> dict[str, Cost]:
    """Ask each subject in turn, *rounds* times after a warm-up; every answer must be a 200."""
    for subject in subjects.values():
        _round(subject, seconds=WARMING_S)
    seen: dict[str, list[tuple[float, Figures]]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            seen[name].append(_round(subject, seconds=subject.order.seconds))
    return {name: _typical(measured) for name, measured in seen.items()}


def _round(subject: Subject, *, seconds: float) -> tuple[float, Figures]:
    order = subject.order
    timed = Order(order.port, order.questions, order.connections, seconds)
    before = machine.cpu_seconds(subject.pid)
    figures = asked_apart(timed)
    used = machine.cpu_seconds(subject.pid) - before
    figures.demand_only(200)
    return used / figures.answers * 1e6, figures


def _typical(measured: list[tuple[float, Figures]]) -> Cost:
    figures = [each for _, each in measured]
    return Cost(
        cpu_us=median(cpu for cpu, _ in measured),
        rate=median(each.rate for each in figures),
        p50_ms=median(each.p50_ms for each in figures),
        p99_ms=median(each.p99_ms for each in figures),
    )
