"""What must fit together in one row of the file, though each key by itself is right."""

from itertools import pairwise

from contracts import SENSITIVE

from .mistakes import Mistakes
from .shape import Channel, Row, Telling


def hold_together(path: str, row: Row, mistakes: Mistakes) -> None:
    """Note what each key of *row* allows by itself and all of them together do not."""
    if any(later <= earlier for earlier, later in pairwise(row.ladder.attempts_s)):
        mistakes.add(f"{path}.ladder.attempts_s", "each must be later than the one before")
    if row.telling is not None:
        _told(f"{path}.telling", row.telling, has_kind=row.kind is not None, mistakes=mistakes)


def _told(path: str, telling: Telling, *, has_kind: bool, mistakes: Mistakes) -> None:
    if Channel.WIRE in telling.channels and not has_kind:
        mistakes.add(f"{path}.channels", "wire needs a kind; inbox and message do not")
    if len(set(telling.channels)) < len(telling.channels):
        mistakes.add(f"{path}.channels", "each may be named once")
    if telling.follows and telling.source_system is None:
        mistakes.add(f"{path}.source_system", "missing; who follows says whose tickets")
    if telling.source_system is not None and not telling.follows:
        mistakes.add(f"{path}.source_system", "nobody reads it without follows")
    if telling.categories & SENSITIVE and not telling.sensitive:
        mistakes.add(f"{path}.sensitive", "must be true where categories name a sensitive one")
