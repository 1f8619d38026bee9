"""What a test writes when it refers somebody: resources built by hand, not by our adapter."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx

ASK, REFERRAL = "urn:gerbang:ask", "urn:gerbang:referral"
_NUMBERS = count(1)

Resource = dict[str, Any]


def new_ask() -> str:
    """Return an ask's id nobody has used yet."""
    return f"k-{next(_NUMBERS):06}"


def order(ask: str, *, need: str = "icu", priority: str = "stat", **more: Any) -> Resource:
    """Return a ServiceRequest for a bed."""
    return {
        "resourceType": "ServiceRequest",
        "identifier": [{"system": ASK, "value": ask}],
        "requisition": {"system": REFERRAL, "value": "r-contoh"},
        "status": "active",
        "intent": "order",
        "priority": priority,
        "code": {"coding": [{"system": "urn:contoh:need", "code": need}], "text": need},
        "contained": [{"resourceType": "Patient", "id": "patient", "name": [{"text": "Pasien Contoh"}]}],
        "subject": {"reference": "#patient"},
        "authoredOn": "2026-11-23T03:00:00Z",
        **more,
    }


def question(ask: str, focus: str, *, code: str = "fulfill", **more: Any) -> Resource:
    """Return a Task that asks about *focus*."""
    coding = {"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": code}
    return {
        "resourceType": "Task",
        "identifier": [{"system": ASK, "value": ask}],
        "status": "requested",
        "intent": "order",
        "code": {"coding": [coding]},
        "focus": {"reference": focus},
        "authoredOn": "2026-11-23T03:00:00Z",
        "lastModified": "2026-11-23T03:00:00Z",
        **more,
    }


class Hospital:
    """One plain hospital, spoken to with its own token."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        self.name = name
        self.client = client
        self.base = f"/rs/{name}/fhir"
        self.token = {"Authorization": f"Bearer demo-{name}"}

    def create(self, resource: Resource, *, once: str | None = None) -> httpx.Response:
        """Create, with If-None-Exist by the ask *once*."""
        headers = {**self.token} | ({"If-None-Exist": f"identifier={ASK}|{once}"} if once else {})
        return self.client.post(f"{self.base}/{resource['resourceType']}", json=resource, headers=headers)

    def ask(self, ask: str, **more: Any) -> Resource:
        """Refer somebody; return the Task as kept."""
        kept = self.create(order(ask, **more)).raise_for_status().json()
        return self.create(question(ask, f"ServiceRequest/{kept['id']}")).raise_for_status().json()

    def task(self, task_id: str) -> Resource:
        """Read a Task."""
        return self.client.get(f"{self.base}/Task/{task_id}", headers=self.token).raise_for_status().json()

    def search(self, address: str, **headers: str) -> httpx.Response:
        """Search below the server's base."""
        return self.client.get(f"{self.base}/{address}", headers={**self.token, **headers})

    def put(self, task: Resource, **headers: str) -> httpx.Response:
        """Write a whole resource."""
        address = f"{self.base}/{task['resourceType']}/{task['id']}"
        return self.client.put(address, json=task, headers={**self.token, **headers})

    def wish(self, decision: str, **more: Any) -> None:
        """Set at the door what the hospital does from now on."""
        wish = {"decision": decision, "after_s": 0.02, **more}
        self.client.put(f"/door/referrals/{self.name}", json=wish).raise_for_status()

    def kept(self) -> dict[str, list[Resource]]:
        """Return what the hospital was asked."""
        return self.client.get(f"/door/referrals/{self.name}").raise_for_status().json()

    def decides(self, ask: str, decision: str, **more: Any) -> httpx.Response:
        """Let the hospital decide one ask now."""
        return self.client.post(f"/door/referrals/{self.name}/{ask}", json={"decision": decision, **more})


def until(look: Callable[[], Any], wanted: Any, *, seconds: float = 5.0) -> Any:
    """Return what *look* sees once it equals *wanted*; fail when it does not in time."""
    end = time.monotonic() + seconds
    while (seen := look()) != wanted:
        assert time.monotonic() < end, f"still {seen!r}, wanted {wanted!r}"
        time.sleep(0.02)
    return seen


@contextmanager
def forgotten(client: httpx.Client) -> Iterator[None]:
    """Afterwards no hospital remembers a referral, a wish or whom to tell."""
    yield
    client.delete("/door/referrals").raise_for_status()
