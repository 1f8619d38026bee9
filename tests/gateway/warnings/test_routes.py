"""Warnings over HTTP: who may read them, and that none comes without its age and whose it is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from contracts import Unreachable
from gateway.access.roles import Role
from gateway.warnings import routes
from tests.gateway.gate import Gate, key_for

from . import builders
from .builders import ELSEWHERE, HOUR
from .conftest import Desk

MAY = {Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.ADMIN}


@pytest.fixture
async def clients(desk: Desk) -> AsyncIterator[dict[Role, httpx.AsyncClient]]:
    """Put the room behind the real door."""
    keys = {role: key_for(role) for role in Role}
    async with Gate([key for key, _ in keys.values()]) as gate:
        gate.app.include_router(routes.router)
        gate.app.state.warnings = desk.room
        callers = {role: gate.caller(text) for role, (_, text) in keys.items()}
        yield callers
        for each in callers.values():
            await each.aclose()


async def asked(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    """Return the answer."""
    answer = await client.get("/v1/warnings", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def two(desk: Desk) -> Any:
    """Return a round with one warning here and one elsewhere."""
    at = datetime.now(UTC)
    times = {"sent_at": at, "effective_at": at, "expires_at": at + HOUR}
    return desk.round(builders.warned("far", rings=(ELSEWHERE,), **times), builders.warned("near", **times))


async def test_who_may_read_them(clients: dict[Role, httpx.AsyncClient]) -> None:
    """Whoever dispatches, decides or runs the house."""
    statuses = {role: (await client.get("/v1/warnings")).status_code for role, client in clients.items()}
    assert {role for role, status in statuses.items() if status == 200} == MAY
    assert {status for role, status in statuses.items() if role not in MAY} == {403}


async def test_each_says_whose_it_is_and_how_old(desk: Desk, clients: dict[Role, httpx.AsyncClient]) -> None:
    """What touches us first; the list with its own age; the look is written down."""
    await two(desk)
    found = await asked(clients[Role.OPERATOR])
    near, far = found["warnings"]
    assert (near["identifier"], near["touches"], far["touches"]) == ("near", True, False)
    assert near["attribution"] == "Badan Contoh"
    assert (near["state"], near["age_s"], near["seen_age_s"]) == ("in_force", 0, 0)
    assert "15.71" in near["areas"]
    assert near["area_names"]
    assert near["incident"].startswith("i-")
    (feed,) = found["feeds"]
    assert (feed["name"], feed["outcome"], feed["age_s"], feed["unread"]) == (
        *("Cuaca Contoh", "answered", 0, 0),
    )
    assert found["environment"] == "demo"
    assert [each.outcome for each in desk.notebook.of("warning.listed")] == ["answered"]


async def test_only_what_touches_us(desk: Desk, clients: dict[Role, httpx.AsyncClient]) -> None:
    """For a screen with little room."""
    await two(desk)
    found = await asked(clients[Role.DISPATCHER], touching="true")
    assert [each["identifier"] for each in found["warnings"]] == ["near"]


async def test_what_has_ended_is_listed_by_itself(desk: Desk, clients: dict[Role, httpx.AsyncClient]) -> None:
    """Also what is over by its own word and was not written down as such yet."""
    await two(desk)
    void = builders.warned("c", is_cancel=True, cancels=("near",), rings=())
    await desk.round(void)
    found = await asked(clients[Role.OPERATOR], ended="true")
    assert [(each["identifier"], each["state"]) for each in found["warnings"]] == [("near", "cancelled")]
    found = await asked(clients[Role.OPERATOR])
    assert [(each["identifier"], each["state"]) for each in found["warnings"]] == [("far", "stale")]


async def test_a_list_nobody_has_read_says_so(desk: Desk, clients: dict[Role, httpx.AsyncClient]) -> None:
    """No warnings is not the same as nobody has looked."""
    desk.authority.fault = Unreachable("dns")
    await desk.round()
    (feed,) = (await asked(clients[Role.OPERATOR]))["feeds"]
    assert (feed["outcome"], feed["reason"], feed["as_of"], feed["age_s"]) == (
        "unreachable",
        "dns",
        None,
        None,
    )


async def test_a_misspelt_question_is_refused(clients: dict[Role, httpx.AsyncClient]) -> None:
    """It would silently list something else."""
    answer = await clients[Role.OPERATOR].get("/v1/warnings?touch=true")
    assert answer.status_code == 422
