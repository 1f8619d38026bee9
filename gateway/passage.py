"""What is noted about one question on its way through the gate: its id, whose key, headers of its answer."""

import os
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from random import Random
from typing import Any

from starlette.requests import Request

KEY = "gerbang.passage"

# Letters instead of hexadecimal digits: no id can be mistaken for a NIK or a card number, nor masked as one.
_TO_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")

# A name and no secret. Each look at the system's own source lets the database's thread in between.
_dice = Random()  # noqa: S311  as just said; it starts from the system's source
os.register_at_fork(after_in_child=_dice.seed)  # else two processes would hand out the same ids

_current: ContextVar[str | None] = ContextVar("gerbang_request", default=None)


@dataclass(slots=True)
class Passage:
    """One question's way through; *headers* are added to its answer whatever that will be."""

    id: str
    key_id: str | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


def new_id() -> str:
    """Return 128 random bits as 32 lower-case letters."""
    return f"{_dice.getrandbits(128):032x}".translate(_TO_LETTERS)


def begin(scope: MutableMapping[str, Any]) -> Passage:
    """Start the passage of the question in *scope*; its id is ours, never one the caller sent."""
    passage = Passage(new_id())
    scope[KEY] = passage
    _current.set(passage.id)
    return passage


def passage_of(scope: MutableMapping[str, Any]) -> Passage:
    """Return the passage of the question in *scope*, started now if it did not come by the edge."""
    passage = scope.get(KEY)
    return passage if isinstance(passage, Passage) else begin(scope)


def request_id(request: Request) -> str:
    """Return the id that log lines, audit entries and the answer to *request* share."""
    return passage_of(request.scope).id


def current_request_id() -> str | None:
    """Return the id of the question the running task works on, None outside of any."""
    return _current.get()
