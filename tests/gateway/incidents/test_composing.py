"""What a notification about an incident says: its own picture, for its partner, the same at every attempt."""

import json
from dataclasses import replace
from typing import Any

import pytest

from contracts import Alert, AlertKind, Casualties, Category, Change, Over, Place
from contracts.alert_wire import wire, wire_change
from gateway.incidents import actions
from gateway.incidents.orders import News, Outcome, Void
from gateway.notifications.rows import Notification

from .builders import FACTS, NOON, PLACE
from .conftest import Desk
from .house import BPBD, CAD, DAMKAR, POLICE


async def _row(desk: Desk, incident: Any, partner: str, sequence: int) -> Notification:
    found = await desk.notices(incident)
    (row,) = [each for each in found if (each.partner, each.sequence) == (partner, sequence)]
    return row


async def test_each_notification_says_its_own_picture(desk: Desk) -> None:
    """However many came after it."""
    opened = await desk.open(reported_at=NOON)
    await desk.do(actions.update, opened, News(category=Category.RESCUE, facts={"narrative": "Baru"}))
    rows = [await _row(desk, opened, DAMKAR, sequence) for sequence in (1, 2)]
    said = [await desk.says(row) for row in rows]
    first = Alert(
        id=rows[0].id,
        number=1,
        kind=AlertKind.ALERT,
        sent_at=rows[0].accepted_at,
        expires_at=rows[0].expires_at,
        incident=opened.id,
        sequence=1,
        category=Category.FIRE,
        severity=opened.severity,
        urgent=True,
        reported_at=NOON,
        place=PLACE,
        narrative="Contoh narasi",
        cautions=FACTS.cautions,
        casualties=FACTS.casualties,
        caller=FACTS.caller,
    )
    second = replace(
        first,
        id=rows[1].id,
        number=2,
        kind=AlertKind.UPDATE,
        sent_at=rows[1].accepted_at,
        expires_at=rows[1].expires_at,
        sequence=2,
        category=Category.RESCUE,
        narrative="Baru",
    )
    assert said == [first, second]
    assert [await desk.says(row) for row in rows] == said


async def test_a_partner_has_only_what_is_shared_with_it(desk: Desk) -> None:
    """The police share nothing here: no word of who called, what was said, and where exactly."""
    opened = await desk.open(Category.CRIME)
    said = await desk.says(await _row(desk, opened, POLICE, 1))
    assert isinstance(said, Alert)
    assert said.place == Place(-1.61, 103.62, 1000, area_code="15.71.08", area_name="Jelutung")
    assert (said.narrative, said.caller, said.cautions, said.casualties) == (None, None, (), Casualties())
    sent = json.dumps(wire(said))
    assert not [word for word in ("Contoh narasi", "Budi", "+6281", "Jl.", "103.615") if word in sent]


@pytest.mark.parametrize(
    ("verb", "what", "outcome"),
    [(actions.close, Outcome.HANDLED, "handled"), (actions.cancel, Void.PRANK, "prank")],
)
async def test_an_end_says_how_and_keeps_the_note_here(
    desk: Desk, verb: Any, what: Any, outcome: str
) -> None:
    """The picture as it last was, with the code; an alert still under way says no end."""
    opened = await desk.open()
    await desk.do(verb, opened, what, note="Contoh catatan")
    said = [await desk.says(await _row(desk, opened, DAMKAR, sequence)) for sequence in (1, 2)]
    assert [each.outcome for each in said if isinstance(each, Alert)] == [None, outcome]
    assert "catatan" not in repr(said)


async def test_of_who_was_erased_nothing_is_said(desk: Desk) -> None:
    """Neither by what waits, nor by the end that comes after."""
    opened = await desk.open()
    desk.people.erase(opened.subject)
    desk.room.known.clear()
    await desk.do(actions.close, opened, Outcome.HANDLED)
    for sequence in (1, 2):
        assert await desk.says(await _row(desk, opened, DAMKAR, sequence)) is None


async def test_what_is_about_nothing_we_know_says_nothing(desk: Desk) -> None:
    """A row whose picture is not there."""
    row = await _row(desk, await desk.open(), DAMKAR, 1)
    assert await desk.says(replace(row, sequence=9)) is None
    assert await desk.says(replace(row, about="i-nothinghere22")) is None
    assert await desk.says(replace(row, about="i-nothinghere22", kind="change", partner=CAD)) is None


async def test_the_dispatch_system_has_the_whole_picture_as_it_is_now(desk: Desk) -> None:
    """With every ladder, who is to be rung, and its own ticket; ready for JSON."""
    opened = await desk.open(Category.FLOOD, source_system="cad", source_ticket="T-3")
    row = next(each for each in await desk.notices(opened) if each.kind == "change")
    await desk.do(actions.close, opened, Outcome.HANDLED)
    said = await desk.says(row)
    assert isinstance(said, Change)
    assert (said.topic, said.about, said.source_system, said.source_ticket) == (
        "incident",
        opened.id,
        "cad",
        "T-3",
    )
    told = json.loads(json.dumps(wire_change(said)))["data"]["incident"]
    assert (told["state"], told["outcome"], told["caller"]["name"]) == ("closed", "handled", "Budi Contoh")
    assert {line["partner"] for line in told["ladder"]} == {BPBD}
    assert told["human_confirmed"] is False


async def test_what_is_over_says_how(desk: Desk) -> None:
    """For the digest of who could not be told: no more than what, where and when."""
    goes_on = await desk.open()
    over = await desk.do(actions.cancel, await desk.open(Category.FLOOD), Void.MISTAKE)
    composer = desk.room.notifications.composers["incident"]
    assert over.closed_at is not None
    assert await composer.is_over([goes_on.id, over.id]) == {
        goes_on.id: None,
        over.id: Over(over.id, Category.FLOOD, "Jelutung", over.reported_at, over.closed_at),
    }
