"""Rounds over a real database: what is kept, what is written down, whom an operator is asked about."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts import Category, Garbled, PartnerError, Severity, Unreachable, Warned
from gateway.partners.config import Standing
from gateway.warnings import alarming, rounds
from gateway.warnings.alarming import BLIND, GARBLED, TOO_LONG
from gateway.warnings.rounds import WarningRounds
from gateway.warnings.rows import State
from gateway.warnings.states import id_of

from . import builders
from .builders import ELSEWHERE, HERE, HOUR, SOURCE
from .conftest import Authority, Desk, partner_of


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def warned(identifier: str = "a", **more: Any) -> Warned:
    """Return a warning of now."""
    at = now()
    told = {"sent_at": at, "effective_at": at, "expires_at": at + 2 * HOUR}
    return builders.warned(identifier, **(told | more))


async def test_what_touches_us_is_proposed_once(desk: Desk) -> None:
    """However often it is read; with what it says and where."""
    one = warned()
    assert await desk.round(one) == [("warning.changed", "heard"), ("warning.proposed", "proposed")]
    (proposal,) = desk.operator.asked
    assert (proposal.warning, proposal.warned) == (id_of(SOURCE, "a"), one)
    assert "15.71" in proposal.areas
    row = (await desk.rows())["a"]
    assert row.incident == f"i-{row.id[2:]}"
    assert await desk.round(one) == []
    assert len(desk.operator.asked) == 1


async def test_what_touches_nobody_here_is_only_kept(desk: Desk) -> None:
    """Nobody is asked about rain in the west."""
    assert await desk.round(warned(rings=(ELSEWHERE,))) == [("warning.changed", "heard")]
    assert desk.operator.asked == []
    assert not (await desk.rows())["a"].touches


async def test_an_earthquake_touches_by_its_distance(desk: Desk) -> None:
    """A circle around its centre."""
    near = warned("near", category=Category.EARTHQUAKE, rings=(), centre=(-1.9, 103.2), radius_km=126)
    far = warned("far", category=Category.EARTHQUAKE, rings=(), centre=(-6.5, 130.0), radius_km=500)
    await desk.round(near, far)
    assert {name: row.touches for name, row in (await desk.rows()).items()} == {"near": True, "far": False}


async def test_one_that_comes_nearer_is_proposed_then(desk: Desk) -> None:
    """A newer text of the same warning."""
    await desk.round(warned(rings=(ELSEWHERE,)))
    await desk.round(warned(rings=(ELSEWHERE, HERE), severity=Severity.SEVERE))
    (proposal,) = desk.operator.asked
    assert proposal.warned.severity is Severity.SEVERE


async def test_a_proposal_that_could_not_be_made_is_made_in_the_next_round(desk: Desk) -> None:
    """The warning is kept all the same."""
    desk.operator.away = True
    one = warned()
    assert await desk.round(one) == [("warning.changed", "heard")]
    desk.operator.away = False
    assert await desk.round(one) == [("warning.proposed", "proposed")]


async def test_gone_from_the_list_is_stale(desk: Desk) -> None:
    """What was proposed stays, since nobody has said that it is void."""
    one = warned()
    await desk.round(one)
    assert await desk.round() == [("warning.stale", "stale")]
    assert (await desk.rows())["a"].state is State.STALE
    assert desk.operator.withdrawn == []
    assert await desk.round(one) == [("warning.changed", "changed")]
    assert len(desk.operator.asked) == 1


@pytest.mark.parametrize("fault", [Unreachable("dns"), Garbled("no_rss")])
async def test_a_failed_reading_says_nothing(desk: Desk, fault: PartnerError) -> None:
    """Neither stale nor void; only the round says that it failed."""
    await desk.round(warned())
    desk.authority.fault = fault
    assert await desk.round() == []
    assert (await desk.rows())["a"].state is State.IN_FORCE
    changed = [(each.outcome, each.code) for each in desk.notebook.of("warning.outcome_changed")]
    assert len(changed) == 1
    desk.notebook.entries.clear()
    await desk.rounds.once()
    assert desk.notebook.of("warning.outcome_changed") == []


async def test_a_void_one_is_taken_back(desk: Desk) -> None:
    """While nobody has decided; with why."""
    one = warned()
    await desk.round(one)
    incident = (await desk.rows())["a"].incident
    word = warned("c", is_cancel=True, cancels=("a",), rings=())
    assert await desk.round(one, word) == [("warning.changed", "cancelled")]
    assert desk.operator.withdrawn == [(incident, "warning_cancelled")]
    await desk.round(one, word)
    assert len(desk.operator.withdrawn) == 1


async def test_what_says_something_else_is_asked_about_anew(desk: Desk) -> None:
    """Once, by the same incident; that it is on the list again says nothing new."""
    one = warned()
    await desk.round(one)
    worse = replace(one, sent_at=now(), severity=Severity.EXTREME, headline="Hujan sangat lebat (contoh)")
    assert await desk.round(worse) == [("warning.changed", "changed")]
    ((incident, proposal),) = desk.operator.revised
    assert (incident, proposal.warned) == ((await desk.rows())["a"].incident, worse)
    for listed in ([], [worse], [replace(worse, expires_at=now() + 3 * HOUR)]):
        await desk.round(*listed)
    desk.operator.decided = True
    await desk.round(replace(worse, text="Contoh lain"))
    assert len(desk.operator.revised) == 2
    assert (await desk.rows())["a"].text == "Contoh lain"


async def test_what_an_operator_has_decided_is_theirs(desk: Desk) -> None:
    """The warning is over; the incident goes on."""
    await desk.round(warned(expires_at=now() + timedelta(seconds=0.2)))
    desk.operator.decided = True
    await asyncio.sleep(0.25)
    assert await desk.round() == [("warning.changed", "over")]
    assert [why for _, why in desk.operator.withdrawn] == ["warning_over"]
    assert (await desk.rows())["a"].state is State.OVER


async def test_a_round_leaves_one_entry(desk: Desk) -> None:
    """How each reading ended, and how much was new; nothing of what was published."""
    await desk.round(warned())
    (entry,) = desk.notebook.of("warning.read")
    assert entry.detail == {"cuaca": "answered", "news": 1}
    assert "Hujan" not in repr(desk.notebook.entries)


async def test_two_authorities_are_read_side_by_side(desk: Desk) -> None:
    """One that is away does not make the other look away, nor its warnings vanish."""
    other = Authority()
    second = partner_of(other, "gempa")
    desk.room = replace(desk.room, partners=[desk.partner, second])
    desk.rounds = WarningRounds(desk.room)
    other.listed = (warned("q", source="gempa-contoh"),)
    await desk.round(warned())
    desk.authority.fault = Unreachable("dns")
    other.listed = ()
    assert await desk.round() == [("warning.stale", "stale")]
    states = {name: row.state for name, row in (await desk.rows()).items()}
    assert states == {"a": State.IN_FORCE, "q": State.STALE}


async def test_a_partner_that_is_not_live_is_not_asked(desk: Desk) -> None:
    """And nobody is alarmed of it."""
    desk.partner.standing = Standing.PLANNED
    await desk.round(warned())
    assert desk.authority.asked == 0
    alarming.look(desk.room, since=now() - 2 * TOO_LONG, at=now())
    assert desk.room.alarms.current() == []


async def test_a_list_that_cannot_be_read_alarms(desk: Desk) -> None:
    """After a quarter of an hour, by name; until it can."""
    await desk.round()
    read_at = desk.room.feed("cuaca").as_of
    assert read_at is not None
    for minutes, stands in ((14, False), (15, True)):
        alarming.look(desk.room, since=read_at, at=read_at + timedelta(minutes=minutes))
        assert [alarm.name for alarm in desk.room.alarms.current()] == ([BLIND] if stands else [])
    assert "Cuaca Contoh" in desk.room.alarms.current()[0].text
    alarming.look(desk.room, since=read_at, at=read_at)
    assert desk.room.alarms.current() == []


async def test_a_warning_that_cannot_be_read_alarms(desk: Desk) -> None:
    """After a quarter of an hour, by whose it is; until it can, or is gone."""
    await desk.round(unread=("b",))
    since = desk.room.feed("cuaca").unread_since
    assert since is not None
    await desk.round(unread=("b", "c"))
    for minutes, names in ((14, []), (15, [GARBLED])):
        alarming.look(desk.room, since=since, at=since + timedelta(minutes=minutes))
        assert [alarm.name for alarm in desk.room.alarms.current() if alarm.name != BLIND] == names
    await desk.round()
    alarming.look(desk.room, since=since, at=since + timedelta(minutes=14))
    assert desk.room.alarms.current() == []


async def test_the_first_quarter_counts_from_the_start(desk: Desk) -> None:
    """A list that was never read is not forgotten."""
    desk.authority.fault = Unreachable("dns")
    await desk.round()
    alarming.look(desk.room, since=now() - TOO_LONG, at=now())
    assert [alarm.name for alarm in desk.room.alarms.current()] == [BLIND]


async def test_it_goes_on_after_a_round_that_failed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in one round is logged, and the next one comes."""
    again, calls = asyncio.Event(), 0

    async def broken(*_: object, **__: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            again.set()
        raise RuntimeError("contoh")

    monkeypatch.setattr(rounds, "ask_all", broken)
    running = asyncio.create_task(desk.rounds.run())
    await asyncio.wait_for(again.wait(), 10)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_was_worked_out_is_not_worked_out_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """150 polygons a warning, every two minutes."""
    one, counted = warned(), 0
    touches = type(desk.room.areas).touches

    def counting(*args: Any, **more: Any) -> tuple[str, ...]:
        nonlocal counted
        counted += 1
        return touches(*args, **more)

    monkeypatch.setattr(type(desk.room.areas), "touches", counting)
    for _ in range(3):
        await desk.round(one)
    assert counted == 1
