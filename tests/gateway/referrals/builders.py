"""Short ways to say an ask and a referral in tests of pure rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts import Need, Step, Urgency
from gateway.referrals.rows import Ask, AskState, Clearance, Owed, OwedWhat, Referral, Rule
from gateway.referrals.states import State

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """Return the moment so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def ask(**more: Any) -> Ask:
    """Return an ask made at noon, to be answered within two minutes."""
    made = Ask(
        id="a-contoh",
        referral="r-contoh",
        hospital="rs-alfa",
        position=0,
        state=AskState.QUEUED,
        step=Step.OFFERED,
        asked_at=NOON,
        answer_by=later(120),
        telephone=False,
        urgency=Urgency.EMERGENCY,
    )
    return replace(made, **more)


def told(**more: Any) -> Ask:
    """Return an ask whose hospital has been told what it should know."""
    made = ask(**{"state": AskState.SENT, "attempted": True, **more})
    return replace(made, conveyed=made.mark)


def referral(**more: Any) -> Referral:
    """Return a routine referral that waits for its approval since noon."""
    made = Referral(
        id="r-contoh",
        version=2,
        state=State.SUBMITTED,
        urgency=Urgency.ROUTINE,
        clearance=Clearance.NONE,
        rule=Rule.FIRST,
        need=Need.ICU,
        kelas=None,
        criteria=(),
        wished=(),
        subject="p-contoh",
        sealed="",
        latitude=-1.61,
        longitude=103.61,
        source_system=None,
        source_ticket=None,
        drill=False,
        created_by="k-dispatcher",
        created_at=NOON,
        changed_at=NOON,
        submitted_at=NOON,
    )
    return replace(made, **more)


def owed(**more: Any) -> Owed:
    """Return a review owed since noon."""
    made = Owed("o-contoh", "r-contoh", OwedWhat.REVIEW, NOON, later(86_400), later(72_000))
    return replace(made, **more)
