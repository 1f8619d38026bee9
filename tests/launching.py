"""
Two ways to start a program of ours: as anybody does, or forked from a process that has imported it already.

Importing takes most of a start, and all tests together start some hundred programs. What is forked goes
on where `python -m` would stand after its imports: same arguments, environment, output, signals, exit status.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Protocol

REPOSITORY = Path(__file__).parent.parent
IMPORTED = ("gateway.app", "gateway.cli.audit", "gateway.cli.keys", "gateway.cli.serve", "sandbox.app")
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([*IMPORTED, __name__])


class Running(Protocol):
    """A program that was started, with the words of `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """Return its number."""
        ...

    def poll(self) -> int | None:
        """Return its exit status, None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit status. Raises subprocess.TimeoutExpired."""
        ...

    def terminate(self) -> None:
        """Send SIGTERM."""
        ...

    def kill(self) -> None:
        """Send SIGKILL."""
        ...


class Launch(Protocol):
    """Starts `python -m` with these arguments."""

    def __call__(
        self, arguments: Sequence[str], *, environment: Mapping[str, str], out: Path, errors: Path
    ) -> Running:
        """Append what it prints to *out*, and its complaints to *errors*."""
        ...


def executed(arguments: Sequence[str], *, environment: Mapping[str, str], out: Path, errors: Path) -> Running:
    """Start it as anybody does."""
    with out.open("ab") as printed, errors.open("ab") as complained:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=REPOSITORY,
            env=dict(environment),
            stdout=printed,
            stderr=complained,
        )


def forked(arguments: Sequence[str], *, environment: Mapping[str, str], out: Path, errors: Path) -> Running:
    """Fork it from the process that has imported it."""
    process = _forks.Process(target=_become, args=(list(arguments), dict(environment), out, errors))
    process.start()
    return _Forked(process)


@dataclass(frozen=True, slots=True)
class _Forked:
    process: ForkServerProcess

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout or 0.0)
        return self.process.exitcode

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        self.process.kill()


def _become(arguments: Sequence[str], environment: Mapping[str, str], out: Path, errors: Path) -> None:
    """Be that program, in the process that was forked."""
    for stream, file in ((sys.stdout, out), (sys.stderr, errors)):
        target = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.dup2(target, stream.fileno())
        os.close(target)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(REPOSITORY)
    sys.argv = list(arguments)
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
