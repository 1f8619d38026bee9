"""Incidents read: lists that name nobody, one whole incident with its ladders, what is masked from whom."""

import json
from typing import Any

import msgspec
import pytest

from contracts import Category, Progress
from gateway.access.roles import Role
from gateway.incidents import actions, reading
from gateway.incidents.answers import IncidentView
from gateway.incidents.orders import News, Outcome
from gateway.incidents.rows import Incident
from gateway.incidents.states import Event
from gateway.notifications import store as notices
from gateway.problems import Problem
from tests.gateway.referrals.house import by as somebody

from .builders import FACTS
from .conftest import Desk
from .house import APPROVER, BPBD, DAMKAR, DISPATCHER, OPERATOR, POLICE

NAMING = {
    *("address", "landmark", "latitude", "longitude", "narrative", "caller_name", "caller_phone", "note")
}


async def _view(desk: Desk, incident: Incident, by: Any = OPERATOR) -> IncidentView:
    return await reading.view(desk.room, incident.id, by=by, request="q-3")


async def _confirm(desk: Desk, incident: Incident, partner: str) -> None:
    """Let a person of *partner* have confirmed what it was told, as a receipt does."""
    row = next(each for each in await desk.notices(incident) if each.partner == partner)
    said = {"human": True, "progress": Progress.ACCEPTED, "call": False}
    await desk.room.database.maintain(lambda c: notices.put(c, [row.id], said))


async def test_a_whole_incident_is_shown_with_every_ladder(desk: Desk) -> None:
    """Place, words, caller, casualties, pictures and links."""
    opened, other = await desk.open(), await desk.open()
    await desk.do(actions.update, opened, News(facts={"narrative": "Baru"}))
    await desk.do(actions.link, opened, other.id)
    seen = await _view(desk, opened)
    assert (seen.narrative, seen.place.address, seen.place.lat, seen.place.area_name) == (
        "Baru",
        "Jl. Contoh 7",
        -1.61234,
        "Jelutung",
    )
    assert (seen.caller and seen.caller.phone, seen.casualties.injured, seen.casualties.dead) == (
        "+6281200000001",
        2,
        None,
    )
    assert [(each.sequence, str(each.kind), each.role) for each in seen.pictures] == [
        (1, "alert", "dispatcher"),
        (2, "update", "operator"),
    ]
    assert [each.incident for each in seen.links] == [other.id]
    assert {(line.partner, line.kind) for line in seen.ladder} == {(DAMKAR, "alert"), (DAMKAR, "update")}
    assert seen.possible == [Event.UPDATE, Event.TELL, Event.LINK, Event.CLOSE, Event.CANCEL, Event.MERGE]
    assert (seen.masked, seen.erased, seen.text) == (False, False, "Berlangsung")


async def test_that_it_was_shown_is_written_down_with_what_was_on_the_screen(desk: Desk) -> None:
    """By name, never by content."""
    opened = await desk.open()
    await _view(desk, opened, DISPATCHER)
    (entry,) = desk.of("incident.shown")
    assert (entry.actor, entry.object_id, entry.subject, entry.request) == (
        DISPATCHER.actor,
        opened.id,
        opened.subject,
        "q-3",
    )
    assert entry.fields == tuple(sorted(set(FACTS.scalars()) & NAMING))
    assert entry.sealed is None


