"""A million entries checked alone and offline: how long, how much memory; and every flipped bit named."""

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from contracts import Entry
from gateway.audit import canonical
from gateway.audit.chain import START, Tip
from gateway.audit.keys import FileSigner
from gateway.audit.notes import Checkpoint, signed
from gateway.audit.tree import Tree
from gateway.evidence import verify
from gateway.evidence.export import LINES_A_FILE, line
from tests.gateway.evidence import flips
from tests.gateway.evidence.exports import told

from .bars import Bar

ENTRIES = 1_000_000
SEGMENT = 1_000
MOST_S, MOST_MB = 60.0, 64.0
LOG = "2026/gerbang-1"
ORIGIN = f"bench.gerbang.example/audit/{LOG}"
OFFLINE = ("unshare", "--net", "--map-root-user")


def measure(folder: Path) -> list[Bar]:
    """Make the log, check it without a network, and flip the bits."""
    export = folder / "export"
    size_mb = _make(export) / 1e6
    command = [sys.executable, "-I", "-S", "verify.py", ".", "--policy", "policy.txt"]
    wall, cpu, memory, said = _checked([*_offline(), *command], export)
    shutil.rmtree(export)
    assert said.startswith(f"INTACT  {ENTRIES} entries"), said
    started = time.monotonic()
    missed = flips.main(flips.ENTRIES)
    return [
        Bar("verify.wall", f"{ENTRIES:,} entries, {size_mb:.0f} MB, {_where()}", wall, "s", at_most=MOST_S),
        Bar("verify.cpu", "aim 20", cpu, "s"),
        Bar("verify.memory", "peak, the interpreter included", memory, "MB", at_most=MOST_MB),
        Bar("verify.flips.missed", f"of {flips.ENTRIES:,} flipped bits", missed, "", at_most=0),
        Bar("verify.flips.time", "", time.monotonic() - started, "s"),
    ]


def _offline() -> tuple[str, ...]:
    """Return what takes the network away, nothing where the kernel does not let us."""
    tried = shutil.which("unshare") and subprocess.run([*OFFLINE, "true"], capture_output=True, check=False)
    return OFFLINE if tried and tried.returncode == 0 else ()


def _where() -> str:
    return "network taken away" if _offline() else "network there: it could not be taken away"


def _checked(command: list[str], folder: Path) -> tuple[float, float, float, str]:
    """Run it; return seconds, seconds of processor, megabytes at the peak, and what it said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak_mb(process.pid))
            time.sleep(0.05)
        assert process.stdout is not None
        said = process.stdout.read()
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak, said


def _peak_mb(pid: int) -> float:
    """Return the highest memory of a process; not rusage, whose peak starts with the parent's."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    lines = [each for each in status.splitlines() if each.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0


def _make(folder: Path) -> int:
    """Write an export of ENTRIES entries with a checkpoint every SEGMENT; return its bytes."""
    folder.mkdir()
    signer = FileSigner(ORIGIN, bytes(range(32)))
    (folder / "policy.txt").write_text(f"log {signer.vkey}\nquorum none\n")
    shutil.copyfile(verify.__file__, folder / "verify.py")
    tip, tree, number = START, Tree(), 0
    with (folder / "checkpoints.txt").open("w") as checkpoints:
        for file in range(ENTRIES // LINES_A_FILE):
            with (folder / f"entries-{file + 1:04}.jsonl").open("wb") as out:
                for _ in range(LINES_A_FILE // SEGMENT):
                    tip, tree = _segment(out.write, tip, tree, number, signer.vkey)
                    number += SEGMENT
                    checkpoints.write(f"{signed(Checkpoint(ORIGIN, tree.size, tree.root()), [signer])}\n")
    return sum(each.stat().st_size for each in folder.iterdir())


def _segment(
    write: Callable[[bytes], object], tip: Tip, tree: Tree, number: int, vkey: str
) -> tuple[Tip, Tree]:
    leaves = []
    for seq, entry in enumerate(islice(_entries(number, vkey), SEGMENT), tip.seq + 1):
        ts = canonical.instant(entry.at)
        record = canonical.canonical(entry, log=LOG, seq=seq, ts=ts, mono=seq - 1, prev=tip.leaf)
        tip = Tip(seq, canonical.leaf_of(record))
        leaves.append(bytes.fromhex(tip.leaf))
        write(line(LOG, seq, tip.leaf, record.decode()))
    return tip, tree.grown(leaves)


def _entries(number: int, vkey: str) -> Iterator[Entry]:
    if number == 0:
        yield Entry("log.opened", "opened", detail={"origin": ORIGIN, "vkey": vkey})
    while True:
        number += 1
        yield told(number)
