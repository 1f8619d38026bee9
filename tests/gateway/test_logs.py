"""The log says what happened and never to whom."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from contracts import Nik
from gateway import logs
from gateway.access.roles import Role
from gateway.passage import begin
from tests.gateway.gate import CANARY, Gate, key_for, log_into


class Written:
    """What was written since."""

    def __init__(self) -> None:
        self.stream = io.BytesIO()

    def lines(self):
        """Return each line as its fields."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def text(self):
        """Return everything."""
        return self.stream.getvalue().decode()


@pytest.fixture
def written() -> Iterator[Written]:
    """Configure the log onto a buffer, and leave the process as it was."""
    found = Written()
    with log_into(found.stream):
        yield found


def test_an_event_is_one_json_line_with_time_and_level(written):
    """Machines read it; people can."""
    structlog.get_logger().info("exchange.finished", partner="bpjs", outcome="late", attempts=2)
    (line,) = written.lines()
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "exchange.finished",
        "level": "info",
        "partner": "bpjs",
        "outcome": "late",
        "attempts": 2,
    }


def test_a_line_carries_the_question_it_belongs_to(written):
    """Nobody has to hand the id around."""
    passage = begin({})
    structlog.get_logger().info("cache.hit")
    logging.getLogger("somewhere").warning("odd")
    assert [line["request"] for line in written.lines()] == [passage.id, passage.id]


def test_what_no_list_names_is_not_written(written):
    """A field somebody adds in haste stays out, and is counted so that it is missed."""
    structlog.get_logger().info("person.seen", nik=CANARY, patient="Siti", partner="bpjs")
    (line,) = written.lines()
    assert line["dropped"] == 2
    assert line["partner"] == "bpjs"
    assert "Siti" not in written.text()


@pytest.mark.parametrize(
    "value",
    [CANARY, f"NIK {CANARY}!", int(CANARY), [CANARY], (int(CANARY[:13]),), f"\ud800{CANARY}", f"a\n{CANARY}"],
)
def test_a_number_of_a_person_is_masked_wherever_it_hides(written, value):
    """The last row of defence, for listed fields."""
    structlog.get_logger().info("odd", reason=value, elapsed_ms=0.1234567890123456789)
    assert CANARY[:13] not in written.text()
    (line,) = written.lines()
    assert abs(line["elapsed_ms"] - 0.123) < 0.001


def test_twelve_digits_are_no_persons_number(written):
    """Times and counts stay readable."""
    structlog.get_logger().info("odd", count=123456789012, reason="at 123456789012")
    (line,) = written.lines()
    assert (line["count"], line["reason"]) == (123456789012, "at 123456789012")


def test_an_object_is_never_asked_for_its_repr(written):
    """Only plain values; of anything else its type, also inside a list."""
    nik = Nik(CANARY)
    structlog.get_logger().info("odd", reason=nik, where=[nik, "x"], detail={"nik": CANARY}, code={"a": 1})
    (line,) = written.lines()
    assert (line["reason"], line["where"], line["code"]) == ("Nik", ["Nik", "x"], "dict")


def test_an_exception_is_its_type_and_place_and_never_its_text(written):
    """Libraries quote values in their texts."""
    try:
        try:
            {}["Siti"]
        except KeyError as exc:
            raise ValueError(f"bad nik {CANARY} of Siti") from exc
    except ValueError:
        structlog.get_logger().exception("work.failed")
        logging.getLogger("lib").exception("it broke")
    ours, theirs = written.lines()
    for line in (ours, theirs):
        assert line["error"] == "ValueError < KeyError"
        assert line["where"][-1].endswith("test_an_exception_is_its_type_and_place_and_never_its_text")
        assert line["level"] == "error"
    assert "Siti" not in written.text()


def test_other_libraries_write_the_same_lines(written):
    """First line only, no longer than needed."""
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    logging.getLogger("lib").warning("first\nsecond %s", CANARY)
    logging.getLogger("lib").warning("x" * 5000)
    # by hand: pytest's own handler does not bear it
    logs.JsonLines().emit(logging.LogRecord("lib", logging.WARNING, "", 0, "no such %d", ("number",), None))
    started, two, long, misfit = written.lines()
    assert (started["logger"], started["message"]) == ("uvicorn.error", "Started server process [7]")
    assert two["message"] == "first"
    assert len(long["message"]) == logs.LONGEST_MESSAGE
    assert misfit["message"] == "no such %d"


def test_libraries_that_tell_whole_addresses_are_quiet(written, capsys):
    """An HTTP library writes each address at INFO, uvicorn each path: either may hold a NIK."""
    address = f"https://bpjs.example/Peserta/nik/{CANARY}"
    for name in ("httpx", "httpcore.http11", "aiohttp.access", "uvicorn.access", "sqlalchemy.engine"):
        logging.getLogger(name).info('HTTP Request: GET %s "HTTP/1.1 200 OK"', address)
    logging.getLogger("uvicorn.access").error("GET /?nik=%s", CANARY)
    assert written.lines() == []
    assert capsys.readouterr().err == ""


def test_the_level_is_kept(written):
    """Debug is for those who ask."""
    structlog.get_logger().debug("noise")
    logging.getLogger("lib").debug("noise")
    assert written.lines() == []
    logs.configure(level="debug", stream=written.stream)
    structlog.get_logger().debug("noise")
    assert len(written.lines()) == 1


def test_a_full_disk_loses_the_line_and_nothing_else(written):
    """Whoever redirects the log to the full disk still gets bed answers."""

    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(28, "No space left on device")

        def flush(self):
            raise OSError(28, "No space left on device")

    logs.configure(stream=Full())
    structlog.get_logger().info("odd")
    logging.getLogger("lib").warning("odd")
    logs.configure(stream=written.stream)
    structlog.get_logger().info("back")
    assert [line["event"] for line in written.lines()] == ["back"]


def test_standard_error_is_where_it_goes_by_default(capfdbinary, written):
    """Standard output is for people: addresses and demo keys."""
    logs.configure()
    structlog.get_logger().info("hello")
    sys.stderr.flush()
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert json.loads(err.splitlines()[-1])["event"] == "hello"


async def test_an_answer_leaves_one_event_without_its_path(written):
    """Method, template, status, milliseconds, whose key; probes only at debug."""
    key, text = key_for(Role.DISPATCHER)
    async with Gate([key]) as gate, gate.caller(text) as caller:
        response = await caller.get("/v1/items/7", params={"deep": "1"})
        await caller.get(f"/v1/{CANARY}")
        await caller.get("/v1/broken")
    first, second, broken, third = [line for line in written.lines() if line["event"].startswith("http")]
    assert (first["method"], first["route"], first["status"], first["key"]) == (
        "GET",
        "/v1/items/{item}",
        200,
        key.id,
    )
    assert first["elapsed_ms"] > 0
    assert first["request"] == response.headers["gerbang-request-id"]
    assert (second["route"], second["status"]) == ("unmatched", 404)
    assert (broken["event"], broken["error"]) == ("http.broken", "ValueError < KeyError")
    assert third["status"] == 500
    assert CANARY not in written.text()
    assert text not in written.text()


def test_a_pipe_nobody_reads_holds_nothing_up() -> None:
    """A log collector that hangs: lines are lost, and the program goes on."""
    program = (
        "import structlog; from gateway import logs; logs.configure()\n"
        "for number in range(20_000): structlog.get_logger().info('busy', count=number)\n"
        "print('went on', flush=True)"
    )
    unread, stderr = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=stderr, timeout=60, check=False
        )
    finally:
        os.close(unread)
        os.close(stderr)
    assert done.stdout == b"went on\n"
