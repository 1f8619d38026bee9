"""The machine under a measurement: how busy it is, how fast its disk, what a process has used."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROBES = 300
PAGE = bytes(4096)


def cpu_seconds(pid: int) -> float:
    """Return the processor time of process *pid* with all its threads, user and system, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / TICKS


def stolen_seconds() -> float:
    """Return the processor time that this machine wanted and its host gave to others, in seconds."""
    fields = Path("/proc/stat").read_text("ascii").partition("\n")[0].split()
    return int(fields[8]) / TICKS


def fdatasync_ms(folder: Path) -> tuple[float, float]:
    """Return the median and the 99th percentile of writing a page through to the disk of *folder*."""
    probe = folder / "fdatasync.probe"
    file = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        taken = [_synced(file, number) for number in range(PROBES)]
    finally:
        os.close(file)
        probe.unlink()
    return percentile(taken, 0.5) * 1000, percentile(taken, 0.99) * 1000


def _synced(file: int, number: int) -> float:
    started = time.perf_counter()
    os.pwrite(file, PAGE, number * len(PAGE))
    os.fdatasync(file)
    return time.perf_counter() - started


def pin(pid: int, core: int) -> None:
    """Keep process *pid* and its threads on one core, where there are two; else leave it alone."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.sched_setaffinity(int(thread.name), {cores[core]})


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of *values* that *share* of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def state(folder: Path) -> str:
    """Return a line that tells a reader how far to trust the figures beside it."""
    typical, worst = fdatasync_ms(folder)
    load = ", ".join(f"{average:.2f}" for average in os.getloadavg())
    return f"load average {load}; fdatasync p50 {typical:.2f} ms, p99 {worst:.2f} ms"
