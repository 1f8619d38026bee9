"""A hospital's beds in one sentence; never a number without its age, never 0 for what nobody knows. Pure."""

from datetime import datetime
from typing import Protocol

from markupsafe import Markup

from .moments import age, ticking
from .words import Speech

FIGURES = ("free", "free_stale", "free_unknown", "soon", "full")


class Beds(Protocol):
    """What the sentence is made of; the capacity answer's line and a referral's candidate have it."""

    @property
    def free(self) -> int | None:
        """Free beds, None where nobody knows."""
        ...

    @property
    def as_of(self) -> datetime | None:
        """When the figure was true."""
        ...


def sentence(code: str, beds: Beds, *, now: datetime, t: Speech) -> Markup:
    """Return what to say, as HTML, for a reason code of the ranking. Raises KeyError for an unknown code."""
    words = age(beds.as_of, now=now, t=t)
    return t.mixed(
        f"reason.{_told(code, beds)}",
        free=beds.free,
        soon=_soon(beds),
        age=words if beds.as_of is None else ticking("age", beds.as_of, words),
    )


def _told(code: str, beds: Beds) -> str:
    if code == "free_unknown" and beds.free is not None:
        return "free_unknown_last"
    return "soon_some" if code == "soon" and not _soon(beds) else code


def _soon(beds: Beds) -> int:
    """Return the beds being cleaned; a referral's candidate does not count them."""
    return int(getattr(beds, "soon", 0))


def source(origin: str | None, *, t: Speech) -> str:
    """Return where a figure comes from."""
    key = f"origin.{origin}"
    return t(key if t.knows(key) else "origin.other")
