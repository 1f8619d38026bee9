"""SATUSEHAT Rujukan: offer, answer, referral; resources built by hand after facts section 2.1."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.servicerequest import ServiceRequest
from fhir.resources.R4B.task import Task

from tests.sandbox.conftest import satusehat_token, trouble
from tests.sandbox.referring import forgotten, new_ask, until

BASE = "/satusehat/fhir-r4/v1"
TERMS = "http://terminology.kemkes.go.id"
LOCAL = "http://sys-ids.kemkes.go.id"
SNOMED = "http://snomed.info/sct"
NUMBER = f"{LOCAL}/referral-number-satusehat"
MITRA, ARAFAH = ("rs-mitra", "99000013"), ("rs-islam-arafah", "99000010")

Resource = dict[str, Any]


def concept(system: str, code: str) -> Resource:
    """Return a CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code}]}


def at(organization: str) -> Resource:
    """Return a reference to an Organization."""
    return {"reference": f"Organization/{organization}"}


def plan_of(ask: str, owner: str) -> Resource:
    """Return the CarePlan of an offer."""
    return {
        "resourceType": "CarePlan",
        "identifier": [{"system": f"{LOCAL}/careplan/{owner}", "value": ask}],
        "status": "active",
        "intent": "plan",
        "category": [concept(TERMS, "TK000068"), concept(SNOMED, "3457005")],
        "subject": {"display": "Pasien Contoh"},
    }


def task_of(ask: str, owner: str, target: str) -> Resource:
    """Return the Task that asks one hospital."""
    return {
        "resourceType": "Task",
        "identifier": [{"system": f"{LOCAL}/task/{owner}", "value": ask}],
        "status": "requested",
        "intent": "order",
        "priority": "stat",
        "code": concept(TERMS, "referral-approval-request"),
        "basedOn": [{"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"}],
        "owner": at(owner),
        "input": [{"type": {"text": "hospital"}, "valueReference": at(target)}],
    }


def offer_of(*resources: Resource) -> Resource:
    """Return the transaction."""
    entries = [
        {
            "fullUrl": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
            "resource": resource,
            "request": {"method": "POST", "url": resource["resourceType"]},
        }
        for number, resource in enumerate(resources, start=1)
    ]
    tag = {"system": TERMS, "code": "referral-approval"}
    return {"resourceType": "Bundle", "type": "transaction", "meta": {"tag": [tag]}, "entry": entries}


class Referrer:
    """Somebody with the platform's token of one organisation."""

    def __init__(self, client: httpx.Client, name: str, organization: str) -> None:
        self.client = client
        self.organization = organization
        self.token = satusehat_token(client, name, organization)

    def offer(self, ask: str, *targets: str) -> httpx.Response:
        """Offer a patient to each target."""
        own = self.organization
        tasks = [task_of(f"{ask}-{target}", own, target) for target in targets]
        bundle = offer_of(plan_of(ask, own), *tasks)
        Bundle.model_validate(bundle)
        return self.client.post(BASE, json=bundle, headers=self.token)

    def get(self, address: str) -> httpx.Response:
        """Read or search."""
        return self.client.get(f"{BASE}/{address}", headers=self.token)

    def refer(self, ask: str, plan: str, target: str) -> httpx.Response:
        """Send the patient to the hospital that accepted."""
        order = {
            "resourceType": "ServiceRequest",
            "identifier": [{"system": f"{LOCAL}/servicerequest/{self.organization}", "value": ask}],
            "status": "active",
            "intent": "original-order",
            "priority": "stat",
            "category": [concept(SNOMED, "3457005")],
            "code": concept(SNOMED, "385868005"),
            "basedOn": [{"reference": plan}],
            "subject": {"display": "Pasien Contoh"},
            "requester": at(self.organization),
            "performer": [at(target)],
        }
        return self.client.post(f"{BASE}/ServiceRequest", json=order, headers=self.token)


@pytest.fixture
def mitra(sandbox: httpx.Client) -> Iterator[Referrer]:
    """RS Mitra's own client; its hospital stays silent, and nothing is remembered afterwards."""
    with forgotten(sandbox):
        wish(sandbox, MITRA[0], "silent")
        yield Referrer(sandbox, *MITRA)


def wish(client: httpx.Client, hospital: str, decision: str, **more: Any) -> None:
    """Set at the door what a hospital does from now on."""
    content = {"decision": decision, "after_s": 0.02, **more}
    client.put(f"/door/referrals/{hospital}", json=content).raise_for_status()


