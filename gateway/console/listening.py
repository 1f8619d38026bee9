"""What one open page is told of: everything, the one thing it shows, or what is a duty officer's own."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from starlette.requests import Request

from gateway.access.roles import Role
from gateway.accounts.account import Account
from gateway.changes import EVERYTHING
from gateway.problems import Problem

from . import signs
from .news import Looks, news, noticed, watched

MADE_IN: Final = timedelta(seconds=0.5)  # a page is read before the moment it names
_AN_ID: Final = re.compile("[ir]-[a-z0-9]{13}")


@dataclass(frozen=True, slots=True)
class Listening:
    """
    *own* looks at what is a duty officer's: only that it has changed is told. *one* is what the page shows,
    told also when another process changed it. *missed* is what has changed since the page was made.
    """

    own: Looks | None = None
    one: tuple[str, Looks] | None = None
    missed: Callable[[], Sequence[str]] = tuple

    def heard(self, ids: AsyncIterator[str], *, sign_s: float) -> AsyncGenerator[str | None, None]:
        """Return what is told of *ids*, and None whenever *sign_s* seconds have brought nothing."""
        if self.own is not None:
            return noticed(ids, self.own, sign_s=sign_s)
        if self.one is not None:
            return watched(ids, self.one[1], self.one[0], sign_s=sign_s)
        return news(ids, every_s=sign_s)


TO_EVERYTHING: Final = Listening()


def listening_of(request: Request, account: Account) -> Listening:
    """Return what the page that asks is told of: `?lihat=` is what it shows, `?sejak=` when it was made."""
    if account.role is Role.DUTY:
        return Listening(own=_own(request, account), missed=lambda: [EVERYTHING][: len(missed(request))])
    return Listening(one=_one(request), missed=partial(missed, request))


def missed(request: Request) -> list[str]:
    """Return what has changed since the page was made."""
    try:
        shown_at = datetime.fromisoformat(request.query_params.get("sejak", ""))
    except ValueError:
        return []
    if shown_at.tzinfo is None or shown_at.year < 2000:
        return []
    found: list[str] = request.app.state.console_counts.since(shown_at - MADE_IN)
    return found


def _own(request: Request, account: Account) -> Looks:
    """Return how a duty officer's page looks at what is his agency's. Raises Problem for one of nobody."""
    if account.partner is None:
        raise Problem("role-not-allowed")
    return partial(request.app.state.database.read, partial(signs.of_a_box, partner=account.partner))


def _one(request: Request) -> tuple[str, Looks] | None:
    """Return what the page shows and how to look at it; None where that is everything."""
    name = request.query_params.get("lihat", "")
    if not _AN_ID.fullmatch(name):
        return None
    return name, partial(request.app.state.database.read, partial(signs.of_one, name=name))
