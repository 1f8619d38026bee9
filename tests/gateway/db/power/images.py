"""Image after image of one recording: where the power was cut, what was left, and how it was judged."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .disk import Disk, rename
from .journal import Create, Delete, Event, Published, Truncate, Written
from .judge import Judge, Promised, Verdict
from .recording import Recording

OFTEN = 0.1  # of the cuts are just behind a file's beginning, end or cutting short
GOES_ON = 50  # of so many images one is started again, written to and exported


@dataclass(frozen=True, slots=True)
class Image:
    """
    What power cut *number* may have left of each file.

    *cut* counts the events before it; *open_files* names the files that had something unsynced.
    """

    number: int
    cut: int
    files: dict[str, bytes]
    promised: Promised
    open_files: tuple[str, ...]


@dataclass
class Tally:
    """How many images of which kind there were; *failures* are (number, what is wrong)."""

    images: int = 0
    lost: int = 0
    halved: int = 0
    corrupt: int = 0
    worst: int = 0  # promises lost in one image
    unsynced: dict[str, int] = field(default_factory=dict)  # images that had unsynced changes, by file
    failures: list[tuple[int, str]] = field(default_factory=list)

    def add(self, image: Image, verdict: Verdict) -> None:
        """Count one image."""
        self.images += 1
        self.lost += bool(verdict.lost)
        self.halved += bool(verdict.halved)
        self.corrupt += bool(verdict.corrupt)
        self.worst = max(self.worst, verdict.lost)
        for name in image.open_files:
            self.unsynced[name] = self.unsynced.get(name, 0) + 1
        if verdict != Verdict():
            said = verdict.corrupt or verdict.halved or f"{verdict.lost} promises lost"
            self.failures.append((image.number, f"after {image.cut} events: {said}"))

    def __str__(self) -> str:
        """Say it in one line."""
        unsynced = ", ".join(f"{name} {count}" for name, count in sorted(self.unsynced.items()))
        return (
            f"{self.images} images: {self.lost} lost what was acknowledged (at most {self.worst}),"
            f" {self.halved} half-written, {self.corrupt} corrupt; unsynced at the cut: {unsynced}"
        )


def images(recording: Recording, numbers: Iterable[int]) -> Iterator[Image]:
    """Yield the images of these *numbers*, in the order of their cuts; seed and number say all of one."""
    events = recording.journal.events
    dices = {number: Random(f"{recording.seed}/{number}") for number in numbers}  # the str, not its hash
    rare = [at for at, event in enumerate(events) if isinstance(event, Create | Delete | Truncate)]
    cuts = sorted((_cut(events, rare, dice), number) for number, dice in dices.items())
    disk, happened = Disk.holding(recording.journal.base), 0
    written: set[int] = set()
    published: set[str] = set()
    for cut, number in cuts:
        for event in events[happened:cut]:
            disk.take(event)
            if isinstance(event, Written):
                written.add(event.number)
            elif isinstance(event, Published):
                published.add(event.note)
        happened = cut
        promised = Promised(frozenset(written), frozenset(published), frozenset(recording.refused))
        yield Image(number, cut, _left(disk, dices[number]), promised, _open_files(disk))


def explore(recording: Recording, numbers: Sequence[int], *, enough: int | None = None) -> Tally:
    """Judge the images of *numbers*; stop at *enough* failures."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="gerbang-power-") as folder:
        judge = Judge(Path(folder), recording.folder / "secrets")
        for image in images(recording, numbers):
            judge.put(image.files)
            verdict = judge.judge(image.promised)
            if verdict == Verdict() and image.number % GOES_ON == 0:
                verdict = Verdict(corrupt=judge.go_on())
            tally.add(image, verdict)
            if enough is not None and len(tally.failures) >= enough:
                break
    return tally


def _cut(events: Sequence[Event], rare: Sequence[int], dice: Random) -> int:
    """Return how many events come before the cut: any number, and often one just behind a *rare* event."""
    if dice.random() < OFTEN:
        return min(len(events), dice.choice(rare) + dice.randint(1, 3))
    return dice.randint(0, len(events))


def _left(disk: Disk, dice: Random) -> dict[str, bytes]:
    files = disk.after_power_cut(dice)
    if dice.random() < 0.5:
        files["gerbang.db-shm"] = dice.randbytes(32768)
    return files


def _open_files(disk: Disk) -> tuple[str, ...]:
    names = dict(disk.names)
    rename(names, disk.names_under_way)
    changed = sorted(name for name, file in names.items() if disk.under_way.get(file))
    return (*changed, *(["names"] if disk.names_under_way else []))
