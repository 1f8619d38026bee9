"""
Whether a server keeps something under our identifier, and whether its "nothing" can be believed.

Seen on real servers (2026-11): a parameter that is not understood is answered with everything, with an
empty page, with an OperationOutcome beside the rows, or with 400. Only a page that proves that the
identifier was looked at says that there is nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

from contracts import PartnerError

from .referral_read import Copy, Link, Rows, copy_of

# Of several copies, the one that somebody has done most with.
_FURTHEST = (
    "completed",
    "in-progress",
    "accepted",
    "ready",
    "on-hold",
    "received",
    "active",
    "requested",
)


class Found(NamedTuple):
    """The copies under our identifier, the furthest first; *certain*: if there are none, there are none."""

    copies: tuple[Copy, ...] = ()
    certain: bool = False


CANNOT_TELL = Found()


def found_in(rows: Rows, kind: str, *, system: str, value: str) -> Found:
    """Return what a search answer proves about the resources of *kind* with that identifier."""
    copies, odd = [], False
    for row in rows.entry:
        copy = _read(bytes(row.resource), kind)
        if copy is not None and copy.kept.carries(system, value):
            copies.append(copy)
        else:
            odd = True  # a filter ignored, a row withheld, or an outcome that says why
    copies.sort(key=_how_far)
    proven = rows.type == "searchset" and not (odd or _more_elsewhere(rows) or _dropped(rows.link))
    return Found(tuple(copies), bool(copies) or proven)


def _read(raw: bytes, kind: str) -> Copy | None:
    try:
        return copy_of(raw, kind)
    except PartnerError:
        return None


def _how_far(copy: Copy) -> int:
    status = copy.kept.status or ""
    return _FURTHEST.index(status) if status in _FURTHEST else len(_FURTHEST)


def _more_elsewhere(rows: Rows) -> bool:
    return str(rows.total) not in ("None", "0") or any(link.relation == "next" for link in rows.link)


def _dropped(links: Sequence[Link]) -> bool:
    """The `self` link repeats the parameters a server has understood (R4 search, 3.1.1.1)."""
    return any(link.relation == "self" and link.url and "identifier" not in link.url for link in links)
