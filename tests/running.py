"""
The real thing for tests: the sandbox and the gateway as processes of their own, over real sockets.

    with Sandbox() as sandbox, House(tmp_path, sandbox) as house:
        house.client("dispatcher").get("/v1/capacity?need=icu")
"""

import os
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import ClassVar, Self

import httpx

from sandbox.demo.files import write_partners
from tests.trust import TRUST

from .launching import REPOSITORY, Launch, executed

__all__ = ["REPOSITORY", "ROLES", "START_S"]
__all__ += ["Gateway", "House", "Process", "Sandbox", "Second", "free_port"]

ROLES = ("dispatcher", "operator", "approver", "auditor", "partner", "admin")
START_S = 30.0
VERB_S = 120.0
_SAYOETI = "rsud-sayoeti"  # of the demo, for the partner's key


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A program of ours under test; its output goes to *log*. *launch* is how such programs are started."""

    launch: ClassVar[Launch] = staticmethod(executed)

    def __init__(
        self, arguments: list[str], *, log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        self.started = time.monotonic()
        self.popen = self.launch(
            arguments, environment={**os.environ, **(environment or {})}, out=log, errors=log
        )

    def until_answers(self, url: str) -> float:
        """Wait until *url* answers 200; return the seconds since the start, or end the program and fail."""
        try:
            return self._until_answers(url)
        except AssertionError:
            if self.popen.poll() is None:
                self.kill()
            raise

    def _until_answers(self, url: str) -> float:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if (status := self.popen.poll()) is not None:
                raise AssertionError(f"ended with {status}:\n{self.text()}")
            try:
                if httpx.get(url, timeout=2, trust_env=False, verify=TRUST).status_code == 200:
                    return time.monotonic() - self.started
            except httpx.TransportError:
                pass
            time.sleep(0.02)
        raise AssertionError(f"not ready after {START_S} s:\n{self.text()}")

    def text(self) -> str:
        """Return what it printed."""
        return self.log.read_text("utf-8", "replace")

    def kill(self) -> None:
        """End it as a pulled plug does."""
        self.popen.kill()
        self.popen.wait()

    def stop(self) -> None:
        """Ask it to end, and see that it does."""
        self.popen.terminate()
        try:
            self.popen.wait(20)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


class Sandbox:
    """The simulated partners on a free port; beds stand still."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._process = Process(["sandbox", "--port", str(port), "--still"], log=folder / "sandbox.log")
        self._process.until_answers(f"{self.url}/door")
        self.troubled = False

    def trouble(self, target: str, mode: str, **more: object) -> None:
        """Make a partner misbehave until `mend`."""
        self.troubled = True
        httpx.put(
            f"{self.url}/door/{target}", json={"mode": mode, **more}, trust_env=False, verify=TRUST
        ).raise_for_status()

    def mend(self, target: str = "") -> None:
        """End trouble with one partner, or all."""
        self.troubled = bool(target)
        httpx.delete(
            f"{self.url}/door/{target}".rstrip("/"), trust_env=False, verify=TRUST
        ).raise_for_status()

    def journal(self, target: str) -> dict[str, object]:
        """Return what the sandbox saw of questions to one partner."""
        answer = httpx.get(
            f"{self.url}/door/journal", params={"target": target}, trust_env=False, verify=TRUST
        )
        return dict(answer.raise_for_status().json())

    def __enter__(self) -> Self:
        """Hand it out, running."""
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Stop it."""
        self._process.stop()


class Gateway:
    """A gateway's process, with these keys by role; what it prints goes to *log_file*."""

    def __init__(
        self, *, port: int, log_file: Path, environment: Mapping[str, str], keys: dict[str, str]
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log_file = log_file
        self.environment = {**environment, "GERBANG_PORT": str(port), "GERBANG_URL": self.url}
        self.keys = keys
        self.process: Process | None = None

    def begin(self) -> Process:
        """Start it, and do not wait."""
        self.process = Process(["gateway", "serve"], log=self.log_file, environment=self.environment)
        return self.process

    def start(self, *, until: str = "/readyz") -> float:
        """Start it; return the seconds until *until* answered 200."""
        return self.begin().until_answers(f"{self.url}{until}")

    def kill(self) -> None:
        """Kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process = None

    def stop(self) -> None:
        """Stop in good order."""
        if self.process is not None:
            self.process.stop()
            self.process = None

    def headers(self, role: str) -> dict[str, str]:
        """Return the header that signs *role* in."""
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def client(self, role: str) -> httpx.Client:
        """Return a client with the key of *role*."""
        return httpx.Client(
            base_url=self.url, headers=self.headers(role), timeout=20, trust_env=False, verify=TRUST
        )


class House(Gateway):
    """A gateway in *folder*, with one key per role; kill and start it as you like."""

    def __init__(
        self,
        folder: Path,
        sandbox: Sandbox,
        *,
        partners_text: str | None = None,
        secrets: Mapping[str, str] = MappingProxyType({}),
        **settings: str,
    ) -> None:
        """Take *partners_text* in the place of the demo's partner file, and *secrets* beside its own."""
        self.folder = folder
        self.data = folder / "var"
        partners = write_partners(self.data, sandbox_url=sandbox.url)
        if partners_text is not None:
            partners.write_text(partners_text, encoding="utf-8")
        self._partner = _SAYOETI if partners_text is None else partners_text.split('"', 2)[1]
        for name, secret in secrets.items():
            (self.data / "secrets" / name).write_text(secret, encoding="utf-8")
        environment = {
            "GERBANG_ENVIRONMENT": "demo",
            "GERBANG_DATA_DIR": str(self.data),
            "GERBANG_PARTNERS_FILE": str(partners),
            "GERBANG_OUTBOUND_ALLOW": "127.0.0.0/8",
            **{f"GERBANG_{name.upper()}": value for name, value in settings.items()},
        }
        super().__init__(port=free_port(), log_file=folder / "gateway.log", environment=environment, keys={})
        self.keys["admin"] = self.gerbang("keys", "bootstrap").strip()
        self.start()
        self._make_keys()

    @property
    def database_url(self) -> str:
        """SQLAlchemy's URL of its database."""
        return self.environment.get("GERBANG_DATABASE_URL", f"sqlite:///{self.data}/gerbang.db")

    def gerbang(self, *arguments: str, status: int = 0) -> str:
        """Run one verb of the command line; return what it printed."""
        number = time.monotonic_ns()
        out, errors = (self.folder / f"{name}-{number}.txt" for name in ("printed", "complained"))
        environment = {**os.environ, **self.environment}
        verb = Process.launch(["gateway", *arguments], environment=environment, out=out, errors=errors)
        ended = verb.wait(VERB_S)
        printed = out.read_text("utf-8")
        assert ended == status, f"{arguments}: {ended}\n{printed}{errors.read_text('utf-8')}"
        return printed

    def log(self) -> str:
        """Return everything the gateway logged."""
        return self.log_file.read_text("utf-8", "replace")

    def export(self) -> Path:
        """Take the audit log out; return the folder."""
        folder = self.folder / f"export-{time.monotonic_ns()}"
        self.gerbang("audit", "export", str(folder))
        return folder

    def _make_keys(self) -> None:
        with self.client("admin") as admin:
            for role in ROLES[:-1]:
                order = {"role": role, "holder": f"test {role}"}
                if role == "partner":
                    order["partner"] = self._partner
                answer = admin.post("/v1/keys", json=order)
                assert answer.status_code == 201, answer.text
                self.keys[role] = answer.json()["key"]

    def __enter__(self) -> Self:
        """Hand it out, running."""
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()


class Second(Gateway):
    """Another gateway on the databases and secrets of *house*, with a data folder and a log of its own."""

    def __init__(self, folder: Path, house: House, *, replica: str = "b") -> None:
        own = {"GERBANG_DATA_DIR": str(folder / replica), "GERBANG_REPLICA": replica}
        super().__init__(
            port=free_port(),
            log_file=folder / f"{replica}.log",
            environment=house.environment | own,
            keys=house.keys,
        )
