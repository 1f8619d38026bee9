"""The state machine and its mutants, in a process of their own: what they kill must not take others along."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
ALONE = Path(__file__).with_name("machine_alone.py")


@pytest.mark.slow
def test_the_machine_holds_and_its_mutants_are_caught() -> None:
    """`machine_alone.py` passes: event loops that end in the middle leave nothing behind in this worker."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", str(ALONE)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=400)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