@pytest.mark.parametrize(
    ("category", "by", "masked"),
    [
        (Category.FIRE, APPROVER, False),
        (Category.DOMESTIC_VIOLENCE, APPROVER, True),
        (Category.CHILD_IN_DANGER, APPROVER, True),
        (Category.PSYCHIATRIC, APPROVER, True),
        (Category.DOMESTIC_VIOLENCE, DISPATCHER, False),
        (Category.DOMESTIC_VIOLENCE, OPERATOR, False),
        (Category.DOMESTIC_VIOLENCE, somebody(Role.AUDITOR), True),
    ],
)
async def test_what_is_sensitive_is_masked_but_for_who_dispatches(
    desk: Desk, category: Category, by: Any, masked: bool
) -> None:
    """No words, no caller, no note, and a place to about a kilometre."""
    opened = await desk.open(category)
    await desk.do(actions.close, opened, Outcome.HANDLED, note="Contoh catatan")
    seen = await _view(desk, opened, by)
    assert (seen.masked, seen.sensitive) == (masked, category is not Category.FIRE)
    said = msgspec.json.encode(seen).decode()
    hidden = ["Contoh narasi", "Budi", "+6281", "Jl. Contoh", "pasar", "103.61567", "Contoh catatan"]
    assert [word in said for word in hidden] == [not masked] * len(hidden)
    assert (seen.place.lat, seen.place.precision_m) == ((-1.61, 1000) if masked else (-1.61234, 25))
    (entry,) = desk.of("incident.shown")
    assert ("narrative" in entry.fields) is not masked


async def test_who_was_erased_is_not_shown(desk: Desk) -> None:
    """The incident is, with what was told to whom."""
    opened = await desk.open()
    desk.people.erase(opened.subject)
    desk.room.known.clear()
    seen = await _view(desk, opened)
    assert (seen.erased, seen.narrative, seen.caller, seen.place.lat) == (True, None, None, None)
    assert [line.partner for line in seen.ladder] == [DAMKAR]
    assert desk.of("incident.shown")[0].fields == ()


async def test_who_is_to_be_rung_stands_beside_it(desk: Desk) -> None:
    """BPBD is not connected: its number, until a person there has said something."""
    opened = await desk.open(Category.FLOOD)
    line = await reading.line(desk.room, opened)
    assert line.needs_phone_call
    assert [(each.partner, each.name, each.phone) for each in line.phone] == [
        (BPBD, "BPBD Contoh", "0741-00000")
    ]
    assert not line.human_confirmed
    await _confirm(desk, opened, BPBD)
    line = await reading.line(desk.room, opened)
    assert (line.needs_phone_call, line.phone, line.human_confirmed) == (False, [], True)


async def test_confirmed_is_what_every_partner_has(desk: Desk) -> None:
    """One of two is not enough, and where nobody was told nobody has confirmed."""
    both, nobody = await desk.open(), await desk.open(Category.TRAFFIC)
    await desk.do(actions.tell_partner, both, POLICE)
    await _confirm(desk, both, DAMKAR)
    assert not (await reading.line(desk.room, both)).human_confirmed
    assert not (await reading.line(desk.room, nobody)).human_confirmed
    await _confirm(desk, both, POLICE)
    assert (await reading.line(desk.room, both)).human_confirmed


async def test_lists_name_nobody_and_leave_one_entry(desk: Desk) -> None:
    """What is open, what is found by a ticket or an id, and how many."""
    first = await desk.open(source_system="cad", source_ticket="T-5")
    second, over = await desk.open(), await desk.open()
    await desk.do(actions.close, over, Outcome.HANDLED)
    opened = await reading.in_states(desk.room, reading.OPEN, by=APPROVER, request="q-4")
    assert {each.id for each in opened} == {first.id, second.id}
    for name, found in (("T-5", first), (over.id, over), ("T-6", None)):
        named = await reading.search(desk.room, f" {name} ", by=APPROVER, request="q-4")
        assert [each.id for each in named] == ([] if found is None else [found.id])
    assert [entry.detail for entry in desk.of("incident.listed")] == [
        {"what": "open", "count": 2},
        {"what": "named", "count": 1},
        {"what": "named", "count": 1},
        {"what": "named", "count": 0},
    ]
    shown = msgspec.json.encode(opened).decode()
    assert not [word for word in ("Contoh narasi", "Budi", "+6281", "Jl.", "103.61567") if word in shown]
    assert json.loads(shown)[0]["sensitive"] is False


async def test_what_is_not_there_is_said(desk: Desk) -> None:
    """And leaves nothing."""
    with pytest.raises(Problem, match="no-such-incident"):
        await reading.view(desk.room, "i-nothinghere22", by=OPERATOR, request="q-3")
    assert desk.of("incident.shown") == []
