"""`python -m tests.adapters.bpbd.examples` writes the published examples anew, by the adapter itself."""

import sys
from pathlib import Path

from adapters.bpbd.settings import Settings
from adapters.bpbd.translate import message_of
from adapters.cap.build import build
from tests.adapters.bpbd.sample import EVERY, SETTINGS
from tests.running import REPOSITORY

PUBLISHED = REPOSITORY / "contracts" / "partners" / "bpbd"
FOLDER = PUBLISHED / "examples"
WIRE = REPOSITORY / "tests" / "wire" / "bpbd"
ANSWERS = ("ack", "ack-accepted", "error")


def examples() -> dict[str, bytes]:
    """Return every example by its file's name."""
    profile = Settings.model_validate(SETTINGS).profile()
    sent = {
        f"{name}.xml": build(message_of(each, profile), zone=profile.zone) for name, each in EVERY.items()
    }
    return sent | {f"{name}.xml": (WIRE / f"{name}.xml").read_bytes() for name in ANSWERS}


def write(folder: Path = FOLDER) -> None:
    """Write them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in examples().items():
        (folder / name).write_bytes(body)


if __name__ == "__main__":
    sys.exit(write())
