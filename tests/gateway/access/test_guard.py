"""Every route declares who may use it; the key comes before everything else."""

from datetime import timedelta

import pytest
from fastapi import APIRouter, Request, Response

from gateway.access.guard import PUBLIC, GuardedRoute, allow, principal, rule_of
from gateway.access.keys import GRACE
from gateway.access.roles import Role
from tests.gateway.gate import CANARY, NOW, Gate, key_for

YEAR = timedelta(days=365)


def _problem(response):
    return response.json()["type"].rsplit(":", 1)[1]


def test_a_route_without_a_role_cannot_be_built():
    """Forgetting @allow stops the start, not the auditor."""
    router = APIRouter(route_class=GuardedRoute)

    async def bare(request: Request) -> Response:
        return Response()

    with pytest.raises(TypeError, match="bare declares no role"):
        router.add_api_route("/bare", bare)


def test_allow_wants_roles_or_public_alone():
    """`@allow()` would mean nobody or everybody: neither is said by accident."""
    for who in ((), (PUBLIC, Role.ADMIN), ("admin",)):
        with pytest.raises(TypeError):
            allow(*who)


def test_what_a_route_declares_can_be_read_by_a_house_test():
    """The rule is a value on the endpoint."""

    @allow(Role.DISPATCHER, grace=True)
    async def ask() -> None: ...

    assert rule_of(ask).roles == {Role.DISPATCHER}
    assert rule_of(ask).grace


async def test_a_public_route_asks_for_no_key_and_has_no_principal():
    """Liveness is nobody's secret; asking who asked is a mistake there."""
    async with Gate([]) as gate, gate.caller() as caller:
        assert (await caller.get("/open")).text == "open"
        with pytest.raises(LookupError):
            principal(Request({"type": "http"}))


async def test_the_bearer_of_a_key_is_known():
    """Key, role and partner reach the route."""
    key, text = key_for(Role.PARTNER)
    async with Gate([key]) as gate, gate.caller(text) as caller:
        said = (await caller.get("/v1/who")).json()
    assert said == {"key": key.id, "role": "partner", "partner": "rsud-contoh", "grace": False}


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (None, "key-missing"),
        ("", "key-missing"),
        ("Basic Z3Ji", "key-missing"),
        ("Bearer", "key-missing"),
        ("Bearer ", "key-unknown"),
        ("Bearer grb_demo_abcdefghij_" + "a" * 43, "key-unknown"),
        ("Bearer grb_live_abcdefghij_" + "a" * 43, "key-other-environment"),
    ],
)
async def test_no_key_no_entrance(header, problem):
    """401 with the reason, and the scheme that is wanted."""
    key, _ = key_for(Role.DISPATCHER)
    async with Gate([key]) as gate, gate.caller() as caller:
        response = await caller.get("/v1/who", headers={} if header is None else {"Authorization": header})
    assert (response.status_code, _problem(response)) == (401, problem)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_the_scheme_is_read_in_any_case():
    """RFC 9110: authentication schemes are case-insensitive."""
    key, text = key_for(Role.DISPATCHER)
    async with Gate([key]) as gate, gate.caller() as caller:
        response = await caller.get("/v1/who", headers={"Authorization": f"bearer {text}"})
    assert response.status_code == 200


async def test_one_wrong_letter_is_a_wrong_key():
    """The whole text counts."""
    key, text = key_for(Role.DISPATCHER)
    wrong = text[:-1] + ("a" if text[-1] != "a" else "b")
    async with Gate([key]) as gate, gate.caller(wrong) as caller:
        assert _problem(await caller.get("/v1/who")) == "key-unknown"


async def test_guessing_at_a_known_id_sounds_like_any_unknown_key():
    """The answer does not tell which ids exist; the log tells whose key is being guessed at."""
    key, _ = key_for(Role.DISPATCHER)
    known, unknown = f"grb_demo_{key.id}_{'x' * 43}", f"grb_demo_abcdefghij_{'x' * 43}"
    async with Gate([key]) as gate:
        answers = []
        for text in (known, unknown):
            async with gate.caller(text) as caller:
                body = (await caller.get("/v1/who")).json()
                answers.append({name: value for name, value in body.items() if name != "request"})
        assert answers[0] == answers[1]
        assert [entry.object_id for entry in gate.notebook.entries] == [key.id, None]


