"""What a hospital's Task says to us. Free texts may name a person: only a reason's own words, cut short."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts import AnswerState, ReferralAnswer, Step

from .moments import moment
from .referral_parts import plain
from .referral_read import Copy, Kept, Said
from .referral_steps import step_of
from .referral_words import ANSWERS

REASON_CAP = 120  # characters
SKEW = timedelta(seconds=5)
HELD = "bed-held-until"
_NUMBERS = re.compile("[0-9]{6,}")  # a telephone number or worse
_CODE = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_SAYS_NO = frozenset({AnswerState.DECLINED, AnswerState.FAILED})


def answer_of(task: Copy, *, now: datetime, remarks: Iterable[str] = ()) -> ReferralAnswer:
    """Return what *task* says; a status nobody knows is no answer yet, with the remark `unknown_status`."""
    state = ANSWERS.get(task.kept.status or "")
    odd = set(remarks) if state else {*remarks, "unknown_status"}
    return answer_in(state or AnswerState.WAITING, step_of(task.kept), task, now=now, remarks=odd)


def answer_in(
    state: AnswerState,
    step: Step,
    task: Copy,
    *,
    now: datetime,
    remarks: Iterable[str] = (),
    number: str | None = None,
) -> ReferralAnswer:
    """Return the answer of a state that is already known, with what else *task* tells of it."""
    odd = set(remarks)
    declined = task.kept.status_reason if state in _SAYS_NO else None
    return ReferralAnswer(
        place=f"Task/{task.id}",
        state=state,
        step=step,
        at=_told_at(task.kept, now, odd),
        code=_code(declined, task.kept),
        reason=_reason(declined),
        bed_held_until=_held(task.kept, odd) if state is AnswerState.ACCEPTED else None,
        number=number,
        remarks=tuple(sorted(odd)),
    )


def _told_at(task: Kept, now: datetime, odd: set[str]) -> datetime | None:
    """Return when it was last changed; of a clock ahead of ours nothing is believed."""
    at = moment(task.last_modified) or moment(task.meta.last_updated if task.meta else None)
    if at is not None and at - now > SKEW:
        odd.add("clock_ahead")
        return None
    return at


def _code(said: Said | None, task: Kept) -> str | None:
    if task.status == "entered-in-error":
        return "entered-in-error"
    codes = [coding.code for coding in said.coding if coding.code] if said else []
    return next((code for code in codes if _CODE.fullmatch(code) and not _NUMBERS.search(code)), None)


def _reason(said: Said | None) -> str | None:
    if said is None:
        return None
    shown = plain(said.text) or next((plain(each.display) for each in said.coding if each.display), None)
    return _NUMBERS.sub("…", shown)[:REASON_CAP] if shown else None


def _held(task: Kept, odd: set[str]) -> datetime | None:
    """Return until when a bed is held: an acceptance alone holds none."""
    told = [output.value_date_time for output in task.output if output.type and output.type.has(HELD)]
    if not told:
        return None
    until = moment(told[-1])
    if until is None:
        odd.add("bed_held_unreadable")
    return until
