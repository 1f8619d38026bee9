"""Keys by API: admins make, list and revoke them; the text is seen once."""

from datetime import UTC, datetime

import pytest

from gateway.access import store
from gateway.access.roles import Role
from tests.gateway.gate import CANARY, Gate, key_for

DESK = {"role": "dispatcher", "holder": "Dispatch desk 1"}


@pytest.fixture
async def admin(kept):
    """Open a gate over a real database with one admin key; give it, a caller and the key's id."""
    now = datetime.now(UTC)  # the routes tell the time by themselves
    key, text = key_for(Role.ADMIN, at=now)
    await kept.database.write(lambda connection: store.insert_key(connection, key), entries=[object()])
    gate = Gate([], database=kept.database)
    gate.notebook.entries = kept.notebook.entries
    gate.notebook.entries.clear()
    gate.clock.at = now
    async with gate, gate.caller(text) as caller:
        yield gate, caller, key


async def test_a_new_key_is_shown_once_and_opens_at_once(admin):
    """201 with the text; neither list nor log ever show it again."""
    gate, caller, key = admin
    made = await caller.post("/v1/keys", json=DESK)
    text = made.json()["key"]
    assert made.status_code == 201
    async with gate.caller(text) as newcomer:
        assert (await newcomer.get("/v1/who")).json()["role"] == "dispatcher"
    listed = await caller.get("/v1/keys")
    assert [each["role"] for each in listed.json()["keys"]] == ["admin", "dispatcher"]
    assert text not in listed.text
    assert text.split("_")[3] not in repr(gate.notebook.entries)
    (entry,) = gate.notebook.of("key.created")
    assert (entry.outcome, entry.actor.id, entry.object_id) == ("created", key.id, text.split("_")[2])
    assert "Dispatch desk" not in repr(entry)
    assert len(gate.notebook.of("key.listed")) == 1


async def test_a_revoked_key_is_out_at_once_and_a_second_time_changes_nothing(admin):
    """DELETE is repeatable; both times are written down."""
    gate, caller, _ = admin
    text = (await caller.post("/v1/keys", json=DESK)).json()["key"]
    key_id = text.split("_")[2]
    first = await caller.delete(f"/v1/keys/{key_id}")
    second = await caller.delete(f"/v1/keys/{key_id}")
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert first.json()["access_key"]["state"] == "revoked"
    async with gate.caller(text) as former:
        assert (await former.get("/v1/who")).status_code == 401
    assert [entry.outcome for entry in gate.notebook.of("key.revoked")] == ["revoked", "repeated"]


async def test_the_same_idempotency_key_makes_one_key(admin):
    """A repeated POST gets the same key without its text; another order under it is a conflict."""
    gate, caller, _ = admin
    header = {"Idempotency-Key": "order-1"}
    first = await caller.post("/v1/keys", json=DESK, headers=header)
    again = await caller.post("/v1/keys", json=DESK, headers=header)
    other = await caller.post("/v1/keys", json=DESK | {"role": "auditor"}, headers=header)
    longer = await caller.post("/v1/keys", json=DESK | {"days": 700}, headers=header)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (other.status_code, longer.status_code) == (409, 409)
    assert again.json()["key"] is None
    assert again.json()["access_key"] == first.json()["access_key"]
    assert [entry.outcome for entry in gate.notebook.of("key.created")] == [
        "created",
        "repeated",
        "conflict",
        "conflict",
    ]
    assert len(gate.ring.keys) == 2


async def test_a_partners_key_names_a_partner_that_exists(admin):
    """One that is configured, and only for that role."""
    _, caller, _ = admin
    partner = {"role": "partner", "holder": "RSUD contoh"}
    made = await caller.post("/v1/keys", json=partner | {"partner": "rsud-contoh"})
    assert made.json()["access_key"]["partner"] == "rsud-contoh"
    unknown = await caller.post("/v1/keys", json=partner | {"partner": "rsud-lain"})
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:gerbang:problem:no-such-partner")
    for body in (partner, DESK | {"partner": "rsud-contoh"}):
        wrong = await caller.post("/v1/keys", json=body)
        assert [error["field"] for error in wrong.json()["errors"]] == ["body.partner"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "root"}, "body.role"),
        ({"holder": ""}, "body.holder"),
        ({"holder": f"Siti {CANARY}"}, "body.holder"),
        ({"holder": "line\nbreak"}, "body.holder"),
        ({"holder": "Siti 15710-15203-90990-1"}, "body.holder"),
        ({"holder": "desk \u202eone"}, "body.holder"),
        ({"days": 0}, "body.days"),
        ({"days": 731}, "body.days"),
        ({"days": "30"}, "body.days"),
        ({"days": True}, "body.days"),
        ({"surprise": 1}, "body.surprise"),
    ],
)
async def test_what_is_not_acceptable_is_named(admin, change, field):
    """Strict: no unknown field, no text for a number, no number of a person as a holder."""
    _, caller, _ = admin
    answer = await caller.post("/v1/keys", json=DESK | change)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert CANARY not in answer.text


async def test_a_body_that_is_not_declared_as_json_is_told_what_to_say(admin):
    """`curl -d` without a header, a newcomer's first mistake: 415 with the header to send."""
    _, caller, _ = admin
    answer = await caller.post(
        "/v1/keys", content=b'{"role":"admin"}', headers={"Content-Type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:gerbang:problem:media-type")
    assert "application/json" in answer.json()["detail"]


async def test_an_unknown_key_cannot_be_revoked(admin):
    """404, and nothing is written."""
    gate, caller, _ = admin
    assert (await caller.delete("/v1/keys/abcdefghij")).status_code == 404
    assert (await caller.delete(f"/v1/keys/{CANARY}")).status_code == 422
    assert gate.notebook.of("key.revoked") == []


async def test_keys_are_for_admins(admin):
    """No other role reads or changes them."""
    gate, caller, _ = admin
    for role in set(Role) - {Role.ADMIN, Role.DUTY}:  # a duty officer is a person, and has no key
        body = {"role": role, "holder": "desk"} | ({"partner": "rsud-contoh"} if role is Role.PARTNER else {})
        text = (await caller.post("/v1/keys", json=body)).json()["key"]
        async with gate.caller(text) as other:
            answers = [
                await other.get("/v1/keys"),
                await other.post("/v1/keys", json=DESK),
                await other.delete("/v1/keys/abcdefghij"),
            ]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
