"""Referrals at an independent FHIR R4 server over a real socket: stored, read back, and one of each."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from adapters.hospital import ADAPTER
from adapters.hospital.referral_parts import checked
from adapters.hospital.settings import Settings
from contracts import AnswerState, ReferralAnswer, ReferralAsk, Step, TakesReferrals, Urgency
from tests.trust import TRUST

from .asks import ASKS, FULL, ROUTINE, at
from .sent import everything
from .test_oracle import server

__all__ = ["server"]  # pytest finds the fixture here

pytestmark = pytest.mark.slow
# What the server itself adds, or the transaction's own names, which it replaces.
ADDED = ("id", "meta", "text")


@pytest.fixture(scope="module")
def organizations(server: str) -> None:
    """Have the organisations there that references lead to."""
    for key in ("99000001", "99000010", "99000112"):
        body = {"resourceType": "Organization", "id": key, "name": "RS Contoh"}
        httpx.put(f"{server}/Organization/{key}", json=body, timeout=30, verify=TRUST).raise_for_status()


async def ask_once(server: str, ask: ReferralAsk, **settings: Any) -> ReferralAnswer:
    """Convey once over a new connection."""
    configured = Settings.model_validate({"base_url": server, **settings})
    async with httpx.AsyncClient(timeout=60, verify=TRUST) as client:
        hospital = ADAPTER.connect(configured, client)
        assert isinstance(hospital, TakesReferrals)
        return await hospital.convey_referral(ask, key=ask.id)


def kept(server: str, kind: str, ask: ReferralAsk) -> list[dict[str, Any]]:
    """Return what the server has of *kind* under the ask's identifier."""
    page = httpx.get(
        f"{server}/{kind}", params={"identifier": f"urn:gerbang:ask|{ask.id}"}, timeout=30
    ).json()
    return [entry["resource"] for entry in page.get("entry", []) if entry["resource"]["resourceType"] == kind]


def say(server: str, task: dict[str, Any], **elements: Any) -> None:
    """Change a Task as the hospital would."""
    response = httpx.put(f"{server}/Task/{task['id']}", json=task | elements, timeout=30, verify=TRUST)
    assert response.status_code == 200, response.text[:500]


def bare(resource: dict[str, Any]) -> dict[str, Any]:
    """Return what is ours of a resource; a drill's mark stands in meta and is ours."""
    ours = {name: part for name, part in resource.items() if name not in ADDED}
    return ours | {"security": resource.get("meta", {}).get("security")}


def test_everything_we_send_is_stored_and_read_back(server: str, organizations: None) -> None:
    """Each resource of each referral, element by element."""
    count = 0
    for name, resource in everything():
        if resource["resourceType"] == "Bundle":
            continue
        plain = json.loads(checked({key: part for key, part in resource.items() if key != "id"}))
        made = httpx.post(f"{server}/{plain['resourceType']}", json=plain, timeout=30, verify=TRUST)
        assert made.status_code == 201, f"{name}: {made.text[:500]}"
        back = httpx.get(
            f"{server}/{plain['resourceType']}/{made.json()['id']}", timeout=30, verify=TRUST
        ).json()
        assert bare(back) == bare(plain), name
        count += 1
    assert count > 100


@pytest.mark.parametrize("name", ["full", "bare", "unknown"])
def test_an_offer_to_the_platform_is_a_transaction_anybody_takes(
    server: str, organizations: None, name: str
) -> None:
    """Task and CarePlan are made together, and the Task leads to the plan."""
    offer = next(resource for key, resource in everything() if key == f"{name}/offer")
    made = httpx.post(
        server, content=checked(offer), headers={"content-type": "application/fhir+json"}, timeout=60
    )
    assert made.status_code == 200, made.text[:500]
    places = [entry["response"]["location"] for entry in made.json()["entry"]]
    where = next(place for place in places if "Task/" in place).partition("/_history")[0].rpartition("/")[2]
    task = httpx.get(f"{server}/Task/{where}", timeout=30, verify=TRUST).json()
    plan = httpx.get(
        f"{server}/{task['basedOn'][0]['reference'].rpartition('fhir/')[2]}", timeout=30, verify=TRUST
    ).json()
    sent_plan, sent_task = (entry["resource"] for entry in offer["entry"])
    assert bare(plan) == bare(sent_plan)
    assert {key: part for key, part in bare(task).items() if key != "basedOn"} == {
        key: part for key, part in bare(sent_task).items() if key != "basedOn"
    }


@pytest.mark.parametrize("conditional", [None, False])
@pytest.mark.parametrize("name", ["full", "unknown"])
async def test_the_whole_way(server: str, organizations: None, conditional: bool | None, name: str) -> None:
    """Asked three times over, accepted, chosen, under way, arrived: one of each, and both completed."""
    ask = replace(ASKS[name], id=f"q-{name}-{conditional}")
    for _ in range(3):
        answer = await ask_once(server, replace(ask, sent_before=True), conditional_create=conditional)
    (task,) = kept(server, "Task", ask)
    say(server, task, status="accepted")
    placed = replace(ask, place=answer.place)
    for step in (Step.CHOSEN, Step.UNDER_WAY, Step.ARRIVED, Step.ARRIVED):
        answer = await ask_once(server, at(placed, step), conditional_create=conditional)
        assert answer.step is step
    (task,), (request,) = kept(server, "Task", ask), kept(server, "ServiceRequest", ask)
    assert (answer.state, task["status"], request["status"]) == (
        AnswerState.ARRIVED,
        "completed",
        "completed",
    )


async def test_taken_back_before_and_after_departure(server: str, organizations: None) -> None:
    """Cancelled and revoked; once under way, one abort Task."""
    before, after = replace(FULL, id="q-taken-back"), replace(FULL, id="q-stopped")
    for ask in (before, after):
        await ask_once(server, ask)
    (task,) = kept(server, "Task", after)
    say(server, task, status="in-progress")
    for ask in (before, after, after):
        await ask_once(server, at(ask, Step.WITHDRAWN, why="cancelled", sent_before=True))
    assert [task["status"] for task in kept(server, "Task", before)] == ["cancelled"]
    assert [task["status"] for task in kept(server, "Task", after)] == ["in-progress"]
    aborts = kept(server, "Task", replace(after, id="q-stopped/abort"))
    assert [task["code"]["coding"][0]["code"] for task in aborts] == ["abort"]
    for ask in (before, after):
        assert [request["status"] for request in kept(server, "ServiceRequest", ask)] == ["revoked"]


async def test_it_has_become_an_emergency(server: str, organizations: None) -> None:
    """The same two resources, raised."""
    ask = replace(ROUTINE, id="q-worse")
    await ask_once(server, ask)
    await ask_once(server, replace(ask, urgency=Urgency.EMERGENCY, criteria=FULL.criteria))
    (task,), (request,) = kept(server, "Task", ask), kept(server, "ServiceRequest", ask)
    assert (task["priority"], request["priority"]) == ("stat", "stat")
    assert len(request["reasonCode"]) == 3
