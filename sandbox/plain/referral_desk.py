"""What a plain hospital writes into a Task when it decides (facts on COW 1.0.0-ballot, read 2026-11-23)."""

from collections.abc import Callable
from datetime import datetime

from sandbox.fhir.shelf import Resource
from sandbox.plain.dress import stamping
from sandbox.referrals.sayings import Saying
from sandbox.referrals.store import Store
from sandbox.table import HospitalRow

KINDS = ("ServiceRequest", "Task")

_BECOMES = {
    "receive": "received",
    "accept": "accepted",
    "decline": "rejected",
    "fail": "failed",
    "arrive": "completed",
}
_WAITING = frozenset({"requested", "received", "on-hold"})
_TAKEN = frozenset({"accepted", "in-progress"})
_FROM = {
    "receive": frozenset({"requested"}),
    "accept": _WAITING | {"rejected"},  # a hospital may think again
    "decline": _WAITING,
    "fail": _TAKEN,
    "arrive": _TAKEN,
}


class PlainDesk:
    """The hospital's own server, seen from inside the hospital."""

    def __init__(self, row: HospitalRow, *, now: Callable[[], datetime]) -> None:
        self.store = Store(stamping(row), KINDS)
        self._now = now

    def kept(self) -> dict[str, list[Resource]]:
        """Return every ServiceRequest and Task."""
        store = self.store
        return {"service_requests": store.all("ServiceRequest"), "tasks": store.all("Task")}

    def clear(self) -> None:
        """Forget them."""
        self.store.clear()

    def say(self, task_id: str, saying: Saying) -> list[Resource]:
        """Write *saying* into the Task; return what changed, nothing if its state does not allow it."""
        task = self.store.get("Task", task_id)
        if task is None:
            return []
        if saying.kind == "abort":
            return self._stop(task)
        if task["status"] not in _FROM[saying.kind]:
            return []
        return [self._changed(task, saying, _BECOMES[saying.kind])]

    def _stop(self, abort: Resource) -> list[Resource]:
        """Agree to stop, or say that there is nothing left to stop."""
        first = self.store.follow("Task", abort.get("focus"))
        if abort["status"] != "requested" or first is None:
            return []
        if first["status"] not in _WAITING | _TAKEN:
            return [self._changed(abort, Saying("abort"), "rejected")]
        stopped = self._changed(first, Saying("abort"), "cancelled")
        return [stopped, self._changed(abort, Saying("abort"), "completed")]

    def _changed(self, task: Resource, saying: Saying, status: str) -> Resource:
        now = self._now()
        changed = {**task, "status": status, "lastModified": self.store.stamping.time(now)}
        changed.pop("statusReason", None)
        reason = saying.coded_reason()
        if reason is not None:
            changed["statusReason"] = reason
        if saying.held_until is not None:
            changed["output"] = [self._held(saying.held_until)]
        return self.store.keep(changed, now)

    def _held(self, until: datetime) -> Resource:
        kind = {
            "coding": [{"system": "urn:gerbang:task-output", "code": "bed-held-until"}],
            "text": "bed-held-until",
        }
        return {"type": kind, "valueDateTime": self.store.stamping.time(until)}
