"""The shapes of the eligibility API: what dispatch sees of an answer, and what an approver sees besides."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from contracts import Coverage
from gateway.access.roles import Role

from .advice import Advice, advise
from .check import Check, Checked
from .entries import FOR_APPROVAL


class EligibilityForDispatch(Struct, frozen=True, kw_only=True):
    """What dispatch needs; `dispatch_blocking` is false whatever the coverage: help goes out first."""

    environment: str
    request: str
    coverage: Coverage
    reason: Annotated[str | None, Meta(description="Why it is UNKNOWN, a stable code.")]
    checked_at: Annotated[datetime, Meta(tz=True)]
    age_s: Annotated[int, Meta(description="Seconds since the insurer answered.")]
    service_date: date
    origin: str | None
    mode: Literal["live", "cached"]
    dispatch_blocking: Annotated[bool, Meta(extra_json_schema={"const": False})] = False
    advice: list[str]
    birth_date_match: bool | None


class EligibilityForApproval(EligibilityForDispatch, frozen=True, kw_only=True):
    """What an approver sees besides: the insurer's own words."""

    status_text: str | None
    segment: str | None
    kelas: str | None
    fktp: str | None
    cob: str | None
    social_note: str | None


def view(
    asked: Check, checked: Checked, *, environment: str, texts: Sequence[Advice], at: datetime
) -> EligibilityForDispatch:
    """Return what the asker may see of *checked*; *at* is now, in local time: advice holds by local days."""
    seen = EligibilityForDispatch(
        environment=environment,
        request=asked.request,
        coverage=checked.answer.coverage,
        reason=checked.reason,
        checked_at=checked.checked_at,
        age_s=max(0, int((at - checked.checked_at).total_seconds())),
        service_date=asked.question.service_date,
        origin=checked.origin,
        mode="cached" if checked.mode == "cached" else "live",
        advice=advise(texts, checked.answer.coverage, on=at.date()),
        birth_date_match=checked.birth_date_match(asked.birth_date),
    )
    return _for_approval(seen, checked) if asked.by.role is Role.APPROVER else seen


def _for_approval(seen: EligibilityForDispatch, checked: Checked) -> EligibilityForApproval:
    answer = checked.answer
    return EligibilityForApproval(
        **{name: getattr(seen, name) for name in EligibilityForDispatch.__struct_fields__},
        **{name: getattr(answer, name) for name in FOR_APPROVAL},
    )
