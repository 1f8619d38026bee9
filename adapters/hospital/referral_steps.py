"""What has to change in a hospital's copy for it to say what it should; nothing where it says so already."""

from datetime import datetime

from contracts import ReferralAsk, Step

from .referral_build import Letterhead, business, service_request, stamp, why
from .referral_parts import Json, priority
from .referral_read import Kept

OPEN = frozenset({"draft", "requested", "received", "on-hold", "accepted", "ready"})
TAKEN = frozenset({"accepted", "ready"})
UNDER_WAY = "in-progress"
_LIVE_REQUESTS = frozenset({None, "draft", "active", "on-hold", "unknown"})
# A ServiceRequest's own life stays as it is when its contents are told anew.
_KEPT_AS_IT_IS = frozenset({"resourceType", "status", "identifier", "meta"})


def task_changes(ask: ReferralAsk, task: Kept, now: datetime) -> Json:
    """Return the elements of the Task to set. A step is never taken back by an older one that comes late."""
    changes = _status_changes(ask, task)
    if is_to_be_raised(ask, task):
        changes["priority"] = "stat"
    return changes | {"lastModified": stamp(ask, now)} if changes else {}


def _status_changes(ask: ReferralAsk, task: Kept) -> Json:
    if ask.step is Step.CHOSEN and task.status in OPEN and step_of(task) is Step.OFFERED:
        return {"businessStatus": business("selected")}
    if ask.step is Step.UNDER_WAY:
        return _moved(task, "in-progress", "under-way", TAKEN)
    if ask.step is Step.ARRIVED:
        return _moved(task, "completed", "arrived", TAKEN | {UNDER_WAY})
    if ask.step is Step.WITHDRAWN and task.status in OPEN:
        return {"status": "cancelled", "statusReason": why(ask)}
    return {}


def _moved(task: Kept, status: str, mark: str, taken: frozenset[str]) -> Json:
    """
    Set *status* on a Task that is taken, and no more than *mark* on one whose question is still open.

    `in-progress` reads as accepted and `completed` as done by the hospital: those are not ours to say for
    it, and its answer may still come.
    """
    if task.status in taken:
        return {"status": status}
    return {"businessStatus": business(mark)} if task.status in OPEN and not _is_past(task, mark) else {}


def _is_past(task: Kept, mark: str) -> bool:
    return _MARKS.index(mark_of(task)) <= _MARKS.index(mark)


def mark_of(task: Kept) -> str | None:
    """Return the furthest of our own marks in the business status."""
    said = task.business_status
    return next((mark for mark in _MARKS if said is not None and mark is not None and said.has(mark)), None)


def is_to_be_raised(ask: ReferralAsk, task: Kept) -> bool:
    """Say whether it has become an emergency since the hospital was asked; an old message lowers nothing."""
    live = task.status in OPEN | {UNDER_WAY} and ask.step is not Step.WITHDRAWN
    return live and priority(ask) == "stat" and task.priority != "stat"


def raised(ask: ReferralAsk, head: Letterhead) -> Json:
    """Return the ServiceRequest's contents anew: with the emergency come its criteria, and perhaps a need."""
    built = service_request(ask, head)
    return {name: part for name, part in built.items() if name not in _KEPT_AS_IT_IS}


def request_status(ask: ReferralAsk, request: Kept, task: Kept | None) -> Json:
    """Return the ServiceRequest's status to set at the end of the way."""
    if request.status not in _LIVE_REQUESTS:
        return {}
    if ask.step is Step.ARRIVED:
        return {"status": "completed"}
    arrived = task is not None and task.status == "completed"
    return {"status": "revoked"} if ask.step is Step.WITHDRAWN and not arrived else {}


def step_of(task: Kept) -> Step:
    """Return how far the copy says that we are."""
    if task.status in _BY_STATUS:
        return _BY_STATUS[task.status]
    return _BY_MARK[mark_of(task)]


_MARKS = ("arrived", "under-way", "selected", None)  # the furthest first
_BY_MARK = {
    "arrived": Step.ARRIVED,
    "under-way": Step.UNDER_WAY,
    "selected": Step.CHOSEN,
    None: Step.OFFERED,
}
_BY_STATUS = {UNDER_WAY: Step.UNDER_WAY, "completed": Step.ARRIVED, "cancelled": Step.WITHDRAWN}
