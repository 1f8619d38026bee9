"""
What each way of failing means: is another attempt worth it, after how long, and is the partner to blame.

Pure: tenacity drives the attempts (attempts.py), this table and one function decide.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from contracts import (
    Busy,
    CannotConvey,
    Garbled,
    NoAnswer,
    NotAccepted,
    PartnerError,
    Refused,
    Unreachable,
)

BASE_S = 0.05
BUSY_BASE_S = 1.0
LONGEST_S = 20.0
ASKED_FOR_JITTER = 0.1  # who is asked to wait 2 s waits 2.0 to 2.2 s: not all of us in the same moment


class Defect(Garbled):
    """The adapter raised what it never promised: a mistake of ours."""


class Again(Enum):
    """Whether another attempt may be made after a failure."""

    NEVER = "never"
    ALWAYS = "always"
    IF_REPEATABLE = "if the same question twice does no harm"


@dataclass(frozen=True, slots=True)
class Rule:
    """
    What a failure means.

    *sound* is what it tells breaker and retry budget of the partner's health, *answers* what it tells
    the partners page; None: nothing. *base_s* is the first ceiling of the pause, seconds.
    """

    again: Again
    sound: bool | None
    answers: bool | None
    base_s: float = BASE_S


RULES: Mapping[type[PartnerError], Rule] = MappingProxyType(
    {
        Unreachable: Rule(Again.ALWAYS, sound=False, answers=False),
        NoAnswer: Rule(Again.IF_REPEATABLE, sound=False, answers=False),
        Busy: Rule(Again.ALWAYS, sound=False, answers=False, base_s=BUSY_BASE_S),
        Refused: Rule(Again.NEVER, sound=True, answers=True),
        NotAccepted: Rule(Again.NEVER, sound=True, answers=False),
        Garbled: Rule(Again.NEVER, sound=False, answers=False),
        CannotConvey: Rule(Again.NEVER, sound=None, answers=None),
        Defect: Rule(Again.NEVER, sound=None, answers=None),
        PartnerError: Rule(Again.NEVER, sound=False, answers=False),
    }
)


def rule(error: PartnerError) -> Rule:
    """Return the rule for *error*; an adapter's own subclass follows the class it refines."""
    return next(RULES[kind] for kind in type(error).__mro__ if kind in RULES)


def pause(
    error: PartnerError,
    *,
    made: int,
    repeatable: bool,
    remaining: float,
    draw: Callable[[float, float], float] = random.uniform,
) -> float | None:
    """
    Return the seconds to wait before another attempt, None when there is to be none.

    *made* attempts have been made, *remaining* seconds are left until the deadline; *draw* picks from a
    range. Full jitter up to a doubling ceiling, or what the partner asked for and a little more.
    """
    meaning = rule(error)
    if meaning.again is Again.NEVER or (meaning.again is Again.IF_REPEATABLE and not repeatable):
        return None
    seconds = draw(*_range(error, meaning, made))
    return seconds if seconds < remaining else None


def _range(error: PartnerError, meaning: Rule, made: int) -> tuple[float, float]:
    if isinstance(error, Busy) and error.retry_after is not None:
        return error.retry_after, error.retry_after * (1 + ASKED_FOR_JITTER)
    return 0.0, min(LONGEST_S, meaning.base_s * 2.0 ** (made - 1))