def made(answer: httpx.Response) -> list[str]:
    """Return the addresses a transaction made: the CarePlan's first."""
    entries = answer.raise_for_status().json()["entry"]
    return [f"{each['response']['resourceType']}/{each['response']['resourceID']}" for each in entries]


def decided(client: httpx.Client, hospital: str, ask: str, decision: str) -> httpx.Response:
    """Let a hospital decide one ask now."""
    return client.post(f"/door/referrals/{hospital}/{ask}", json={"decision": decision})


def test_an_offer_is_kept_with_its_references(mitra: Referrer) -> None:
    """The transaction is answered entry by entry, and urn:uuid has become an address."""
    answer = mitra.offer(new_ask(), MITRA[1])
    assert (answer.status_code, answer.json()["type"]) == (200, "transaction-response")
    plan, task = made(answer)
    kept = mitra.get(task).json()
    Task.model_validate(kept)
    assert kept["basedOn"] == [{"reference": plan}]
    assert kept["status"] == "requested"
    assert mitra.get(plan).json()["intent"] == "plan"


def test_the_answer_stands_in_the_output(mitra: Referrer) -> None:
    """Completed either way; accepted or rejected is in the output, the owner stays ours."""
    for decision, said in (("accept", "accepted"), ("decline", "rejected")):
        wish(mitra.client, MITRA[0], decision)
        _, task = made(mitra.offer(new_ask(), MITRA[1]))
        until(lambda task=task: mitra.get(task).json()["status"], "completed")  # type: ignore[misc]  # bound
        kept = mitra.get(task).json()
        Task.model_validate(kept)
        assert kept["output"][0]["type"]["coding"][0]["code"] == "response-referral-task"
        assert kept["output"][0]["valueCoding"]["system"] == "http://hl7.org/fhir/task-status"
        assert kept["output"][0]["valueCoding"]["code"] == said
        assert kept["owner"] == at(MITRA[1])
        assert ("statusReason" in kept) is (said == "rejected")


def test_several_hospitals_are_asked_in_one_offer(mitra: Referrer) -> None:
    """Each answers its own Task; each sees its own, and neither the other's."""
    wish(mitra.client, ARAFAH[0], "accept")
    plan, own, other = made(mitra.offer(new_ask(), MITRA[1], ARAFAH[1]))
    until(lambda: mitra.get(other).json()["status"], "completed")
    assert mitra.get(own).json()["status"] == "requested"
    arafah = Referrer(mitra.client, *ARAFAH)
    assert arafah.get(other).status_code == 200
    for hidden in (own, plan):
        refusal = arafah.get(hidden)
        assert refusal.status_code == 403
        assert "business rule" in refusal.json()["issue"][0]["details"]["text"]
    assert [entry["resource"]["id"] for entry in arafah.get("Task").json()["entry"]] == [other[5:]]


def test_a_referral_gets_the_platforms_number(mitra: Referrer) -> None:
    """Ten digits, only after somebody accepted; found again by our own id."""
    ask = new_ask()
    plan, _ = made(mitra.offer(ask, MITRA[1]))
    assert mitra.refer(ask, plan, MITRA[1]).status_code == 400
    decided(mitra.client, MITRA[0], f"{ask}-{MITRA[1]}", "accept").raise_for_status()
    answer = mitra.refer(ask, plan, MITRA[1])
    assert answer.status_code == 201
    ServiceRequest.model_validate(answer.json())
    numbers = [row["value"] for row in answer.json()["identifier"] if row["system"] == NUMBER]
    assert [(len(number), number.isdecimal()) for number in numbers] == [(10, True)]
    found = mitra.get(f"ServiceRequest?identifier={LOCAL}/servicerequest/{MITRA[1]}|{ask}").json()
    assert [entry["resource"] for entry in found["entry"]] == [answer.json()]
    assert mitra.get("ServiceRequest?identifier=other").json()["total"] == 0


def test_what_exists_is_a_duplicate_and_nothing_of_it_is_kept(mitra: Referrer) -> None:
    """400 with code duplicate; a new Task in the same Bundle is not kept either."""
    ask = new_ask()
    plan, _ = made(mitra.offer(ask, MITRA[1]))
    answer = mitra.offer(ask, MITRA[1], ARAFAH[1])
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "duplicate")
    assert mitra.get("Task").json()["total"] == 1
    decided(mitra.client, MITRA[0], f"{ask}-{MITRA[1]}", "accept").raise_for_status()
    statuses = [mitra.refer(ask, plan, MITRA[1]).status_code for _ in range(2)]
    assert statuses == [201, 400]


