"""Whatever is sent, to whatever route: an answer, no traceback, nobody's number; and the gateway goes on."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.running import REPOSITORY, House, Sandbox

from .hostile.__main__ import examine
from .hostile.gate import Said
from .hostile.question import CANARIES, CANARY_NIKS

REQUESTS = 1_500  # `make fuzz` sends 100,000
PROBLEM = [(b"content-type", b"application/problem+json")]
BROKEN = b'{"type":"urn:gerbang:problem:broken"}'
NIK = CANARY_NIKS[0].encode()

# FastAPI's own answer to wrong input repeats what was sent, and cannot even be written for NaN.
DEFAULT_HANDLERS = """
from gateway import app
app.problems.install = lambda app, environment: None
from tests.journeys.hostile.__main__ import SEED, run
found = " ".join(run(range(200), SEED).findings)
assert "a canary came back" in found and "status 500" in found, found
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway on a real socket."""
    with House(tmp_path_factory.mktemp("house"), sandbox) as running:
        yield running


@pytest.mark.slow
def test_thousands_of_broken_questions_break_nothing(record_property: object) -> None:
    """Every route, every part of a question broken: no 5xx, no traceback, no canary anywhere."""
    arguments = [
        sys.executable,
        "-m",
        "tests.journeys.hostile",
        "--requests",
        str(REQUESTS),
        "--processes",
        "1",
    ]
    done = subprocess.run(arguments, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert callable(record_property)
    record_property("figure", f"hostile: {done.stdout.splitlines()[0]}; {done.stdout.splitlines()[1]}")
    assert "findings: 0" in done.stdout


@pytest.mark.slow
def test_the_frameworks_own_handlers_would_not_pass() -> None:
    """With FastAPI's answers in the place of ours, numbers come back and questions crash."""
    done = subprocess.run(
        [sys.executable, "-c", DEFAULT_HANDLERS], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (Said(200, [], b"{}"), None),
        (Said(422, PROBLEM, b'{"type":"x"}'), None),
        (Said(503, PROBLEM, b'{"type":"urn:gerbang:problem:cannot-record"}'), None),
        (Said(503, PROBLEM, b'{"type":"urn:gerbang:problem:not-ready"}'), "undeclared 503"),
        (Said(500, PROBLEM, BROKEN), "status 500"),
        (Said(502, PROBLEM, BROKEN), "status 502"),
        (Said(404, [(b"content-type", b"text/plain")], b"Not Found"), "no problem"),
        (Said(200, [], b'{"nik":"' + NIK + b'"}'), "canary"),
        (Said(200, [(b"x", NIK)], b"{}"), "canary"),
        (Said(200, [], b"Traceback (most recent call last)"), "inside"),
        (Said(broke=ValueError("x")), "raised ValueError"),
        (Said(), "no answer"),
    ],
)
def test_the_examination_sees_what_it_looks_for(said: Said, found: str | None) -> None:
    """Each of its complaints is raised by an answer made for it, and by no good one."""
    complaint = examine(said)
    assert (complaint is None) is (found is None)
    assert found is None or found in str(complaint)


def _head(*lines: bytes) -> bytes:
    return b"\r\n".join((b"POST /v1/eligibility-checks HTTP/1.1", b"Host: gate", *lines, b"", b""))


WRITTEN_OUT = b"Siti%20Aminah"  # no digits: only an address that is logged as it came would show it
CHUNKED = b"Transfer-Encoding: chunked"
BODY = b'{"nik":"' + NIK + b'","purpose":"ETREAT"}'

ON_THE_WIRE = {
    "chunk longer than said": _head(CHUNKED) + b"2\r\n" + BODY + b"\r\n0\r\n\r\n",
    "chunk of a length that is none": _head(CHUNKED) + b"zz\r\n" + BODY,
    "chunk of a negative length": _head(CHUNKED) + b"-5\r\n" + BODY,
    "chunk of an endless length": _head(CHUNKED) + b"f" * 400 + b"\r\n" + BODY,
    "chunks without an end": _head(CHUNKED) + b"%x\r\n" % len(BODY) + BODY + b"\r\n",
    "both ways of length": _head(CHUNKED, b"Content-Length: 5") + BODY,
    "two lengths": _head(b"Content-Length: 5", b"Content-Length: 50") + BODY,
    "shorter than said": _head(b"Content-Length: 5000") + BODY,
    "longer than said": _head(b"Content-Length: 3") + BODY,
    "a length of thousands of digits": _head(b"Content-Length: " + b"9" * 5000) + BODY,
    "a header without a colon": _head(NIK) + BODY,
    "a header of 200 kB": _head(b"X-Long: " + b"a" * 200_000) + BODY,
    "a folded header": _head(b"X-Nik: a\r\n " + NIK) + BODY,
    "a NUL in a header": _head(b"X-Nik: \x00" + NIK) + BODY,
    "a number in the path": b"GET /v1/persons/" + NIK + b"?nik=" + NIK + b" HTTP/1.1\r\nHost: gate\r\n\r\n",
    "a path that is no path": b"GET " + NIK + b" HTTP/1.1\r\nHost: gate\r\n\r\n",
    "an old protocol": b"GET /v1/persons/" + NIK + b"\r\n",
    "an unknown protocol": b"GET /" + NIK + b" HTTP/9.9\r\n\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + NIK,
    "upgrade to a websocket": b"GET /"
    + NIK
    + b"?name="
    + WRITTEN_OUT
    + b" HTTP/1.1\r\nHost: gate\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    "nothing": b"\r\n",
    "headers without an end": b"GET /livez HTTP/1.1\r\n" + b"X-Long: aaaaaaaaaaaaaaaaaaaaaaa\r\n" * 40_000,
    "one header without an end": b"GET /livez HTTP/1.1\r\nX-Long: " + b"a" * 1_000_000,
    "an address without an end": b"GET /livez?" + b"a" * 1_000_000,
}
TOO_LARGE = {name for name in ON_THE_WIRE if "without an end" in name} - {"chunks without an end"}


def _send(house: House, raw: bytes) -> bytes:
    """Send *raw*, close our side, return what comes back."""
    port = int(house.url.rsplit(":", 1)[1])
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                said += part
        except OSError:
            pass  # it hung up on us, which is an answer too
    return said


@pytest.mark.slow
def test_broken_http_is_refused_by_the_server_and_leaves_no_trace(house: House) -> None:
    """Lying lengths, torn chunks, no HTTP at all: nothing above 499, no number in answer or log, still up."""
    for name, raw in ON_THE_WIRE.items():
        said = _send(house, raw)
        status = said.split(b" ", 2)[1:2]
        assert not status or status[0] < b"500", (name, said)
        assert not status or b"application/problem+json" in said, (name, said)
        assert not status or b"gerbang-environment: demo" in said, (name, said)
        assert not any(canary.encode() in said for canary in CANARIES), name
        assert b"Traceback" not in said
        assert name not in TOO_LARGE or status in ([], [b"431"], [b"400"]), (name, status)
    with house.client("dispatcher") as dispatcher:
        assert dispatcher.get("/v1/capacity", params={"need": "icu"}).status_code == 200
    log = house.log()
    assert not any(canary in log for canary in CANARIES)
    assert WRITTEN_OUT.decode() not in log
    assert '"level":"error"' not in log
    assert "Traceback" not in log
