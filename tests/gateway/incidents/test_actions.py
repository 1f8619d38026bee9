"""What people do with an incident, over a real database: its rows and pictures, who is told, what is left."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from contracts import AlertKind, Category, Severity
from gateway.db import Database
from gateway.incidents import actions, store
from gateway.incidents.facts import unseal
from gateway.incidents.orders import News, Outcome, Void
from gateway.incidents.rows import State
from gateway.notifications import store as notices
from gateway.notifications.rows import Delivery
from gateway.problems import Problem
from tests.gateway.gate import Notebook

from . import house
from .builders import FACTS, NIK, PLACE
from .conftest import Desk
from .house import BPBD, CAD, DAMKAR, POLICE


async def test_a_fire_is_told_to_the_fire_brigade_at_once(desk: Desk) -> None:
    """Row, picture, notification and entries stand together."""
    opened = await desk.open()
    assert opened == await desk.get(opened)
    assert (opened.state, opened.urgent, opened.version, opened.sequence) == (State.OPEN, True, 1, 1)
    assert (opened.area_code, opened.latitude, opened.longitude) == ("15.71.08", -1.61, 103.62)
    assert await desk.told(opened) == [(DAMKAR, "alert", 1)]
    assert [entry.act for entry in desk.notebook.entries] == ["incident.opened", "notification.accepted"]
    assert desk.notebook.entries[0].detail == {
        "category": "fire",
        "severity": "unknown",
        "sequence": 1,
        "partners": (DAMKAR,),
    }


async def test_what_names_somebody_is_sealed_in_rows_and_entries(desk: Desk) -> None:
    """It opens with the key of the incident, and stands nowhere in the clear."""
    opened = await desk.open()
    (first,) = await desk.pictures(opened)
    person = await desk.people.with_pseudonym(opened.subject)
    assert person is not None
    assert unseal(person, first) == FACTS
    (entry,) = desk.of("incident.opened")
    assert entry.sealed is not None
    assert person.unseal(entry.sealed, act=entry.act, key=entry.key) == FACTS.scalars()
    assert set(entry.fields) == set(FACTS.scalars())
    stored = f"{opened} {first} {desk.notebook.entries}"
    assert not [
        word for word in ("Contoh narasi", "Budi", "+6281", "Jl. Contoh", "103.61567") if word in stored
    ]


async def test_an_area_is_found_by_the_point(desk: Desk) -> None:
    """Unless one is said; outside the city there is none, and everybody may be meant."""
    found = await desk.open(facts=house.somewhere(latitude=-1.565, longitude=103.622))
    said = await desk.open(facts=house.somewhere(latitude=-1.565, longitude=103.622, area_code="15.71.06"))
    outside = await desk.open(facts=house.somewhere(latitude=-2.0, longitude=103.0))
    assert [each.area_code for each in (found, said, outside)] == ["15.71.05", "15.71.06", None]


@pytest.mark.parametrize(
    "same", [{"source_system": "cad", "source_ticket": "T-1"}, {"repeat": "key-1"}], ids=["ticket", "key"]
)
async def test_the_same_again_is_the_same_incident(desk: Desk, same: dict[str, Any]) -> None:
    """Nobody is told twice, and the first one is answered as it stands now."""
    first = await desk.open(**same)
    changed = await desk.do(actions.close, first, Outcome.HANDLED)
    again = await actions.open_incident(desk.room, house.draft(**same), by=house.DISPATCHER, request="q-3")
    assert (again.incident, again.new) == (changed, False)
    assert [each.kind for each in again.ladders] == ["alert", "closed"]
    assert [entry.outcome for entry in desk.of("incident.opened")] == ["open", "repeated"]
    assert len(await desk.told(first)) == 2  # the alert and its end


async def test_the_same_at_once_makes_one(desk: Desk) -> None:
    """Eight programs send the same ticket at the same moment."""
    asked = [
        actions.open_incident(
            desk.room,
            house.draft(source_system="cad", source_ticket="T-7"),
            by=house.DISPATCHER,
            request=f"q-{number}",
        )
        for number in range(8)
    ]
    made = await asyncio.gather(*asked)
    assert len({each.incident.id for each in made}) == 1
    assert [each.new for each in made].count(True) == 1
    assert await desk.told(made[0].incident) == [(DAMKAR, "alert", 1)]
    assert {len(each.ladders) for each in made} == {1}


async def test_the_same_at_two_replicas_makes_one(desk: Desk, database_url: str) -> None:
    """Whoever comes second finds what the first has made."""
    if database_url.startswith("sqlite"):
        pytest.skip("one process has one writer")
    second = Database(database_url, Notebook())
    await second.start()
    rooms = [desk.room, house.build(second, Notebook(), desk.people)]
    for number in range(6):
        same = house.draft(source_system="cad", source_ticket=f"T-{number}")
        made = await asyncio.gather(
            *(actions.open_incident(room, same, by=house.DISPATCHER, request="q-1") for room in rooms)
        )
        assert [each.new for each in made].count(True) == 1
        assert len({each.incident.id for each in made}) == 1
        assert await desk.told(made[0].incident) == [(DAMKAR, "alert", 1)]
    await second.close()


async def test_who_was_told_hears_every_later_picture_and_others_their_first(desk: Desk) -> None:
    """The fire becomes a crime: the police have a first word, the fire brigade is kept informed."""
    opened = await desk.open()
    changed = await desk.do(
        actions.update, opened, News(category=Category.CRIME, facts={"narrative": "Baru"})
    )
    await desk.do(actions.update, opened, News(severity=Severity.SEVERE))
    assert (changed.version, changed.sequence, changed.category) == (2, 2, Category.CRIME)
    assert await desk.told(opened) == [
        (DAMKAR, "alert", 1),
        (DAMKAR, "update", 2),
        (POLICE, "alert", 2),
        (DAMKAR, "update", 3),
        (POLICE, "update", 3),
    ]
    pictures = await desk.pictures(opened)
    assert [(each.sequence, each.kind, each.category) for each in pictures] == [
        (1, AlertKind.ALERT, Category.FIRE),
        (2, AlertKind.UPDATE, Category.CRIME),
        (3, AlertKind.UPDATE, Category.CRIME),
    ]
    person = await desk.people.with_pseudonym(opened.subject)
    assert [getattr(unseal(person, each), "narrative", None) for each in pictures] == [
        "Contoh narasi",
        "Baru",
        "Baru",
    ]


@pytest.mark.parametrize(
    ("ended", "kind"),
    [("expired", "alert"), ("dead", "alert"), ("cancelled", "alert"), ("delivered", "update")],
)
async def test_whose_first_word_never_came_has_it_now(desk: Desk, ended: str, kind: str) -> None:
    """An update of nothing would be no word at all to them."""
    opened = await desk.open()
    (first,) = await desk.notices(opened)
    await desk.room.database.maintain(lambda c: notices.put(c, [first.id], {"delivery": Delivery(ended)}))
    await desk.do(actions.update, opened, News(severity=Severity.SEVERE))
    assert await desk.told(opened) == [(DAMKAR, "alert", 1), (DAMKAR, kind, 2)]


async def test_an_update_says_in_its_entry_only_what_is_new(desk: Desk) -> None:
    """By name in the clear, and sealed."""
    opened = await desk.open()
    await desk.do(actions.update, opened, News(facts={"narrative": "Baru"}, casualties={"dead": 1}))
    (entry,) = desk.of("incident.updated")
    assert entry.fields == ("dead", "narrative")


@pytest.mark.parametrize(
    ("verb", "what", "state", "kind", "act"),
    [
        (actions.close, Outcome.HANDED_OVER, State.CLOSED, "closed", "incident.closed"),
        (actions.cancel, Void.FALSE_ALARM, State.CANCELLED, "cancel", "incident.cancelled"),
    ],
)
async def test_the_end_is_told_to_who_was_told(
    desk: Desk, verb: Any, what: Outcome | Void, state: State, kind: str, act: str
) -> None:
    """And to nobody else, even if it had become their matter; its code and time stand in the row."""
    opened = await desk.open()
    ended = await desk.do(verb, opened, what, note="Contoh catatan")
    assert (ended.state, ended.outcome, ended.sequence) == (state, str(what), 2)
    assert ended.closed_at == ended.changed_at
    assert await desk.told(opened) == [(DAMKAR, "alert", 1), (DAMKAR, kind, 2)]
    (entry,) = desk.of(act)
    assert (entry.outcome, entry.code, entry.fields) == (str(state), str(what), ("note",))


async def test_nobody_is_rung_at_once_because_it_is_over(desk: Desk) -> None:
    """A false alarm is as urgent as the alarm was; an end is not."""
    closed, cancelled = await desk.open(), await desk.open()
    await desk.do(actions.close, closed, Outcome.HANDLED)
    await desk.do(actions.cancel, cancelled, Void.PRANK)
    assert [(each.kind, each.urgent) for each in await desk.notices(closed)] == [
        ("alert", True),
        ("closed", False),
    ]
    assert [(each.kind, each.urgent) for each in await desk.notices(cancelled)] == [
        ("alert", True),
        ("cancel", True),
    ]


@pytest.mark.parametrize(
    ("verb", "what"),
    [
        (actions.update, News(severity=Severity.MINOR)),
        (actions.close, Outcome.HANDLED),
        (actions.cancel, Void.MISTAKE),
        (actions.tell_partner, POLICE),
    ],
)
async def test_what_has_ended_is_left_alone(desk: Desk, verb: Any, what: Any) -> None:
    """A refusal leaves its entry, and nothing else."""
    closed = await desk.do(actions.close, await desk.open(), Outcome.HANDLED)
    with pytest.raises(Problem, match="not-now"):
        await desk.do(verb, closed, what)
    assert await desk.get(closed) == closed
    (entry,) = desk.of("incident.refused")
    assert (entry.code, entry.object_id, entry.subject) == ("not-now", closed.id, closed.subject)


async def test_a_version_that_was_not_seen_is_not_changed(desk: Desk) -> None:
    """Whoever has seen the newest one goes on."""
    opened = await desk.open()
    await desk.do(actions.update, opened, News(severity=Severity.MINOR), seen=1)
    with pytest.raises(Problem, match="changed-meanwhile"):
        await desk.do(actions.close, opened, Outcome.HANDLED, seen=1)
    await desk.do(actions.close, opened, Outcome.HANDLED, seen=2)
    assert [entry.code for entry in desk.of("incident.refused")] == ["changed-meanwhile"]


@pytest.mark.parametrize("verb", [actions.link, actions.merge, actions.tell_partner])
async def test_who_is_unknown_stays_so(desk: Desk, verb: Any) -> None:
    """No incident, no partner, no second incident of that id."""
    with pytest.raises(Problem, match="no-such-incident"):
        await desk.do(verb, "i-nothinghere22", "i-nothinghere23")
    with pytest.raises(Problem, match="no-such-"):
        await desk.do(verb, await desk.open(), "i-nothinghere23")


async def test_one_more_partner_is_told_by_hand_now_and_later(desk: Desk) -> None:
    """It has the picture that stands, hears every later one, and is told once."""
    opened = await desk.open()
    await desk.do(actions.update, opened, News(facts={"narrative": "Baru"}))
    told = await desk.do(actions.tell_partner, opened, POLICE)
    await desk.do(actions.tell_partner, opened, POLICE)
    assert (told.version, told.sequence, told.told) == (3, 2, (POLICE,))
    await desk.do(actions.update, opened, News(severity=Severity.SEVERE))
    await desk.do(actions.tell_partner, opened, POLICE)
    await desk.do(actions.close, opened, Outcome.HANDLED)
    assert [each for each in await desk.told(opened) if each[0] == POLICE] == [
        (POLICE, "alert", 2),
        (POLICE, "update", 3),
        (POLICE, "closed", 4),
    ]
    said = [(entry.code, (entry.detail or {}).get("partners")) for entry in desk.of("incident.told")]
    assert said == [(POLICE, (POLICE,)), (POLICE, None), (POLICE, None)]


async def test_a_partner_without_an_agreement_is_only_rung(desk: Desk) -> None:
    """The gateway tells it nothing, whoever asks."""
    opened = await desk.open()
    with pytest.raises(Problem, match="conflict"):
        await desk.do(actions.tell_partner, opened, "rsud")
    assert await desk.told(opened) == [(DAMKAR, "alert", 1)]


async def test_two_incidents_are_linked_once_and_nobody_is_told(desk: Desk) -> None:
    """Also when one is over, and from either side."""
    one, other = await desk.open(), await desk.open()
    await desk.do(actions.close, one, Outcome.HANDLED)
    await desk.do(actions.link, one, other.id)
    await desk.do(actions.link, other, one.id)
    assert [(each.incident, each.other, each.kind) for each in await desk.links(other)] == [
        (one.id, other.id, "related")
    ]
    assert len(await desk.told(other)) == 1


async def test_a_merged_incident_is_called_off_and_its_partners_hear_of_the_other(desk: Desk) -> None:
    """Nobody who was on the way is left to think that there is nothing to do."""
    twice = await desk.open(Category.CRIME)
    await desk.do(actions.tell_partner, twice, DAMKAR)
    first = await desk.open()
    merged = await desk.do(actions.merge, twice, first.id)
    assert (merged.state, merged.merged_into, merged.outcome) == (State.MERGED, first.id, "merged")
    assert await desk.told(twice) == [
        (POLICE, "alert", 1),
        (DAMKAR, "alert", 1),
        (DAMKAR, "cancel", 2),
        (POLICE, "cancel", 2),
    ]
    assert await desk.told(first) == [(DAMKAR, "alert", 1), (POLICE, "alert", 1)]
    into = await desk.get(first)
    assert (into.told, into.version, into.sequence) == ((DAMKAR, POLICE), 2, 1)
    assert [(each.kind, each.other) for each in await desk.links(twice)] == [("merged", first.id)]
    assert [entry.act for entry in desk.notebook.entries if entry.request == "q-2"].count(
        "incident.merged"
    ) == 1


async def test_what_cannot_be_merged_stays_as_it_is(desk: Desk) -> None:
    """With itself, with a drill, with what is over; and no half of it is done."""
    real, drill, over = await desk.open(), await desk.open(drill=True), await desk.open()
    await desk.do(actions.close, over, Outcome.HANDLED)
    for into, why in ((real, "conflict"), (drill, "conflict"), (over, "not-now")):
        with pytest.raises(Problem, match=why):
            await desk.do(actions.merge, real, into.id)
    with pytest.raises(Problem, match="not-now"):
        await desk.do(actions.merge, over, real.id)
    assert await desk.get(real) == real
    assert await desk.links(real) == []
    assert [each[1] for each in await desk.told(real)] == ["alert"]


async def test_a_drill_stays_a_drill(desk: Desk) -> None:
    """In the row, in what is told, and in the entry."""
    opened = await desk.open(drill=True)
    assert opened.drill
    assert [each.drill for each in await desk.notices(opened)] == [True]
    (entry,) = desk.of("incident.opened")
    assert (entry.detail or {})["drill"] is True


async def test_the_dispatch_system_hears_of_every_change_of_its_own(desk: Desk) -> None:
    """Of its tickets, and of nobody else's; one that still waits says it all."""
    its = await desk.open(source_system="cad", source_ticket="T-9")
    await desk.do(actions.update, its, News(severity=Severity.MINOR))
    other = await desk.open()
    followed = [each for each in await desk.notices(its) if each.kind == "change"]
    assert {each.partner for each in followed} == {CAD}
    assert [each for each in await desk.notices(other) if each.kind == "change"] == []


