"""partners.toml as tables: whether it can be read at all, and where it breaks off."""

import re
import tomllib
from pathlib import Path
from typing import Any

from .mistakes import Mistakes, below

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTED = re.compile(r"'.{2,}'|\".{2,}\"", re.DOTALL)


class FileWrong(Exception):
    """The file as a whole cannot be read."""


def read_rows(path: Path, mistakes: Mistakes) -> list[Any]:
    """Return the `[[partners]]` tables, none where there are none. Raises FileWrong."""
    document = _document(path)
    rows = document.pop("partners", None)
    for key in document:
        mistakes.add(below("", (key,)).lstrip("."), "unknown key; wanted are [[partners]] tables")
    if isinstance(rows, list) and rows:
        return rows
    mistakes.add("partners", "missing; wanted are [[partners]] tables")
    return []


def _document(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as exc:
        raise FileWrong(f"cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        raise FileWrong(f"line {line}: not UTF-8") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise FileWrong(_broken(str(exc), text)) from None


def _broken(message: str, text: str) -> str:
    """Say where and why; what the parser quotes is left out, for it may be anything."""
    found = _WHERE.search(message)
    line, column = (found[1], found[2]) if found and found[1] else (str(len(text.splitlines())), "")
    reason = _QUOTED.sub("...", _WHERE.sub("", message))
    return f"line {line}{', column ' + column if column else ''}: {reason}"
