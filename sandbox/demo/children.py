"""The two programs of the demo: started, watched, stopped."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATIENCE_S = 60.0
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_STOPPING_S = 12.0
_LEAVING_S = 3.0  # what an earlier demo, killed, leaves running ends by itself in less


class Failed(Exception):
    """The demo cannot go on; the message is for the person who started it."""


@dataclass(slots=True)
class Child:
    """One running program; what it says goes to *log*."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise Failed with its last words if it has ended."""
        with _undisturbed():
            code = self.process.poll()
        if code is not None:
            words = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
            raise Failed("\n".join([f"{self.name} has ended (exit {code}); its last words:", *words]))

    def ask_to_end(self) -> None:
        """Ask it to end; `stop` waits for that."""
        self.process.terminate()

    def stop(self) -> None:
        """Ask it to end; insist after twelve seconds."""
        self.ask_to_end()
        try:
            self.process.wait(_STOPPING_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put signals off: one inside `poll` would leave its lock held, and nobody could wait any more."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_the_demo() -> None:
    """Ask the kernel for SIGTERM when the demo dies in whatever way: nothing stays behind on its ports."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(name: str, arguments: Sequence[str], *, log: Path, env: dict[str, str]) -> Child:
    """
    Start `python -m ...` in its own session, so that Ctrl-C reaches only the demo, which then stops it.

    The log goes on where it ended: what a crash said is still there after the next start.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=env,
            start_new_session=True,
            preexec_fn=_end_with_the_demo if sys.platform == "linux" else None,
        )
    return Child(name, process, log)


def run(arguments: Sequence[str], *, env: dict[str, str], quiet: bool = False) -> str:
    """
    Run `python -m ...` to its end and return the last line it printed; raise Failed with its complaint.

    Whoever prints nothing has failed too, unless it is to be *quiet*.
    """
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *arguments], capture_output=True, text=True, env=env, check=False
    )
    if done.returncode:
        raise Failed(f"`{' '.join(arguments)}` failed:\n{done.stderr.strip() or done.stdout.strip()}")
    printed = done.stdout.strip().splitlines()
    if not printed and not quiet:
        raise Failed(f"`{' '.join(arguments)}` printed nothing")
    return printed[-1] if printed else ""


def check_free(what: str, host: str, port: int) -> None:
    """Raise Failed if nobody could listen there, for three seconds."""
    until = time.monotonic() + _LEAVING_S
    while (error := _in_the_way(host, port)) is not None:
        if time.monotonic() > until:
            raise Failed(f"port {port} for the {what} is not free ({error.strerror})") from error
        time.sleep(0.1)


def _in_the_way(host: str, port: int) -> OSError | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
        return None


def status_of(url: str, *, key: str | None = None) -> int:
    """Return the HTTP status of a GET, 0 when nobody answers."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own http address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_until_ready(url: str, children: Sequence[Child]) -> None:
    """Return when *url* answers 200; raise Failed if a child ends or a minute passes."""
    until = time.monotonic() + _PATIENCE_S
    while status_of(url) != 200:
        for child in children:
            child.check()
        if time.monotonic() > until:
            raise Failed(f"{url} was not ready within {_PATIENCE_S:.0f} s; see {children[-1].log}")
        time.sleep(0.2)
