"""
What a hospital writes into a Task on the platform when it decides (facts section 2.1).

Its answer stands in the output and the status says no more than that there is one. That a hospital can no
longer is written nowhere: `failed` beside the output that accepted is an assumption.
"""

from collections.abc import Callable
from datetime import datetime

from sandbox.fhir.shelf import Resource
from sandbox.referrals.sayings import Saying
from sandbox.referrals.store import Store
from sandbox.table import HospitalRow

from .referral_words import RESPONSE, TASK_STATUS, TERMINOLOGY, answer_in, organization_of, target_of

_WAITING = frozenset({"requested", "received"})


class PlatformDesk:
    """One hospital's part of the platform's *store*."""

    def __init__(self, row: HospitalRow, store: Store, *, now: Callable[[], datetime]) -> None:
        self._organization = row.organization
        self._store = store
        self._now = now

    def kept(self) -> dict[str, list[Resource]]:
        """Return the Tasks that ask this hospital, and the referrals to it."""
        tasks = [task for task in self._store.all("Task") if target_of(task) == self._organization]
        orders = [row for row in self._store.all("ServiceRequest") if self._performs(row)]
        return {"service_requests": orders, "tasks": tasks}

    def clear(self) -> None:
        """Forget every referral on the platform: they hang together by their CarePlans."""
        self._store.clear()

    def say(self, task_id: str, saying: Saying) -> list[Resource]:
        """Write *saying* into the Task; return it, or nothing if its state does not allow it."""
        task = self._store.get("Task", task_id)
        content = _content(task, saying) if task else None
        if task is None or content is None:
            return []
        now = self._now()
        reason = saying.coded_reason()
        bare = {name: value for name, value in task.items() if name != "statusReason"}
        changed = {**bare, **content, "lastModified": self._store.stamping.time(now)}
        return [self._store.keep({**changed, **({"statusReason": reason} if reason else {})}, now)]

    def _performs(self, order: Resource) -> bool:
        return self._organization in map(organization_of, order.get("performer", []))


def _content(task: Resource, saying: Saying) -> Resource | None:
    waiting, answer = task["status"] in _WAITING, answer_in(task)
    if saying.kind == "accept" and (waiting or (task["status"], answer) == ("completed", "rejected")):
        return {"status": "completed", "output": [_output("accepted", "Accepted")]}
    if saying.kind == "decline" and waiting:
        return {"status": "completed", "output": [_output("rejected", "Rejected")]}
    if saying.kind == "receive" and waiting:
        return {"status": "received"}
    if saying.kind == "fail" and (task["status"], answer) == ("completed", "accepted"):
        return {"status": "failed"}
    return None


def _output(code: str, display: str) -> Resource:
    return {
        "type": {"coding": [{"system": TERMINOLOGY, "code": RESPONSE}]},
        "valueCoding": {"system": TASK_STATUS, "code": code, "display": display},
    }
