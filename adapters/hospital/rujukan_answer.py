"""
What a Task of SATUSEHAT Rujukan says, and what has to be patched into it.

The hospital's answer stands in an output; the status says no more than that there is one, so `completed`
is no arrival here. `failed` beside an acceptance is our reading: the collection has no word for it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts import AnswerState, ReferralAnswer, ReferralAsk, Step

from .referral_answer import answer_in
from .referral_build import business, stamp, why
from .referral_parts import Json, priority
from .referral_read import Copy, Kept
from .referral_steps import mark_of, step_of
from .referral_words import ANSWERS
from .rujukan_build import ANSWER, NUMBER

_LIVE = frozenset({AnswerState.WAITING, AnswerState.ACCEPTED})
_OVER = frozenset({AnswerState.WITHDRAWN, AnswerState.FAILED, AnswerState.DECLINED})
_OUTPUT = {"accepted": AnswerState.ACCEPTED, "rejected": AnswerState.DECLINED}
_MARKS = {Step.UNDER_WAY: "under-way", Step.ARRIVED: "arrived"}


def platform_answer(
    task: Copy, referral: Copy | None, *, now: datetime, remarks: Iterable[str] = ()
) -> ReferralAnswer:
    """Return what *task* says; *referral* is the ServiceRequest with its number, once there is one."""
    odd, said = set(remarks), response(task.kept)
    if said is not None and said not in _OUTPUT:
        odd.add("unknown_status")
    number = number_of(referral.kept) if referral else None
    return answer_in(
        state_of(task.kept), _step(task.kept, referral), task, now=now, remarks=odd, number=number
    )


def state_of(task: Kept) -> AnswerState:
    """Return what the hospital says; an answer nobody knows is none yet."""
    by_status = ANSWERS.get(task.status or "")
    given = _OUTPUT.get(response(task) or "", AnswerState.WAITING)
    if by_status is AnswerState.DECLINED and given is AnswerState.ACCEPTED:
        return AnswerState.FAILED
    return by_status if by_status in _OVER else given


def response(task: Kept) -> str | None:
    """Return the code of the last answer."""
    codes = [
        output.value_coding.code
        for output in task.output
        if output.value_coding and output.type and output.type.has(ANSWER)
    ]
    return codes[-1] if codes else None


def number_of(referral: Kept) -> str | None:
    """Return the national referral number, which only the platform gives."""
    numbers = [str(each.value) for each in referral.identifier if each.system == NUMBER and each.value]
    return numbers[0][:64] if numbers else None


def is_to_be_raised(ask: ReferralAsk, task: Kept) -> bool:
    """Say whether it has become an emergency since; an old message lowers nothing."""
    live = state_of(task) in _LIVE and ask.step is not Step.WITHDRAWN
    return live and priority(ask) == "stat" and task.priority != "stat"


def step_changes(ask: ReferralAsk, task: Kept, now: datetime) -> Json:
    """Return the Task's elements to set for our step. Being chosen is told by the ServiceRequest alone."""
    changes = _changes(ask, task)
    return changes | {"lastModified": stamp(ask, now)} if changes else {}


def _changes(ask: ReferralAsk, task: Kept) -> Json:
    if state_of(task) not in _LIVE:
        return {}
    if ask.step is Step.WITHDRAWN:
        return {"status": "cancelled", "statusReason": why(ask)}
    mark = _MARKS.get(ask.step)
    if mark is None or mark_of(task) in (mark, "arrived"):
        return {}
    return {"businessStatus": business(mark)}


def patch(changes: Json) -> list[Json]:
    """Return *changes* as a JSON Patch: `add` puts an element in, whether or not there was one (RFC 6902)."""
    return [{"op": "add", "path": f"/{name}", "value": value} for name, value in changes.items()]


def only(resource: Json, names: Sequence[str]) -> Json:
    """Return those elements of *resource* that are there."""
    return {name: resource[name] for name in names if name in resource}


def _step(task: Kept, referral: Copy | None) -> Step:
    if task.status == "cancelled":
        return Step.WITHDRAWN
    marked = step_of(Kept("Task", business_status=task.business_status))
    chosen = referral is not None and referral.kept.status in ("active", "completed")
    return Step.CHOSEN if marked is Step.OFFERED and chosen else marked