async def test_a_role_that_is_not_listed_is_refused():
    """403, whoever else may."""
    for role in set(Role) - {Role.DISPATCHER, Role.OPERATOR}:
        key, text = key_for(role)
        async with Gate([key]) as gate, gate.caller(text) as caller:
            response = await caller.get("/v1/beds?need=icu")
        assert (response.status_code, _problem(response)) == (403, "role-not-allowed")


async def test_the_key_is_checked_before_the_body_is_read():
    """A stranger learns nothing of what a route wants, and costs no parsing."""
    async with Gate([]) as gate, gate.caller() as caller:
        response = await caller.post("/v1/persons", content=b"{" * 1000)
        assert _problem(response) == "key-missing"
        response = await caller.get("/v1/items/not-a-number")
        assert _problem(response) == "key-missing"


async def test_a_revoked_key_opens_nothing():
    """Its bearer is told so, since the key was real."""
    key, text = key_for(Role.DISPATCHER, revoked_at=NOW)
    async with Gate([key]) as gate, gate.caller(text) as caller:
        assert _problem(await caller.get("/v1/beds?need=icu")) == "key-revoked"
        assert gate.notebook.entries[0].actor.id == key.id


async def test_answers_in_the_last_thirty_days_say_when_the_key_ends():
    """A machine can watch the header; before that it is absent."""
    key, text = key_for(Role.OPERATOR)
    async with Gate([key]) as gate, gate.caller(text) as caller:
        assert "gerbang-key-expires" not in (await caller.get("/v1/who")).headers
        gate.clock.at = NOW + timedelta(days=336)
        assert (await caller.get("/v1/who")).headers["gerbang-key-expires"] == "2027-11-24T03:00:00+00:00"


async def test_a_dispatchers_expired_key_still_asks_for_beds_for_72_hours():
    """Nothing here may hold back an ambulance, least of all a forgotten date; each use alarms."""
    key, text = key_for(Role.DISPATCHER)
    async with Gate([key]) as gate, gate.caller(text) as caller:
        gate.clock.at = NOW + YEAR + timedelta(hours=71)
        response = await caller.get("/v1/beds?need=icu")
        assert response.status_code == 200
        assert response.headers["gerbang-key-expires"] == "2027-11-24T03:00:00+00:00"
        (alarm,) = gate.alarms.current()
        assert alarm.name == "key.grace"
        assert key.id in alarm.text
        gate.clock.at = NOW + YEAR + GRACE
        assert _problem(await caller.get("/v1/beds?need=icu")) == "key-expired"


async def test_grace_is_for_dispatchers_and_for_what_must_not_stop():
    """Not for another role, not for another route."""
    dispatcher, text = key_for(Role.DISPATCHER)
    operator, other = key_for(Role.OPERATOR)
    async with Gate([dispatcher, operator]) as gate:
        gate.clock.at = NOW + YEAR
        async with gate.caller(text) as caller:
            assert _problem(await caller.get("/v1/who")) == "key-expired"
        async with gate.caller(other) as caller:
            assert _problem(await caller.get("/v1/beds?need=icu")) == "key-expired"
        assert gate.alarms.current() == []


async def test_a_refusal_leaves_one_entry_without_any_secret():
    """Who, which route by its template, why; never the key's text or the path's content."""
    key, text = key_for(Role.AUDITOR)
    async with Gate([key]) as gate, gate.caller(text) as caller:
        response = await caller.get(f"/v1/items/{CANARY}", headers={"X-Nik": CANARY})
        (entry,) = gate.notebook.entries
    assert (entry.act, entry.outcome, entry.code) == ("access.refused", "refused", "role-not-allowed")
    assert (entry.actor.id, entry.actor.role) == (key.id, "auditor")
    assert entry.detail == {"route": "/v1/items/{item}", "source": "192.0.2.0/24"}
    assert entry.request == response.headers["gerbang-request-id"]
    assert CANARY not in repr(entry)
    assert text not in repr(entry)


async def test_a_gateway_without_its_door_lets_nobody_in():
    """A wiring mistake fails closed."""
    key, text = key_for(Role.DISPATCHER)
    async with Gate([key]) as gate, gate.caller(text) as caller:
        del gate.app.state.door
        assert (await caller.get("/v1/who")).status_code == 500


async def test_a_partial_match_of_the_method_is_no_way_round():
    """HEAD, OPTIONS and invented methods reach nothing."""
    async with Gate([]) as gate, gate.caller() as caller:
        for method in ("HEAD", "OPTIONS", "POST", "FOO"):
            assert (await caller.request(method, "/v1/beds")).status_code == 405
