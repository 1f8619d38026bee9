"""What is wrong with a file, gathered before anything is refused: a path and a reason each."""

import re
from collections.abc import Iterable

from pydantic import ValidationError

_PLAIN = re.compile("[A-Za-z0-9_-]+")
_OUR_WORDS = {
    "extra_forbidden": "unknown key",
    "unexpected_keyword_argument": "unknown key",
    "missing": "missing",
    "model_type": "wanted is a table",
}


class Mistakes:
    """Reasons by path, in the order found; the first said of a path stands."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    def add(self, path: str, reason: str) -> None:
        """Note one mistake; *reason* never holds a value from the file."""
        self._reasons.setdefault(path, reason)

    def add_all(self, path: str, wrong: ValidationError) -> None:
        """Note what pydantic found below *path*."""
        for location, kind, message in found_by(wrong):
            self.add(below(path, location), reason(kind, message))

    def lines(self) -> list[str]:
        """Return `path: reason` of each."""
        return [f"{path}: {reason}" for path, reason in self._reasons.items()]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._reasons)


def found_by(wrong: ValidationError) -> Iterable[tuple[tuple[int | str, ...], str, str]]:
    """Yield where, kind and message of each error; inputs stay inside, they may be secrets."""
    for error in wrong.errors(include_input=False, include_context=False, include_url=False):
        yield error["loc"], error["type"], error["msg"]


def below(path: str, location: tuple[int | str, ...]) -> str:
    """Return the path of *location* below *path*: `partners[3].limits.queue`."""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part if _PLAIN.fullmatch(part) else repr(part)}"
    return path


def reason(kind: str, message: str) -> str:
    """Return pydantic's *message*, in our words where we have some."""
    return _OUR_WORDS.get(kind, message.removeprefix("Value error, "))
