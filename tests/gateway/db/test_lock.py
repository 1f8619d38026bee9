"""One process per data folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.db import AlreadyRunning, ProcessLock

HOLDER = """
import sys
from pathlib import Path
from gateway.db import ProcessLock
ProcessLock(Path(sys.argv[1])).take()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_refused_and_told_who_is_there(tmp_path: Path) -> None:
    """The refusal names the process; when that one is killed, the folder is free."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning, match=str(holder.pid)):
            ProcessLock(tmp_path).take()
        holder.kill()
        holder.wait()
        with ProcessLock(tmp_path):
            assert (tmp_path / "gerbang.lock").read_text() == f"{os.getpid()}\n"


def test_releasing_lets_the_next_one_in(tmp_path: Path) -> None:
    """The lock is taken again after it was released, in a folder made for it."""
    folder = tmp_path / "new" / "var"
    first = ProcessLock(folder)
    first.take()
    with pytest.raises(AlreadyRunning):
        ProcessLock(folder).take()
    first.release()
    with ProcessLock(folder):
        pass
