"""Lists of notifications, page by page: of one object, of one partner, what alarms, what never arrived."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Select, select, tuple_

from gateway.access.guard import Principal
from gateway.db.values import microseconds
from gateway.problems import Problem

from . import entries
from .answers import LadderLine
from .reading import ALARMED, NEVER_SAID, lines
from .room import NotificationRoom
from .tables import notification

_CURSOR = re.compile("([0-9]{1,17})(?:[.](n-[a-z0-9]{13}))?")


class ListQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Which notifications to list: exactly one of the first four."""

    about: (
        Annotated[str, Meta(pattern="^[a-z]-[a-z0-9]{13}$", description="An incident or referral.")] | None
    ) = None
    partner: (
        Annotated[str, Meta(pattern="^[a-z0-9-]{2,40}$", description="A partner, the newest first.")] | None
    ) = None
    alarmed: Annotated[bool, Meta(description="Only what somebody is to see to, the oldest first.")] = False
    dead: Annotated[bool, Meta(description="Only what never arrived, the newest first.")] = False
    limit: Annotated[int, Meta(ge=1, le=200, description="How many at most.")] = 50
    cursor: Annotated[str, Meta(max_length=40, description="The `next` of the page before.")] | None = None


class _List(NamedTuple):
    """A list: what stands in it, and in which order; *by_number*: by the partner's own numbers."""

    what: str
    its: ColumnElement[bool]
    newest_first: bool
    by_number: bool = False


async def listed(
    room: NotificationRoom, question: ListQuestion, *, by: Principal, request: str
) -> tuple[list[LadderLine], str | None]:
    """Return a page and the cursor of the next. Raises Problem `wrong-input`, CannotRead, CannotWrite."""
    wanted = _wanted(question)
    query = _after(_ordered(wanted), wanted, question.cursor)
    found = await lines(room, query.limit(question.limit + 1))
    page = found[: question.limit]
    await room.recorder.record(entries.listed(wanted.what, len(page), by=by, request=request))
    return page, _cursor(wanted, page[-1]) if len(found) > len(page) else None


def _wanted(question: ListQuestion) -> _List:
    lists = [make(getattr(question, name)) for name, make in _LISTS.items() if getattr(question, name)]
    if len(lists) != 1:
        names = ", ".join(_LISTS)
        raise Problem("wrong-input", errors=[("query", "not_exactly_one", f"Exactly one of {names}.")])
    return lists[0]


_LISTS: Mapping[str, Callable[[Any], _List]] = {
    "about": lambda about: _List("about", notification.c.about == about, False),
    "partner": lambda partner: _List("partner", notification.c.partner == partner, True, by_number=True),
    "alarmed": lambda _: _List("alarmed", ALARMED, False),
    "dead": lambda _: _List("dead", NEVER_SAID, True),
}


def _columns(wanted: _List) -> list[Any]:
    if wanted.by_number:
        return [notification.c.number]
    return [notification.c.accepted_at_us, notification.c.id]


def _ordered(wanted: _List) -> Select[Any]:
    columns = _columns(wanted)
    order = [column.desc() for column in columns] if wanted.newest_first else columns
    return select(notification).where(wanted.its).order_by(*order)


def _after(query: Select[Any], wanted: _List, cursor: str | None) -> Select[Any]:
    if cursor is None:
        return query
    found = _CURSOR.fullmatch(cursor)
    if found is None or (found[2] is None) is not wanted.by_number:
        raise Problem("wrong-input", errors=[("query.cursor", "not_a_cursor", "Is no cursor of this list.")])
    place = [int(found[1])] if wanted.by_number else [int(found[1]), found[2]]
    here, there = tuple_(*_columns(wanted)), tuple_(*place)
    return query.where(here < there if wanted.newest_first else here > there)


def _cursor(wanted: _List, last: LadderLine) -> str:
    return str(last.number) if wanted.by_number else f"{microseconds(last.accepted_at)}.{last.id}"
