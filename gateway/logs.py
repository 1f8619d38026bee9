"""
Logs are events with named fields, one JSON object a line; what no list names is not written.

Three rows of defence keep people out of the log: only fields of FIELDS, only plain values in them (an
object's repr is never asked for), and any run of 13 or more digits masked, whoever wrote it.
"""

import asyncio
import logging
import os
import re
import stat
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO, TextIO, cast

import msgspec
import structlog

from gateway.passage import current_request_id

Event = MutableMapping[str, Any]

FIELDS = frozenset(
    "event level at logger request environment version replica host port file"
    " method route status elapsed_ms key key_id role expires_at days threshold"
    " partner kind standing operation outcome word reason code attempts breaker retry_after_s"
    " hospital need mode freshness hospitals answered complete age_s"
    " name alarm text since times count pending entries sequence writer table revision rows bytes"
    " room act object_type object_id drill error where message state"
    " stood_s offset jobs acts partners row".split()
)

LONGEST_MESSAGE = 300
DEEPEST_WHERE = 12

_LONG_NUMBER = re.compile(r"\d{13,}")
_LONG_NUMBER_BYTES = re.compile(rb"[0-9]{13}")
_PLAIN = str | int | float | bool | None | datetime
_SURELY_PLAIN = frozenset((str, int, float, bool, type(None), datetime))  # isinstance of a union is slow

_encode = msgspec.json.Encoder(enc_hook=lambda value: type(value).__name__).encode

# These tell whole addresses at INFO, and an address may carry a NIK (VClaim's path does).
_TALKATIVE = ("httpx", "httpcore", "aiohttp", "aiohttp.access", "sqlalchemy", "alembic", "asyncio")


class Unbreakable:
    """The stream of the log: a full disk or a closed pipe loses log lines and never an answer."""

    def __init__(self) -> None:
        """Write to standard error, whatever that is at the time, until told otherwise."""
        self._stream: BinaryIO | None = None
        self._due_in: asyncio.AbstractEventLoop | None = None

    def to(self, stream: BinaryIO | None) -> None:
        """Write to *stream* from now on, also what loggers made before write."""
        self._stream = stream

    def write(self, line: bytes) -> int:
        """Write *line* if that can be done."""
        try:
            return self._open().write(line)
        except (OSError, ValueError):
            return 0

    def flush(self) -> None:
        """Flush at the end of this turn of the event loop, once for all its lines; elsewhere at once."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._flush()
            return
        if self._due_in is not loop:
            self._due_in = loop
            loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._due_in = None
        with suppress(OSError, ValueError):
            self._open().flush()

    def _open(self) -> BinaryIO:
        return self._stream or sys.stderr.buffer


_OUT = Unbreakable()


def configure(*, level: str = "info", stream: BinaryIO | None = None) -> None:
    """Send our events and other libraries' records as JSON lines to *stream* (standard error)."""
    _OUT.to(stream)
    if stream is None:
        _never_wait(sys.stderr)
    least = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.BytesLoggerFactory(cast(BinaryIO, _OUT)),
        cache_logger_on_first_use=True,
    )
    _configure_standard_library(least)


def _never_wait(stream: TextIO) -> None:
    """Let a pipe nobody reads lose lines: to wait for it would stop the event loop, and every answer."""
    with suppress(OSError, ValueError):  # no real file, under a test
        if stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
            os.set_blocking(stream.fileno(), False)


def masked(text: str) -> str:
    """Return *text* with every run of 13 or more digits (a NIK has 16, a card number 13) as dots."""
    return _LONG_NUMBER.sub("•••", text)


def describe_error(error: BaseException) -> dict[str, Any]:
    """Return an error's type, those it came from, and where; its text may name a person and stays out."""
    return {"error": " < ".join(_family(error)), "where": where(error.__traceback__)}


def where(traceback: TracebackType | None) -> list[str]:
    """Return the innermost places of *traceback* as `module:line function`, innermost last."""
    places = []
    while traceback is not None:
        frame = traceback.tb_frame
        module = frame.f_globals.get("__name__", "?")
        places.append(f"{module}:{traceback.tb_lineno} {frame.f_code.co_name}")
        traceback = traceback.tb_next
    return places[-DEEPEST_WHERE:]


def _family(error: BaseException) -> list[str]:
    names: list[str] = []
    current: BaseException | None = error
    while current is not None and len(names) < 5:
        names.append(type(current).__name__)
        current = current.__cause__ or current.__context__
    return names


def _describe(_: Any, method: str, event: Event) -> Event:
    """Add level, time and the id of the question under work; an exception becomes type and place."""
    event["level"] = method
    event["at"] = datetime.now(UTC)
    request = current_request_id()
    if request is not None:
        event.setdefault("request", request)
    error = event.pop("exc_info", None)
    if error:
        event.update(_from_exc_info(error))
    return event


def _from_exc_info(given: Any) -> Mapping[str, Any]:
    error = given if isinstance(given, BaseException) else sys.exception()
    if isinstance(given, tuple):
        error = given[1]
    return describe_error(error) if error is not None else {}


def _only_listed(_: Any, __: str, event: Event) -> Event:
    kept = {
        name: value if type(value) in _SURELY_PLAIN else _plain(value)
        for name, value in event.items()
        if name in FIELDS
    }
    if len(kept) < len(event):
        kept["dropped"] = len(event) - len(kept)
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, list | tuple):
        return [each if isinstance(each, _PLAIN) else type(each).__name__ for each in value]
    return type(value).__name__


def _render(_: Any, __: str, event: Event) -> bytes:
    try:
        line = _encode(event)
    except UnicodeEncodeError:  # a lone surrogate from a caller's text
        line = _encode({name: _encodable(value) for name, value in event.items()})
    if _LONG_NUMBER_BYTES.search(line):
        line = _encode({name: _masked(value) for name, value in event.items()})
    return line


def _encodable(value: Any) -> Any:
    if isinstance(value, list):
        return [_encodable(each) for each in value]
    return value.encode("ascii", "backslashreplace").decode() if isinstance(value, str) else value


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, str) or (isinstance(value, int) and abs(value) >= 10**12):
        return masked(_encodable(str(value)))
    return value


# One list for all calls of `configure`: loggers in use keep the list they were born with.
_PROCESSORS: list[Any] = [_describe, _only_listed, _render]


class JsonLines(logging.Handler):
    """Writes records of the standard library's loggers the way our own events are written."""

    def __init__(self) -> None:
        """Write where our own events go."""
        super().__init__()
        self._lines = structlog.BytesLogger(cast(BinaryIO, _OUT))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record: its first line, and of an exception only type and place."""
        event = _describe(None, record.levelname.lower(), self._event(record))
        self._lines.msg(_render(None, "", _only_listed(None, "", event)))

    def _event(self, record: logging.LogRecord) -> Event:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # the caller's template and arguments do not fit
            message = str(record.msg)
        first = message.split("\n", 1)[0][:LONGEST_MESSAGE]
        event: Event = {"event": "log", "logger": record.name, "message": first}
        if record.exc_info and record.exc_info[1] is not None:
            event["exc_info"] = record.exc_info[1]
        return event


def _configure_standard_library(least: int) -> None:
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    root.addHandler(JsonLines())
    root.setLevel(least)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(least, logging.WARNING))
    _configure_uvicorn()


def _configure_uvicorn() -> None:
    """Let uvicorn speak through the root handler, its access log not at all: it writes whole addresses."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
    logging.getLogger("uvicorn.access").disabled = True
