"""Incidents over HTTP: who may, what is answered, and with which status."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.access.roles import Role
from gateway.db import CannotRead, CannotWrite
from gateway.incidents import afloat, answering, change_routes, routes
from gateway.incidents.proposing import propose
from tests.gateway.gate import Gate, key_for

from .conftest import Desk
from .house import BPBD, DAMKAR, POLICE
from .test_proposing import PROPOSAL

FIRE = {"category": "fire", "lat": -1.61234, "lon": 103.61567, "caller": {"phone": "0812-0000-0001"}}
NOWHERE = "i-nothinghere22"
URN = "urn:gerbang:problem:"


@dataclass
class Counter:
    """A client for each role, and the room behind."""

    clients: dict[Role, httpx.AsyncClient]
    desk: Desk

    @property
    def dispatcher(self) -> httpx.AsyncClient:
        """Who takes calls."""
        return self.clients[Role.DISPATCHER]

    async def open(self, **more: Any) -> dict[str, Any]:
        """Open an incident and return how it is answered."""
        answer = await self.dispatcher.post("/v1/incidents", json=FIRE | more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()["incident"]
        return found

    async def post(self, incident: str, verb: str, body: Any, **more: Any) -> httpx.Response:
        """Have something done."""
        return await self.dispatcher.post(f"/v1/incidents/{incident}/{verb}", json=body, **more)


@pytest.fixture
async def counter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    """Put the room behind the real door; a slow machine is no reason to answer 202."""
    monkeypatch.setattr(afloat, "AT_ONCE_S", 60.0)
    keys = {role: key_for(role) for role in Role}
    async with Gate([key for key, _ in keys.values()]) as gate:
        gate.app.include_router(routes.router)
        gate.app.include_router(change_routes.router)
        gate.app.state.incidents = desk.room
        clients = {role: gate.caller(text) for role, (_, text) in keys.items()}
        yield Counter(clients, desk)
        for each in clients.values():
            await each.aclose()


async def test_an_incident_is_opened_read_changed_and_closed(counter: Counter) -> None:
    """201 with its id and its ETag; every answer says where it stands."""
    opened = await counter.dispatcher.post("/v1/incidents", json=FIRE)
    assert (opened.status_code, opened.headers["etag"]) == (201, 'W/"1"')
    body = opened.json()
    assert (body["environment"], body["audit"], body["request"]) == (
        "demo",
        "durable",
        opened.headers["gerbang-request-id"],
    )
    name = body["incident"]["id"]
    read = await counter.dispatcher.get(f"/v1/incidents/{name}")
    assert read.headers["etag"] == 'W/"1"'
    assert read.json()["incident"]["caller"] == {"name": None, "phone": "+6281200000001"}
    updated = await counter.post(name, "updates", {"narrative": "Api besar"}, headers={"If-Match": 'W/"1"'})
    assert (updated.status_code, updated.headers["etag"]) == (200, 'W/"2"')
    told = await counter.post(name, "tell", {"partner": POLICE})
    assert told.json()["incident"]["version"] == 3
    closed = await counter.post(name, "close", {"outcome": "handled", "note": "Contoh"})
    assert (closed.json()["incident"]["state"], closed.json()["incident"]["text"]) == ("closed", "Selesai")


@pytest.mark.parametrize(
    "same",
    [
        ({}, {"Idempotency-Key": "key-1"}),
        ({"source_ref": {"system": "cad", "ticket": "T-1"}}, {}),
    ],
)
async def test_the_same_again_is_answered_200(
    counter: Counter, same: tuple[dict[str, Any], dict[str, str]]
) -> None:
    """With the first one."""
    more, headers = same
    answers = [
        await counter.dispatcher.post("/v1/incidents", json=FIRE | more, headers=headers) for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json()["incident"]["id"] == answers[1].json()["incident"]["id"]


async def test_who_is_to_be_rung_stands_in_the_answer(counter: Counter) -> None:
    """BPBD is not connected."""
    opened = await counter.open(category="flood")
    assert opened["needs_phone_call"]
    assert opened["phone"] == [{"partner": BPBD, "name": "BPBD Contoh", "phone": "0741-00000"}]
    assert not opened["human_confirmed"]


async def test_lists_by_state_and_name(counter: Counter) -> None:
    """Nothing said: what is open and what is proposed."""
    made, _ = await propose(counter.desk.room, PROPOSAL)
    opened = await counter.open(source_ref={"system": "cad", "ticket": "T-2"})
    over = await counter.open()
    await counter.post(over["id"], "cancel", {"reason": "prank"})
    for query, wanted in (
        ("", {made.id, opened["id"]}),
        ("?open=true", {opened["id"]}),
        ("?proposed=true", {made.id}),
        ("?open=true&proposed=true", {made.id, opened["id"]}),
        ("?named=T-2", {opened["id"]}),
        (f"?named={over['id']}", {over["id"]}),
    ):
        listed = (await counter.clients[Role.APPROVER].get(f"/v1/incidents{query}")).json()
        assert {each["id"] for each in listed["incidents"]} == wanted, query
        assert listed["proposed"] == 1


async def test_a_proposal_is_decided(counter: Counter) -> None:
    """Taken up or let go, once."""
    made, _ = await propose(counter.desk.room, PROPOSAL)
    accepted = await counter.post(made.id, "proposal", {"accept": True}, headers={"If-Match": 'W/"1"'})
    assert accepted.json()["incident"]["state"] == "open"
    again = await counter.post(made.id, "proposal", {"accept": False})
    assert (again.status_code, again.json()["type"]) == (409, URN + "not-now")


async def test_two_incidents_are_linked_and_merged(counter: Counter) -> None:
    """Each with the other's id."""
    one, other = await counter.open(), await counter.open()
    linked = await counter.post(one["id"], "links", {"other": other["id"]})
    assert linked.status_code == 200
    merged = await counter.post(one["id"], "merge", {"into": other["id"]})
    assert (merged.json()["incident"]["state"], merged.json()["incident"]["merged_into"]) == (
        "merged",
        other["id"],
    )
    links = (await counter.dispatcher.get(f"/v1/incidents/{other['id']}")).json()["incident"]["links"]
    assert [(each["incident"], each["kind"]) for each in links] == [(one["id"], "merged")]


