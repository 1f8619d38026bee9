"""What `make run` starts, tried with a stand-in for the gateway; the whole is tried in tests/journeys."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import httpx
import pytest

LOGINS = ("KEPALA", "WAKIL", "OPERATOR", "POLRESTA", "DAMKAR", "BPBD")
AGENCIES = ("POLRESTA_JAMBI", "DAMKAR", "DINSOS", "BPBD", "DISPATCH")  # each has a key of its own
ROOT = Path(__file__).parents[2]

# Speaks the gateway's command line and just enough of its API; keys live in a file, as in a database.
STAND_IN = """
import fcntl, json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

data = Path(os.environ["GERBANG_DATA_DIR"])
kept, database = data / "keys.json", data / "gerbang.db"


def keys():
    return json.loads(kept.read_text()) if kept.exists() else []


def add(role):
    with (data / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (data / "next").write_text(json.dumps(keys() + [f"key-{len(keys())}-{role}"]))
        (data / "next").replace(kept)
        return keys()[-1]


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.send_response(200 if self.path == "/readyz" or key in keys() else 401)
        self.end_headers()

    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Authorization"].removeprefix("Bearer ") in keys()
        if self.path == "/v1/keys":
            answer = {"key": add(said["role"] + ("-" + said["partner"] if "partner" in said else ""))}
        else:
            account = {"id": "a-" + said.get("login", "")}
            answer = {"account": account, "password": "p", "totp_secret": "JBSWY3DP"}
        body = json.dumps(answer).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


words = sys.argv[1:]
if words[:3] == ["keys", "bootstrap", "--to"]:
    database.touch()
    assert not keys(), "there is an admin key already"
    print(add("admin"))
    Path(words[3]).write_text(keys()[-1])
    if (data / "killed").exists():
        os.kill(os.getppid(), 9)
elif words == ["serve"]:
    assert os.environ["GERBANG_ENVIRONMENT"] == "demo"
    assert os.environ["GERBANG_OUTBOUND_ALLOW"] == "127.0.0.0/8"
    print("serving, or not", flush=True)
    if (data / "fail").exists():
        sys.exit("the stand-in was told to fail")
    HTTPServer(("127.0.0.1", int(os.environ["GERBANG_PORT"])), Api).serve_forever()
"""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """One demo in a folder of its own, where a stand-in answers to the name `gateway`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = (free_port(), free_port())
        self.var = folder / "var"
        (folder / "gateway").mkdir()
        (folder / "gateway" / "__init__.py").touch()
        (folder / "gateway" / "__main__.py").write_text(STAND_IN, encoding="utf-8")

    def start(self) -> subprocess.Popen[str]:
        """Start it; its words come through a pipe."""
        port, sandbox_port = map(str, self.ports)
        return subprocess.Popen(
            [sys.executable, "-m", "sandbox.demo", "--port", port, "--sandbox-port", sandbox_port, "--still"],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=_as_from_a_terminal,
        )

    def up(self) -> subprocess.Popen[str]:
        """Start it and wait until it says that it runs."""
        process = self.start()
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                return process
        raise AssertionError("".join(said))

    def env(self) -> dict[str, str]:
        """Return what demo.env exports, as a shell reads it."""
        show = f"set -a; . {self.var}/demo.env; env"
        out = subprocess.run(
            ["/bin/sh", "-c", show], capture_output=True, text=True, check=True, env={}
        ).stdout
        return dict(line.split("=", 1) for line in out.splitlines() if line.startswith("GERBANG_"))


def _as_from_a_terminal() -> None:
    """Let it be told to end, also where the tests themselves run in the background or under nohup."""
    for told in (signal.SIGINT, signal.SIGHUP):
        signal.signal(told, signal.SIG_DFL)


def stop(process: subprocess.Popen[str], how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
    """Stop a demo; return its exit status and what else it said."""
    process.send_signal(how)
    words, _ = process.communicate(timeout=120)
    return process.returncode, words


def until_free(demo: Demo) -> None:
    """Wait until nothing of the demo listens any more; fail after a minute."""
    until = time.monotonic() + 60
    for port in demo.ports:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) != 0:
                    break
            assert time.monotonic() < until, port
            time.sleep(0.05)


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """A demo that was never started."""
    return Demo(tmp_path)


@pytest.mark.slow
def test_starts_both_and_keeps_its_keys_over_restarts(demo: Demo) -> None:
    """Files, one key per role, both addresses; the same again after a restart; both end with it."""
    first = demo.up()
    known = demo.env()
    roles = ("ADMIN", "DISPATCHER", "OPERATOR", "APPROVER", "AUDITOR", "PARTNER", "DISPATCH")
    others = {"GERBANG_URL", "GERBANG_CONSOLE_URL", "GERBANG_SANDBOX_URL", "GERBANG_DATA_DIR"}
    logins = {f"GERBANG_SIGN_IN_{login}_{what}" for login in LOGINS for what in ("PASSWORD", "TOTP")}
    keys = {f"GERBANG_KEY_{role}" for role in roles} | {f"GERBANG_KEY_OF_{agency}" for agency in AGENCIES}
    assert set(known) == others | logins | keys
    assert known["GERBANG_KEY_DISPATCH"] == known["GERBANG_KEY_DISPATCHER"]
    assert known["GERBANG_KEY_PARTNER"].endswith("partner-rsud-sayoeti")
    assert stat.S_IMODE((demo.var / "demo.env").stat().st_mode) == 0o600
    assert httpx.get(known["GERBANG_SANDBOX_URL"], trust_env=False).headers["x-data-contoh"] == "sandbox"
    check_files(demo)
    code, words = stop(first)
    assert (code, words.strip()) == (0, "demo: stopping")
    for url in (known["GERBANG_URL"], known["GERBANG_SANDBOX_URL"]):
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, trust_env=False)
    second = demo.up()
    assert demo.env() == known
    assert stop(second, signal.SIGTERM)[0] == 0


