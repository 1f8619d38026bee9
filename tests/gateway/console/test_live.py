"""News for open pages: that something has changed, a sign of life, an end, and a limit."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from gateway.access.roles import Role
from gateway.changes import Changes
from gateway.console import live
from gateway.console.counts import AT_MOST_EVERY_S, CountKeeper, Counts
from gateway.console.listening import Listening, listening_of
from gateway.console.news import news
from gateway.problems import Problem
from tests.gateway.gate import until

from .desk import Desk, desk


async def _yes() -> bool:
    return True


def _stream(changes: Changes, *, account: str = "a-one", **more: Any) -> AsyncGenerator[bytes, None]:
    return live.stream(changes, account=account, **{"signed_in": _yes, **more})


async def test_a_change_is_told_by_its_id_alone() -> None:
    """And a comment keeps the line open while there is none."""
    changes = Changes()
    async with aclosing(_stream(changes, heartbeat_s=0.02)) as events:
        assert (await anext(events)).endswith(b": hello\n\n")
        assert await anext(events) == b": still here\n\n"
        changes.tell("r-one")
        changes.tell("r-two")
        assert await anext(events) == b"event: change\ndata: r-one\n\n"
        assert await anext(events) == b"event: change\ndata: r-two\n\n"
        assert await anext(events) == b": still here\n\n"
        assert changes.followers == 1
    assert changes.followers == 0


async def test_a_stream_ends_by_itself_so_that_the_session_is_looked_at_again() -> None:
    """A browser comes back; somebody signed out does not."""
    async with asyncio.timeout(2):
        events = [event async for event in _stream(Changes(), heartbeat_s=0.01, longest_s=0.05)]
    assert 3 <= len(events) <= 10


MOMENT = "2026-11-24T10:00:00.000+00:00"
ID = "i-abcdefghjkmnp"


def _asked(here: Desk, partner: str | None = None, role: Role = Role.OPERATOR, **query: str) -> Listening:
    """Return what a page is told of that somebody with this account has open."""
    here.app.state.console_counts.since = lambda at: ["i-one", "n-two"]
    here.app.state.database = SimpleNamespace(read=_yes)
    account = replace(here.session().account, role=role, partner=partner)
    scope = {"type": "http", "app": here.app, "query_string": urlencode(query).encode(), "headers": []}
    return listening_of(Request(scope), account)


@pytest.mark.parametrize(
    ("since", "told"),
    [(MOMENT, ["i-one", "n-two"]), (MOMENT[:19], []), ("0001-01-01T00:00:00+00:00", []), ("yesterday", [])],
)
async def test_what_was_missed_is_told_first(
    monkeypatch: pytest.MonkeyPatch, since: str, told: list[str]
) -> None:
    """A page that was just made listens a moment later; a strange moment says nothing."""
    listening = _asked(desk(monkeypatch), sejak=since)
    async with aclosing(_stream(Changes(), listening=listening, heartbeat_s=0.02)) as events:
        await anext(events)
        for each in told:
            assert await anext(events) == f"event: change\ndata: {each}\n\n".encode()
        assert await anext(events) == b": still here\n\n"


async def test_a_page_says_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """By an id of ours; anything else is everything."""
    here = desk(monkeypatch)
    assert _asked(here, lihat=ID).one[0] == ID
    assert _asked(here).one is _asked(here, lihat="i-' OR 1=1").one is None


async def test_a_duty_officer_hears_no_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that something of his has changed, or may have; one of nobody hears nothing."""
    here = desk(monkeypatch)
    officer = _asked(here, "polres-jambi", Role.DUTY, sejak=MOMENT, lihat=ID)
    assert (officer.one, officer.missed()) == (None, ["*"])
    assert officer.own is not None
    assert _asked(here, "polres-jambi", Role.DUTY).missed() == []
    with pytest.raises(Problem):
        _asked(here, None, Role.DUTY)


async def test_no_more_than_two_hundred_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next is told to come later; whoever left makes room."""
    changes = Changes()
    open_now = [_stream(changes, account=f"a-{number // 10}") for number in range(live.MOST)]
    for each in open_now:
        await anext(each)
    here = desk(monkeypatch)
    assert (await here.get("/live")).status_code == 503
    for each in open_now:
        await each.aclose()
    assert live._open.total() == 0


async def test_no_account_takes_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens tab after tab is told to come later; a colleague still hears."""
    here, changes = desk(monkeypatch), Changes()
    account = here.session().account.id
    open_now = [_stream(changes, account=account) for _ in range(live.MOST_OF_ONE)]
    for each in open_now:
        await anext(each)
    assert (await here.get("/live")).status_code == 503
    await open_now.pop().aclose()
    assert live._open[account] == live.MOST_OF_ONE - 1
    for each in open_now:
        await each.aclose()


@pytest.mark.parametrize("news_comes", [True, False])
async def test_a_stream_ends_with_its_session(news_comes: bool) -> None:
    """Signed out elsewhere, disabled or run out: nothing more is told, be there news or not."""
    changes, signed_in = Changes(), [True]

    async def look() -> bool:
        return signed_in[0]

    events = _stream(changes, signed_in=look, heartbeat_s=0.02, look_every_s=0.0)
    async with aclosing(events), asyncio.timeout(2):
        await anext(events)
        assert await anext(events) == b": still here\n\n"
        signed_in[0] = False
        if news_comes:
            changes.tell("r-secret")
        assert [event async for event in events] == []
    assert live._open.total() == 0


async def test_news_outlive_the_pauses() -> None:
    """What comes after a pause is not lost with it."""
    changes = Changes()
    with changes.follow() as ids:
        async with aclosing(news(ids, every_s=0.01)) as heard:
            assert [await anext(heard) for _ in range(3)] == [None, None, None]
            changes.tell("r-late")
            assert await anext(heard) == "r-late"


async def test_the_numbers_follow_the_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted at the start and after each change, not more than twice a second."""
    counted: list[Counts] = []

    class Shelf:
        async def read(self, query: object) -> Counts:
            counted.append(Counts(decisions=len(counted)))
            return counted[-1]

    changes = Changes()
    keeper = CountKeeper(Shelf(), changes)  # type: ignore[arg-type]  # all that is used of a database
    task = asyncio.create_task(keeper.run())
    await until(lambda: counted)
    for number in range(20):
        changes.tell(f"r-{number}")
    await asyncio.sleep(AT_MOST_EVERY_S / 2)
    assert keeper.now == Counts(decisions=1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(counted) == 2