@pytest.mark.parametrize(
    ("verb", "body", "status", "problem"),
    [
        ("updates", {}, 422, "wrong-input"),
        ("updates", {"nik": "1571015203909901"}, 422, "wrong-input"),
        ("close", {"outcome": "gone"}, 422, "wrong-input"),
        ("merge", {"into": NOWHERE}, 404, "no-such-incident"),
        ("links", {"other": NOWHERE}, 404, "no-such-incident"),
        ("tell", {"partner": "nobody"}, 404, "no-such-partner"),
        ("tell", {"partner": "rsud"}, 409, "conflict"),
        ("proposal", {"accept": True}, 409, "not-now"),
    ],
)
async def test_what_cannot_be_done_is_said(
    counter: Counter, verb: str, body: Any, status: int, problem: str
) -> None:
    """As a problem with a stable name, and without what the caller sent."""
    opened = await counter.open()
    refused = await counter.post(opened["id"], verb, body)
    assert (refused.status_code, refused.json()["type"]) == (status, URN + problem)
    assert "1571015203909901" not in refused.text


@pytest.mark.parametrize(
    ("etag", "status", "problem"), [('W/"7"', 412, "changed-meanwhile"), ("x", 422, "wrong-input")]
)
async def test_what_was_not_seen_is_not_changed(
    counter: Counter, etag: str, status: int, problem: str
) -> None:
    """By every verb that an If-Match is read for."""
    opened = await counter.open()
    other = await counter.open()
    bodies = {
        "updates": {"severity": "minor"},
        "close": {"outcome": "handled"},
        "cancel": {"reason": "prank"},
        "merge": {"into": other["id"]},
        "proposal": {"accept": True},
    }
    for verb, body in bodies.items():
        refused = await counter.post(opened["id"], verb, body, headers={"If-Match": etag})
        assert (refused.status_code, refused.json()["type"]) == (status, URN + problem), verb


READERS = set(answering.PEOPLE)
CHANGERS = set(answering.DISPATCH)


@pytest.mark.parametrize("role", Role)
async def test_who_may_is_let_in_and_nobody_else(counter: Counter, role: Role) -> None:
    """Dispatchers and operators do all, approvers read; no partner, auditor or admin."""
    client = counter.clients[role]
    for path in ("/v1/incidents", f"/v1/incidents/{NOWHERE}"):
        assert ((await client.get(path)).status_code != 403) is (role in READERS), path
    assert ((await client.post("/v1/incidents", json={})).status_code != 403) is (role in CHANGERS)
    for verb in ("updates", "close", "cancel", "merge", "links", "tell", "proposal"):
        answer = await client.post(f"/v1/incidents/{NOWHERE}/{verb}", json={})
        assert (answer.status_code != 403) is (role in CHANGERS), verb


async def test_what_cannot_be_written_is_taken_up_with_202(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id, whom to ring, and that nobody was told."""

    async def full(*_: Any, **__: Any) -> Any:
        raise CannotWrite("disk full")

    monkeypatch.setattr(afloat, "open_incident", full)
    taken = await counter.dispatcher.post("/v1/incidents", json=FIRE)
    assert taken.status_code == 202
    said = taken.json()["incident"]
    assert said["text"].startswith("BELUM tersimpan")
    assert (said["needs_phone_call"], [each["partner"] for each in said["phone"]]) == (True, [DAMKAR])
    read = await counter.dispatcher.get(f"/v1/incidents/{said['id']}")
    assert (read.status_code, read.json()["type"]) == (503, URN + "not-written-yet")


async def test_what_was_written_is_answered_even_if_nothing_can_be_read_any_more(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 503 would have it sent again: who is told comes from the transaction that wrote it."""
    database = counter.desk.room.database
    write = database.write

    async def away(*_: Any, **__: Any) -> Any:
        raise CannotRead("disk I/O error")

    async def write_and_lose_it(*asked: Any, **more: Any) -> Any:
        written = await write(*asked, **more)
        monkeypatch.setattr(database, "read", away)
        return written

    monkeypatch.setattr(database, "write", write_and_lose_it)
    opened = await counter.dispatcher.post("/v1/incidents", json=FIRE | {"category": "flood"})
    assert opened.status_code == 201
    assert [each["partner"] for each in opened.json()["incident"]["phone"]] == [BPBD]
