"""Lists of referrals: the order, the words of an ask, whom to ring."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts import AnswerState, Urgency
from gateway.partners.registry import Registry
from gateway.referrals import lines, words
from gateway.referrals.answers import ReferralLine
from gateway.referrals.rows import Ask, AskState, Owed, Referral
from gateway.referrals.states import State

from .builders import NOON, ask, later, owed, referral
from .house import partner

REGISTRY = Registry([partner("rs-alfa", None)])
RUN_OUT = timedelta(minutes=30)


def line(one: Referral, *asks: Ask, owing: tuple[Owed, ...] = ()) -> ReferralLine:
    """Return it as a list shows it."""
    return lines.line(one, asks, owing, registry=REGISTRY, run_out=RUN_OUT, at=later(60))


def of(state: State, name: str, **more: Any) -> ReferralLine:
    """Return a line in that state."""
    return line(referral(**{"id": name, "state": state, "wait": None, **more}))


def test_the_most_urgent_stands_first() -> None:
    """Alarms of emergencies, other alarms, decisions by their end, what is open, what is over."""
    emergency = {"urgency": Urgency.EMERGENCY}
    wanted = [
        of(State.UNDER_WAY, "alarm", alarm="declined_under_way", **emergency),
        of(State.EXPIRED, "other alarm", alarm="approval_ran_out"),
        of(State.SUBMITTED, "sooner", due_at=later(100)),
        of(State.SUBMITTED, "later", due_at=later(200)),
        of(State.SENT, "open emergency", **emergency),
        of(State.SENT, "open"),
        of(State.ARRIVED, "over", alarm="accepted_after_choice"),
    ]
    shuffled = [wanted[number] for number in (6, 2, 0, 5, 3, 1, 4)]
    found = sorted(shuffled, key=lines.by_urgency)
    assert [each.id for each in found] == [each.id for each in wanted]


TELEPHONE = {"telephone": True}
RINGING = [
    (State.SENT, ask(state=AskState.QUEUED, **TELEPHONE), True),
    (State.SENT, ask(state=AskState.SENT, **TELEPHONE), True),
    (State.SENT, ask(state=AskState.SILENT, **TELEPHONE), True),
    (State.SENT, ask(state=AskState.DECLINED, **TELEPHONE), False),
    (State.UNDER_WAY, ask(state=AskState.QUEUED, **TELEPHONE), True),
    (State.ACCEPTED, ask(state=AskState.QUEUED, **TELEPHONE), False),
    (State.UNCONFIRMED, ask(state=AskState.UNCONFIRMED), True),
    (State.SENT, ask(state=AskState.QUEUED), False),
    (State.SENT, ask(state=AskState.SENT), False),
    (State.SENT, ask(state=AskState.SILENT), True),
    (State.CANCELLED, ask(state=AskState.WITHDRAWN, answer=AnswerState.ACCEPTED, **TELEPHONE), True),
    (State.CANCELLED, ask(state=AskState.WITHDRAWN, answer=AnswerState.DECLINED, **TELEPHONE), False),
    (State.CANCELLED, ask(state=AskState.WITHDRAWN, answer=AnswerState.ACCEPTED), False),
    (State.ARRIVED, ask(state=AskState.WITHDRAWN, answer=AnswerState.ACCEPTED, **TELEPHONE), False),
]


@pytest.mark.parametrize(("state", "each", "rings"), RINGING)
def test_whom_to_ring(state: State, each: Ask, rings: bool) -> None:
    """A telephone not rung yet, a system that may not know, an emergency's silence, a call to call off."""
    found = line(referral(state=state, urgency=Urgency.EMERGENCY), each)
    assert found.needs_phone_call is rings
    assert len(found.calls) == rings