def test_an_offer_whose_answer_was_lost_is_found_by_its_number(mitra: Referrer) -> None:
    """`reset_after` has kept it: searching by identifier is the way back."""
    ask = new_ask()
    trouble(mitra.client, MITRA[0], "reset_after", times=1)
    with pytest.raises(httpx.TransportError):
        mitra.offer(ask, MITRA[1])
    found = mitra.get(f"Task?identifier={LOCAL}/task/{MITRA[1]}|{ask}-{MITRA[1]}").json()
    assert found["total"] == 1


@pytest.mark.parametrize("name", ["owner", "identifier"])
def test_nobody_speaks_for_another_organisation(mitra: Referrer, name: str) -> None:
    """403 with the documented sentence for a Task of another owner, or another's local id."""
    foreign = {
        "owner": at(ARAFAH[1]),
        "identifier": [{"system": f"{LOCAL}/task/{ARAFAH[1]}", "value": new_ask()}],
    }
    task = {**task_of(new_ask(), MITRA[1], MITRA[1]), name: foreign[name]}
    bundle = offer_of(plan_of(new_ask(), MITRA[1]), task)
    answer = mitra.client.post(BASE, json=bundle, headers=mitra.token)
    assert answer.status_code == 403
    assert answer.json()["issue"][0]["details"]["text"] == "resource cannot be accessed due to business rule"
    assert mitra.get("Task").json()["total"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"status": "accepted"},
        {"code": concept(TERMS, "referral-pre-request")},
        {"input": [{"type": {"text": "hospital"}, "valueReference": at("null")}]},
        {"input": []},
        {"intent": None},
    ],
)
def test_offers_that_are_none_are_refused(mitra: Referrer, change: Resource) -> None:
    """Another step, nobody asked, no FHIR: 400 and nothing kept."""
    task = {
        name: value for name, value in {**task_of(new_ask(), MITRA[1], MITRA[1]), **change}.items() if value
    }
    bundle = offer_of(plan_of(new_ask(), MITRA[1]), task)
    answer = mitra.client.post(BASE, json=bundle, headers=mitra.token)
    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")
    assert mitra.get("CarePlan").json()["total"] == 0


@pytest.mark.parametrize(
    "bundle", [[], {"type": "batch"}, {"type": "transaction"}, {**offer_of(), "entry": [1]}, offer_of()]
)
def test_bundles_of_another_shape_are_refused(mitra: Referrer, bundle: object) -> None:
    """400, whatever they are."""
    assert mitra.client.post(f"{BASE}/", json=bundle, headers=mitra.token).status_code == 400


def test_a_task_is_withdrawn_by_patch(mitra: Referrer) -> None:
    """The placer cancels; the hospital's answer then finds nothing to answer; the owner stays."""
    ask = new_ask()
    _, task = made(mitra.offer(ask, MITRA[1]))
    headers = {**mitra.token, "Content-Type": "application/json-patch+json"}
    change = [{"op": "replace", "path": "/owner/reference", "value": f"Organization/{ARAFAH[1]}"}]
    assert mitra.client.patch(f"{BASE}/{task}", json=change, headers=headers).status_code == 400
    change = [{"op": "replace", "path": "/status", "value": "cancelled"}]
    assert mitra.client.patch(f"{BASE}/{task}", json=change, headers=headers).json()["status"] == "cancelled"
    assert decided(mitra.client, MITRA[0], f"{ask}-{MITRA[1]}", "accept").status_code == 422
    assert mitra.get(task).json()["status"] == "cancelled"


def test_who_had_accepted_can_no_longer(mitra: Referrer) -> None:
    """Failed with a reason, beside the output that accepted; no referral is taken any more."""
    ask = new_ask()
    wish(mitra.client, MITRA[0], "accept_then_fail", then_after_s=0.05)
    plan, task = made(mitra.offer(ask, MITRA[1]))
    until(lambda: mitra.get(task).json()["status"], "failed")
    assert mitra.get(task).json()["statusReason"]["coding"][0]["code"] == "bed_not_free"
    assert mitra.refer(ask, plan, MITRA[1]).status_code == 400


def test_without_a_token_there_is_nothing(sandbox: httpx.Client) -> None:
    """401 in the API manager's shape, for the offer too."""
    answer = sandbox.post(BASE, json=offer_of())
    assert (answer.status_code, "fault" in answer.json()) == (401, True)
