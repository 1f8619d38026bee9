"""
One bit of one entry after the other: `python -m tests.gateway.evidence.flips [COUNT]` fails on a miss.

Ten thousand entries lie in twenty logs of one checkpoint segment each, all signed to their ends; each time
the whole export with the turned bit is checked as an inspectorate checks it, and must name that entry.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from gateway.evidence import verify

from .exports import Export, Maker

LOGS, SEGMENT = 20, 500
ENTRIES = LOGS * SEGMENT
SEED = 112


def make(folder: Path) -> list[Export]:
    """Return the exports; each log is a checkpoint at 250 and one at its end."""
    exports = []
    for number in range(LOGS):
        house = folder / f"house-{number}"
        house.mkdir()
        maker = Maker(house, every=SEGMENT // 2)
        exports.append(maker.write(*range(1, SEGMENT), batch=50).sign().export())
    return exports


def flipped(line: bytes, bit: int) -> bytes:
    """Return the line with one bit turned."""
    turned = bytearray(line)
    turned[bit // 8] ^= 1 << bit % 8
    return bytes(turned)


def named(export: Export, folder: Path, at: int, bit: int) -> str | None:
    """Turn a bit of the entry at index *at*; return the entry that the verifier names."""
    lines = [*export.entries[:at], flipped(export.entries[at], bit), *export.entries[at + 1 :]]
    (folder / "entries-0001.jsonl").write_bytes(b"".join(lines))
    report = verify.check(folder, folder / "policy.txt")
    return None if report.damage is None else report.damage.entry.partition(" (")[0]


def run(places: Sequence[int], *, scratch: Path) -> Counter[bool]:
    """Flip a bit in each of the entries at *places*; return how many were named and how many not."""
    dice, seen = random.Random(SEED), Counter[bool]()
    exports = make(scratch)
    folders = [export.written(scratch / f"export-{number}") for number, export in enumerate(exports)]
    for place in places:
        number, at = divmod(place, SEGMENT)
        bit = dice.randrange(8 * len(exports[number].entries[at]))
        found = named(exports[number], folders[number], at, bit)
        fits = found is not None and (
            found.endswith(f"/{at + 1}") or (at == 0 and found == "the first entry")
        )
        seen[fits] += 1
        if not fits:
            print(f"log {number}, entry {at + 1}, bit {bit}: named {found}")  # noqa: T201  a program's output
    return seen


def main(count: int) -> int:
    """Flip *count* bits, evenly spread; return how many entries were not named."""
    places = range(0, ENTRIES, max(1, ENTRIES // count))
    memory = Path("/dev/shm")  # noqa: S108  a folder of our own in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        seen = run(places, scratch=Path(folder))
    print(f"{seen[True]} of {len(places)} flipped bits named their entry (seed {SEED})")  # noqa: T201  as above
    return seen[False]


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES) else 0)
