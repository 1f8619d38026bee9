"""Contacts over HTTP: admins only, masked, each change with its entry."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from gateway.access.roles import Role
from gateway.db import Database
from gateway.waking import routes
from tests.gateway.gate import Gate, Notebook, key_for

from .conftest import DEPUTY, HEAD, MAIL, NUMBER, Office, Pigeon, partner_of

STRANGER = "a-zzzzzzzzzz"
PATH = f"/v1/accounts/{HEAD}/contacts"


@dataclass
class Desk:
    """An admin's client, an approver's, and the room behind."""

    admin: httpx.AsyncClient
    approver: httpx.AsyncClient
    office: Office

    async def add(self, address: str = MAIL, path: str = PATH) -> httpx.Response:
        """Add an address."""
        return await self.admin.post(path, json={"address": address})


@pytest.fixture
async def desk(started: tuple[Database, Notebook]) -> AsyncIterator[Desk]:
    """Put the room behind the real door."""
    office = Office(*started, [partner_of(Pigeon("mailto:"))])
    keys = {role: key_for(role) for role in (Role.ADMIN, Role.APPROVER)}
    async with Gate([key for key, _ in keys.values()]) as gate:
        gate.app.include_router(routes.router)
        gate.app.state.waking = office.room
        async with gate.caller(keys[Role.ADMIN][1]) as admin, gate.caller(keys[Role.APPROVER][1]) as approver:
            yield Desk(admin, approver, office)


async def test_an_address_is_added_shown_and_removed(desk: Desk) -> None:
    """Masked in every answer, and out of use afterwards."""
    added = await desk.add()
    assert added.status_code == 201
    contact = added.json()["contact"]
    assert (contact["account"], contact["address"], contact["language"]) == (
        HEAD,
        "mailto:k***@dinkes.example",
        "id",
    )
    listed = (await desk.admin.get(PATH)).json()
    assert listed == {"environment": "demo", "contacts": [contact]}
    assert await desk.office.plan(HEAD) == 1
    assert (await desk.admin.delete(f"{PATH}/{contact['id']}")).status_code == 204
    assert (await desk.admin.get(PATH)).json()["contacts"] == []
    assert await desk.office.plan(HEAD, object_id=NUMBER) == 0
    for act, outcome in (
        ("contact.added", "added"),
        ("contact.listed", "answered"),
        ("contact.removed", "removed"),
    ):
        entry = desk.office.notebook.of(act)[0]
        assert (entry.outcome, entry.actor.role) == (outcome, "admin")
        assert "dinkes" not in repr(entry)


async def test_the_same_address_is_one_contact(desk: Desk) -> None:
    """The browser sends its subscription each time it is asked."""
    first, second = (await desk.add()).json(), (await desk.add()).json()
    assert first == second
    assert desk.office.told("contact.added") == ["added", "repeated"]


@pytest.mark.parametrize(
    ("address", "code"),
    [("kepala", "address"), ("tel:+6281200000001", "no_way"), ("push:{}", "subscription")],
)
async def test_what_reaches_nobody_is_refused_by_its_field(desk: Desk, address: str, code: str) -> None:
    """A contact that no partner leads to would be a false comfort."""
    answer = await desk.add(address)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("body.address", code)
    assert address not in answer.text or len(address) < 10


async def test_ten_are_enough(desk: Desk) -> None:
    """A named problem, not a flood."""
    statuses = [(await desk.add(f"mailto:a{number}@b.example")).status_code for number in range(11)]
    assert statuses == [201] * 10 + [409]


async def test_strangers_and_others_contacts_are_not_found(desk: Desk) -> None:
    """One account's contact is nothing of another's."""
    contact = (await desk.add()).json()["contact"]["id"]
    other = f"/v1/accounts/{DEPUTY}/contacts/{contact}"
    assert (await desk.admin.delete(other)).json()["type"].endswith("no-such-contact")
    stranger = f"/v1/accounts/{STRANGER}/contacts"
    for answer in (await desk.add(path=stranger), await desk.admin.get(stranger)):
        assert answer.status_code == 404
        assert answer.json()["type"].endswith("no-such-account")
    assert desk.office.told("contact.removed") == ["refused"]


async def test_only_admins(desk: Desk) -> None:
    """Whoever could add an address could read whom the head is woken for."""
    for answer in (
        await desk.approver.get(PATH),
        await desk.approver.post(PATH, json={"address": MAIL}),
        await desk.approver.delete(f"{PATH}/c-abcdefghijklmnop"),
    ):
        assert answer.status_code == 403
