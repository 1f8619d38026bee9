"""Whatever is logged is on the list of fields, or it would silently not be written."""

import ast
from collections.abc import Iterator
from pathlib import Path

from gateway.logs import FIELDS

HOUSE = Path(__file__).parents[2]
SPOKEN = {"debug", "info", "warning", "error", "exception", "critical"}
OF_THE_LIBRARY = {"exc_info"}


def _logged(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each field handed to `log.<level>(...)`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SPOKEN:
            by = node.func.value
            if isinstance(by, ast.Name) and by.id in {"log", "logger"}:
                yield from ((node.lineno, each.arg) for each in node.keywords if each.arg)


def test_every_field_somebody_logs_is_listed():
    """A new field is added to `gateway/logs.py` with the thought whether it can name a person."""
    files = [path for room in ("gateway", "adapters", "contracts") for path in (HOUSE / room).rglob("*.py")]
    missing = [
        f"{path.relative_to(HOUSE)}:{line} {name}"
        for path in files
        for line, name in _logged(path.read_text())
        if name not in FIELDS | OF_THE_LIBRARY
    ]
    assert missing == []


def test_the_search_sees_what_is_logged():
    """A planted field is found."""
    assert list(_logged("log.info('person.seen', nik=nik)")) == [(1, "nik")]


def test_no_listed_field_is_made_for_people():
    """The list itself invites nobody."""
    assert not FIELDS & {
        "nik",
        "nokartu",
        "patient",
        "person",
        "phone",
        "birth_date",
        "body",
        "path",
        "url",
        "query",
    }
