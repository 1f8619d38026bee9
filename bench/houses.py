"""The programs under measurement, each on a core away from who asks, and their partner files."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from sandbox.demo.files import write_partners
from tests.running import Gateway, House, Process, Sandbox, Second, free_port

from . import machine

HEADING = "[[partners]]\n"

__all__ = ["Gateway", "House", "Mutant", "Program", "Sandbox", "Second"]
__all__ += ["known_to", "partners_file", "pid_of", "port_of"]


def partners_file(folder: Path, *, sandbox: str, change: Callable[[str], str]) -> Path:
    """Write the demo's partner file into *folder* with *change* applied to each partner's text."""
    demo = write_partners(folder / "partners", sandbox_url=sandbox).read_text("utf-8")
    file = folder / "partners.toml"
    file.write_text("".join(HEADING + change(block) for block in demo.split(HEADING)[1:]), "utf-8")
    return file


class Mutant(House):
    """A gateway as it must not be: *module* of this folder patches it, and serves."""

    module = "mutant"

    def begin(self) -> Process:
        """Start it, and do not wait."""
        log = self.folder / f"{self.module}.log"
        self.process = Process([f"bench.{self.module}"], log=log, environment=self.environment)
        return self.process


class Program:
    """A program of this folder, `python -m bench.<name>`, on a free port and on one core."""

    def __init__(self, folder: Path, name: str, *before: str, core: int = 1) -> None:
        """Start it with the arguments *before* its port, and wait until it answers."""
        self.port = free_port()
        self._process = Process([f"bench.{name}", *before, str(self.port)], log=folder / f"{name}.log")
        self.pid = self._process.popen.pid
        machine.pin(self.pid, core)
        self._process.until_answers(f"http://127.0.0.1:{self.port}/v1/capacity")

    def __enter__(self) -> Self:
        """Return the running program."""
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """End it."""
        self._process.kill()


def pid_of(house: House) -> int:
    """Return the process id of a running gateway."""
    assert house.process is not None
    return house.process.popen.pid


def port_of(house: House) -> int:
    """Return the port a gateway listens on."""
    return int(house.environment["GERBANG_PORT"])


def known_to(house: House) -> httpx.Response:
    """Return the capacity answer of a gateway whose hospitals' systems have all been asked once."""
    with house.client("dispatcher") as dispatcher:
        return dispatcher.get("/v1/capacity?need=icu&fresh=true&deadline_ms=10000").raise_for_status()