ACCEPTED, CHOSEN = AnswerState.ACCEPTED, AskState.CHOSEN
ALARMED = [
    (State.ACCEPTED, "telephone_wanted", ask(state=CHOSEN), True),
    (State.ACCEPTED, None, ask(state=CHOSEN), False),
    (State.UNDER_WAY, "silent_under_way", ask(state=AskState.SILENT), True),
    (State.UNDER_WAY, "declined_under_way", ask(state=AskState.DECLINED), True),
    (State.SENT, "emergency_declined", ask(hospital="rs-other", state=AskState.DECLINED), True),
    (State.SENT, "choose_hospital", ask(hospital="rs-other", state=AskState.DECLINED), False),
    (State.SENT, "nobody_answers", ask(hospital="rs-other", state=AskState.SILENT), True),
    (State.CANCELLED, "accepted_after_cancel", ask(state=AskState.WITHDRAWN, answer=ACCEPTED), True),
    (State.CANCELLED, "accepted_after_cancel", ask(state=AskState.WITHDRAWN), False),
    (State.ARRIVED, "arrived_elsewhere", ask(state=AskState.WITHDRAWN, answer=AnswerState.ARRIVED), True),
]


@pytest.mark.parametrize(("state", "alarm", "each", "rings"), ALARMED)
def test_an_alarm_that_says_ring_says_whom(state: State, alarm: str | None, each: Ask, rings: bool) -> None:
    """The destination, and whoever the words of the alarm are about, stand with their numbers on the list."""
    one = referral(state=state, alarm=alarm, destination="rs-alfa")
    assert [call.hospital for call in line(one, each).calls] == [each.hospital] * rings


def test_a_routine_s_silence_rings_nobody() -> None:
    """The next hospital is asked by itself."""
    assert not line(referral(state=State.SENT), ask(state=AskState.SILENT)).needs_phone_call


@pytest.mark.parametrize(
    ("each", "text"),
    [
        (ask(state=AskState.QUEUED, **TELEPHONE), words.TO_RING["id"]),
        (ask(state=AskState.WITHDRAWN, answer=AnswerState.ACCEPTED, **TELEPHONE), words.TO_TELL["id"]),
        (ask(state=AskState.ACCEPTED), f"{words.ASKS[AskState.ACCEPTED]['id']} - {words.NO_BED['id']}"),
        (ask(state=AskState.CHOSEN), f"{words.ASKS[AskState.CHOSEN]['id']} - {words.NO_BED['id']}"),
        (ask(state=AskState.CHOSEN, bed_held_until=NOON), words.ASKS[AskState.CHOSEN]["id"]),
        (ask(state=AskState.SENT), words.ASKS[AskState.SENT]["id"]),
    ],
)
def test_an_acceptance_is_no_reserved_bed(each: Ask, text: str) -> None:
    """Unless the hospital says until when it holds one."""
    assert lines.ask_view(each, REGISTRY).text == text


def test_a_hospital_that_is_no_partner_any_more_is_shown_by_its_id() -> None:
    """A list must not break because a file was changed."""
    found = lines.ask_view(ask(hospital="rs-gone"), REGISTRY)
    assert (found.name, found.phone) == ("rs-gone", None)


@pytest.mark.parametrize(
    ("made", "waits"),
    [
        *[
            (of(state, "r"), True)
            for state in (State.SUBMITTED, State.EXPIRED, State.REJECTED, State.DECLINED)
        ],
        *[(of(state, "r"), False) for state in (State.DRAFT, State.SENT, State.UNDER_WAY, State.CANCELLED)],
        (of(State.SENT, "r", alarm="choose_hospital"), True),
        (line(referral(state=State.ARRIVED), owing=(owed(),)), True),
        (line(referral(state=State.ARRIVED), owing=(owed(done_at=NOON),)), False),
        (line(referral(state=State.SENT), ask(**TELEPHONE)), True),
    ],
)
def test_what_waits_for_somebody(made: ReferralLine, waits: bool) -> None:
    """A decision, an alarm, a call, a review; nothing else."""
    assert lines.waits_for_somebody(made) is waits


def test_the_end_of_the_wait_is_shown_while_it_is_waited() -> None:
    """Half an hour after it was submitted."""
    assert line(referral()).run_out_at == NOON + RUN_OUT
    assert line(replace(referral(), state=State.APPROVED)).run_out_at is None


@pytest.mark.parametrize(
    ("at", "done", "is_overdue"), [(1, None, False), (90_000, None, True), (90_000, NOON, False)]
)
def test_what_is_owed_is_overdue_after_a_day(at: float, done: Any, is_overdue: bool) -> None:
    """Not once it is done."""
    assert lines.owed_view(owed(done_at=done), at=later(at)).overdue is is_overdue