@pytest.mark.slow
def test_makes_new_keys_when_the_database_is_gone(demo: Demo) -> None:
    """Keys of a database that was removed are not kept."""
    stop(demo.up())
    (demo.var / "gerbang.db").unlink()
    (demo.var / "keys.json").write_text("[]", encoding="utf-8")
    process = demo.up()
    assert demo.env()["GERBANG_KEY_ADMIN"] == "key-0-admin"
    stop(process)


@pytest.mark.slow
def test_a_kill_between_the_first_key_and_its_note_loses_nothing(demo: Demo) -> None:
    """The key is filed before it is valid: the next start finds it."""
    demo.var.mkdir()
    (demo.var / "killed").touch()
    demo.start().communicate(timeout=120)
    assert not (demo.var / "demo.env").exists()
    (demo.var / "killed").unlink()
    until_free(demo)
    process = demo.up()
    assert demo.env()["GERBANG_KEY_ADMIN"] == "key-0-admin"
    assert not (demo.var / "admin.key").exists()
    stop(process)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGHUP, signal.SIGKILL])
def test_nothing_stays_behind_whatever_ends_it(demo: Demo, how: signal.Signals) -> None:
    """The terminal is closed, the demo is killed: sandbox and gateway end too, the next start finds room."""
    stop(demo.up(), how)
    until_free(demo)
    stop(demo.up())


@pytest.mark.slow
def test_a_second_demo_touches_nothing_of_the_first(demo: Demo) -> None:
    """On the same folder with other ports: refused before a file is written."""
    first = demo.up()
    before = demo.env()
    ports, demo.ports = demo.ports, (free_port(), free_port())
    words, _ = demo.start().communicate(timeout=120)
    assert "another demo runs in" in words
    assert demo.env() == before
    demo.ports = ports
    stop(first)


def check_files(demo: Demo) -> None:
    """Addresses are filled in; secrets are files nobody else may read."""
    text = (demo.var / "partners.toml").read_text(encoding="utf-8")
    assert f"http://127.0.0.1:{demo.ports[1]}/vclaim-rest" in text
    assert "{sandbox}" not in text
    assert len(tomllib.loads(text)["partners"]) == 27
    files = list((demo.var / "secrets").iterdir())
    assert len(files) == 21
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((demo.var / "secrets").stat().st_mode) == 0o700


@pytest.mark.parametrize(("which", "name"), [(0, "gateway"), (1, "sandbox")])
def test_says_plainly_that_a_port_is_taken(demo: Demo, which: int, name: str) -> None:
    """Exit 1 with the port's number, and nothing is started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", demo.ports[which]))
        other.listen()
        process = demo.start()
        words, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert f"port {demo.ports[which]} for the {name} is not free" in words


@pytest.mark.slow
def test_says_which_one_died_and_stops_the_other(demo: Demo) -> None:
    """The gateway fails at its start: its last words are shown, the sandbox ends too, exit 1."""
    demo.var.mkdir()
    (demo.var / "fail").touch()
    process = demo.start()
    words, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert re.search(r"the gateway has ended \(exit 1\)", words)
    assert "the stand-in was told to fail" in words
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{demo.ports[1]}", trust_env=False)


def test_the_sandbox_alone_says_that_its_port_is_taken() -> None:
    """`python -m sandbox` on a taken port: one sentence, exit 1."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", "--port", port], capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert port in done.stderr
