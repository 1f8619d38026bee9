"""What a hospital lets the placer of a referral do to its copy (facts on COW 1.0.0-ballot, 2026-11-23)."""

from sandbox.fhir.outcome import FhirError, Issue
from sandbox.fhir.shelf import Resource
from sandbox.referrals.store import Store

_OVER = frozenset({"rejected", "cancelled", "completed", "failed", "entered-in-error"})
# What the placer may write beside what already stands; everything else is the hospital's to say.
_PLACERS = {
    "requested": frozenset({"cancelled"}),
    "received": frozenset({"cancelled"}),
    "on-hold": frozenset({"cancelled"}),
    "accepted": frozenset({"cancelled", "in-progress", "completed"}),
    "in-progress": frozenset({"completed"}),
}


def is_abort(task: Resource) -> bool:
    """Whether the Task asks to stop another."""
    return any(coding.get("code") == "abort" for coding in task.get("code", {}).get("coding", []))


def check_new(task: Resource, store: Store) -> None:
    """Raise FhirError 422 unless a new Task asks about something that is kept here."""
    if task["status"] != "requested":
        raise FhirError(422, Issue("business-rule", "a new Task must be requested", expression="Task.status"))
    kind = "Task" if is_abort(task) else "ServiceRequest"
    if store.follow(kind, task.get("focus")) is None:
        text = f"focus leads to no {kind} of this server"
        raise FhirError(422, Issue("not-found", text, expression="Task.focus"))


def check_change(before: Resource, after: Resource) -> None:
    """Raise FhirError 422 if the placer writes a status that is not its to write."""
    was, becomes = before["status"], after["status"]
    if before["resourceType"] != "Task" or was == becomes:
        return
    if becomes in _PLACERS.get(was, frozenset()):
        return
    if becomes == "cancelled" and was == "in-progress":
        text = "under way: ask to stop it by a Task of code abort"
    elif was in _OVER:
        text = f"the Task is over: {was}"
    else:
        text = f"from {was} to {becomes} is not the placer's to say"
    raise FhirError(422, Issue("business-rule", text, expression="Task.status"))
