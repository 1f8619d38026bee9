"""
Cut the power: `python -m tests.gateway.db.power [--seed N] [--images N]`; exit status 1 when it fails.

Without more, the store as it is must lose nothing, and with synchronous=NORMAL planted it must lose rows.
`--plant NORMAL` plants that (or another fault) and fails as the store would. `--only N --keep FOLDER` makes
image N again, from the seed alone, puts its files into the empty FOLDER and judges a copy.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from .images import explore, images
from .recording import NOTHING, PLANTS, Recording, record

SEED = 20261125
IMAGES = 1500
ENOUGH = 20
MOST_SHOWN = 10


def main(arguments: Sequence[str]) -> int:
    """Do what *arguments* say; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.gateway.db.power", description="Cut the power.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--plant", choices=sorted(PLANTS))
    parser.add_argument("--only", type=int, help="this image alone")
    parser.add_argument("--keep", type=Path, help="an empty folder for the image's files")
    given = parser.parse_args(arguments)
    _say(f"seed {given.seed}")
    numbers = range(given.images) if given.only is None else [given.only]
    failed = _run(given.seed, numbers, given.plant, given.keep)
    if given.plant or given.only is not None or failed:
        return int(failed)
    if _run(given.seed, numbers, "NORMAL", None, enough=ENOUGH):
        return 0
    _say("FAILED: the planted fault was not found out; these images prove nothing")
    return 1


def _run(
    seed: int, numbers: Sequence[int], plant: str | None, keep: Path | None, enough: int | None = None
) -> bool:
    """Record once and judge the images; say what came of it, and return whether any failed."""
    with tempfile.TemporaryDirectory(prefix="gerbang-power-") as folder:
        recording = record(Path(folder), seed, plant=PLANTS[plant] if plant else NOTHING)
        if keep is not None:
            _keep(recording, numbers, keep)
        tally = explore(recording, numbers, enough=enough)
    _say(f"{plant or 'nothing'} planted: {tally}")
    shown = 0 if enough is not None else MOST_SHOWN
    for number, what in tally.failures[:shown]:
        _say(f"  image {number}, {what}")
    return bool(tally.failures)


def _keep(recording: Recording, numbers: Sequence[int], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for image in images(recording, numbers):
        for name, content in image.files.items():
            (folder / name).write_bytes(content)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    sys.exit(main(sys.argv[1:]))