async def test_who_is_not_connected_is_held_and_not_told(desk: Desk) -> None:
    """The flood stands for BPBD, and an operator is to ring."""
    opened = await desk.open(Category.FLOOD)
    (held,) = await desk.notices(opened)
    assert (held.partner, str(held.delivery), held.call) == (BPBD, "held", True)


async def test_after_an_erasure_it_can_only_be_ended(desk: Desk) -> None:
    """Nothing is known any more that a new picture could hold; its end says nothing of anybody."""
    opened = await desk.open()
    desk.people.erase(opened.subject)
    desk.room.known.clear()
    with pytest.raises(Problem, match="conflict"):
        await desk.do(actions.update, opened, News(facts={"narrative": NIK}))
    closed = await desk.do(actions.close, opened, Outcome.HANDLED, note="Contoh catatan")
    assert (await desk.pictures(closed))[-1].sealed == ""
    (entry,) = desk.of("incident.closed")
    assert (entry.fields, entry.sealed) == ((), None)


async def test_two_people_at_once_lose_nothing(desk: Desk) -> None:
    """Each of their pictures has what the one before had."""
    opened = await desk.open()
    await asyncio.gather(
        desk.do(actions.update, opened, News(facts={"narrative": "Baru"})),
        desk.do(actions.update, opened, News(casualties={"dead": 1})),
        desk.do(actions.tell_partner, opened, POLICE),
        desk.do(actions.update, opened, News(place={"landmark": "Masjid"})),
    )
    now = await desk.get(opened)
    last = (await desk.pictures(opened))[-1]
    facts = unseal(await desk.people.with_pseudonym(opened.subject), last)
    assert (now.version, now.sequence) == (5, 4)
    assert facts == replace(
        FACTS,
        narrative="Baru",
        casualties=replace(FACTS.casualties, dead=1),
        place=replace(PLACE, landmark="Masjid"),
    )


@pytest.mark.parametrize(("first", "succeeds"), [(1, True), (5, True), (99, False)])
async def test_who_is_overtaken_looks_again(
    desk: Desk, first: int, succeeds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another replica changed it first, once, some times, always: in the end its person looks again."""
    opened, honest, left = await desk.open(), store.change, [first]

    def overtaken(connection: Any, row: Any, changes: Any) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise store.Overtaken
        honest(connection, row, changes)

    monkeypatch.setattr(store, "change", overtaken)
    if succeeds:
        assert (await desk.do(actions.close, opened, Outcome.HANDLED)).state is State.CLOSED
        return
    with pytest.raises(Problem, match="changed-meanwhile"):
        await desk.do(actions.close, opened, Outcome.HANDLED)
    assert await desk.get(opened) == opened
