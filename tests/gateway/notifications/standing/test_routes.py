"""Standing and tests over HTTP: admins only, each with its entries, in words a person can act on."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import httpx
import pytest

from contracts import NoAnswer, PartnerError, Progress, Receipt, Refused, Unreachable
from gateway.access.roles import Role
from gateway.db import Database
from gateway.notifications import standing_routes
from gateway.notifications.counting import counter
from gateway.partners import routes as partner_routes
from gateway.partners.shape import Standing
from tests.gateway.gate import Gate, key_for

from .agencies import Agency, Centre, partner
from .conftest import Started


@dataclass(frozen=True, slots=True)
class Desk:
    """A gate with the routes of partners before a centre, and who stands at it."""

    gate: Gate
    centre: Centre
    agency: Agency
    keys: dict[Role, str]

    async def ask(self, method: str, path: str, body: Any = None, role: Role = Role.ADMIN) -> httpx.Response:
        """Ask as that role."""
        async with self.gate.caller(self.keys[role]) as caller:
            return await caller.request(method, f"/v1/partners{path}", json=body)


@pytest.fixture
async def desk(started: Started) -> AsyncIterator[Desk]:
    """A planned agency with a system, and one that has only a telephone."""
    agency = Agency()
    centre = Centre(*started, partner("bpbd", agency, Standing.PLANNED), partner("satpol", None))
    made = {role: key_for(role) for role in Role if role is not Role.DUTY}
    gate = Gate([key for key, _ in made.values()])
    gate.app.include_router(standing_routes.router)
    gate.app.include_router(partner_routes.router)
    gate.app.state.notifications = centre.room
    gate.app.state.registry = centre.room.registry
    gate.app.state.burdens = counter(centre.room.database)
    gate.app.state.recorder = centre.notebook
    gate.app.state.settings = cast(Any, _Settings)
    async with gate:
        yield Desk(gate, centre, agency, {role: text for role, (_, text) in made.items()})


class _Settings:
    environment = "demo"


LIVE = {"standing": "live", "reason": "sistem siap"}


async def test_going_live_is_answered_with_what_became_of_what_waited(desk: Desk) -> None:
    """In figures, and the page of partners shows it at once."""
    await desk.centre.tell("i-flood", 1)
    before = (await desk.ask("GET", "")).json()["partners"][0]
    assert (before["standing"], before["standing_since"], before["held"]) == ("planned", None, 1)
    answer = await desk.ask("POST", "/bpbd/standing", LIVE)
    assert answer.status_code == 200
    done = answer.json()
    assert (done["before"], done["standing"], done["name"], done["phone"]) == (
        "planned",
        "live",
        "BPBD",
        "0741-112",
    )
    assert (done["released"], done["held"], done["finished"]) == (1, 0, True)
    after = (await desk.ask("GET", "")).json()["partners"][0]
    assert (after["standing"], after["standing_since"]) == ("live", done["since"])
    assert (after["held"], after["waiting"], after["alarmed"], after["dead"]) == (0, 1, 0, 0)
    assert after["capabilities"] == ["takes_alerts", "takes_changes"]


async def test_while_the_database_is_away_the_page_says_not_known(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never 0."""
    await desk.centre.room.database.close()

    async def away(_: object) -> None:
        from gateway.db import CannotRead

        raise CannotRead("away")

    monkeypatch.setattr(Database, "read", away)
    desk.gate.app.state.burdens = lambda: away(None)
    (bpbd, _) = (await desk.ask("GET", "")).json()["partners"]
    assert [bpbd[name] for name in ("held", "waiting", "alarmed", "dead")] == [None] * 4


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.DUTY)])
@pytest.mark.parametrize(("path", "body"), [("/bpbd/standing", LIVE), ("/bpbd/test", None)])
async def test_only_admins_say_how_a_partner_stands(
    desk: Desk, role: Role, path: str, body: dict[str, str] | None
) -> None:
    """Nobody else, and nothing is sent for them."""
    answer = await desk.ask("POST", path, body, role)
    assert answer.status_code == 403
    assert desk.centre.room.registry.partners["bpbd"].standing is Standing.PLANNED


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"standing": "soon", "reason": "siap"}, "body.standing"),
        ({"standing": "live"}, "body.reason"),
        ({"standing": "live", "reason": ""}, "body.reason"),
        ({"standing": "live", "reason": "x" * 301}, "body.reason"),
        ({"standing": "live", "reason": "siap", "force": True}, "body.force"),
    ],
)
async def test_what_is_not_acceptable_is_named(desk: Desk, body: dict[str, Any], field: str) -> None:
    """By its field."""
    answer = await desk.ask("POST", "/bpbd/standing", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("path", ["/polres/standing", "/polres/test"])
async def test_who_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    """By its own problem."""
    answer = await desk.ask("POST", path, LIVE if path.endswith("standing") else None)
    assert answer.json()["type"] == "urn:gerbang:problem:no-such-partner"


@pytest.mark.parametrize("how", [Standing.ONBOARDING, Standing.LIVE])
async def test_a_test_is_sent_and_what_came_of_it_is_said(desk: Desk, how: Standing) -> None:
    """With its intent and its outcome in the log, by the same request."""
    desk.centre.room.registry.partners["bpbd"].standing = how
    desk.agency.receipts = (Receipt("n-any", Progress.RECEIVED, reference="T-1"),)
    answer = await desk.ask("POST", "/bpbd/test")
    done = answer.json()
    assert (done["taken"], done["outcome"], done["words"]) == (True, "answered", "its system took the test")
    assert done["receipts"] == [{"state": "received", "reference": "T-1"}]
    (test,) = desk.agency.alerts
    assert (test.kind, test.drill, test.live, test.number, test.reply_to) == ("test", True, False, 0, None)
    request = answer.headers["Gerbang-Request-Id"]
    assert desk.centre.acts(request) == ["partner.testing", "partner.tested"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Unreachable(), "it cannot be reached; telephone 0741-112"),
        (NoAnswer(), "it gave no answer; it may have the test; telephone 0741-112"),
        (Refused("not today", code="closed"), "it said no (closed: not today); telephone 0741-112"),
    ],
)
async def test_a_test_that_fails_says_where_to_ring(desk: Desk, fault: PartnerError, words: str) -> None:
    """It is answered, not an error of ours."""
    desk.centre.room.registry.partners["bpbd"].standing = Standing.LIVE
    desk.agency.faults.append(fault)
    done = (await desk.ask("POST", "/bpbd/test")).json()
    assert (done["taken"], done["words"]) == (False, words)


async def test_a_planned_partner_is_sent_no_test(desk: Desk) -> None:
    """That nothing was sent is said, and in the log."""
    answer = await desk.ask("POST", "/bpbd/test")
    assert (answer.json()["outcome"], answer.json()["reason"]) == ("not_asked", "standing")
    assert desk.agency.alerts == []
    assert desk.centre.acts(answer.headers["Gerbang-Request-Id"]) == ["partner.tested"]


async def test_a_partner_without_a_system_has_none_to_test(desk: Desk) -> None:
    """It is telephoned."""
    answer = await desk.ask("POST", "/satpol/test")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:gerbang:problem:partner-takes-no-alerts")
