"""
The turn at one hospital: bring its copy to what it is to say, or look what it says.

The claim and the intent are one commit before anything leaves; what came of it is one commit after. A crash
between leaves the row due again, and the same question with the same key makes no second copy.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import structlog
from sqlalchemy import Connection

from contracts import ReferralAnswer, ReferralAsk, Step, TakesReferrals, Urgency
from contracts.audit import SYSTEM
from gateway.db import CannotRead, CannotWrite
from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import NOTHING_PERSONAL, perform
from gateway.people import Person

from . import candidates, entries, hearing, moves, offering, policy, replies, store, tables
from .case import Case, Doer
from .committing import Refusal, commit
from .offering import Offer
from .room import ReferralRoom
from .rows import Ask, AskState, Referral
from .sealing import NOTHING, Told, told_from, unseal
from .states import Party
from .store import Overtaken, Past

CONVEY, READ = "convey_referral", "read_referral"
DEADLINE_S = {Urgency.EMERGENCY: 5.0, Urgency.ROUTINE: 10.0}
LEASE_S = 3.0  # a turn that a crash cut off is due again this long after its deadline
ANSWERING = (AskState.QUEUED, AskState.SENT, AskState.UNCONFIRMED)

AskMove = Callable[[Case, Sequence[Offer]], None]

log = structlog.get_logger(__name__)


class AskTurns:
    """The kind of row `ask`."""

    name = "ask"

    def __init__(self, room: ReferralRoom) -> None:
        """Take the room."""
        self._room = room

    def due(self, connection: Connection, at_us: int, limit: int) -> Sequence[tuple[str, int]]:
        """Return the asks that are due."""
        return store.due(tables.ask, connection, at_us, limit)

    async def carry(self, row: str, turn: int) -> None:
        """Make one attempt. Raises CannotRead, CannotWrite."""
        found = await self._room.database.read(lambda connection: _found(connection, row))
        if found is None or found[0].turn != turn or found[0].due_at is None:
            return
        ask, referral = found
        if not self._has_system(ask):
            await self._change(ask, referral, lambda case, _: hearing.by_telephone_now(case, ask))
        elif _is_silent(ask, at=datetime.now(UTC)):
            with suppress(Past):
                await self._change(ask, referral, lambda case, offers: self._silent(case, ask, offers))
        elif ask.owes_message:
            await self._convey(ask, referral)
        else:
            await self._look(ask, referral)

    def _has_system(self, ask: Ask) -> bool:
        """Say whether the hospital can be spoken to by wire: the partner file may have changed since."""
        partner = self._room.registry.partners.get(ask.hospital)
        return ask.telephone or (partner is not None and isinstance(partner.port, TakesReferrals))

    async def _convey(self, ask: Ask, referral: Referral) -> None:
        person = await self._room.person(referral.subject)
        told = told_of(person, referral)
        question = question_of(ask, referral, told)
        partner = self._room.registry.partners[ask.hospital]
        port = cast(TakesReferrals, partner.port)
        sent = 0

        async def attempt() -> ReferralAnswer:
            nonlocal sent
            sent += 1
            again = replace(question, sent_before=question.sent_before or sent > 1)
            return await port.convey_referral(again, key=f"{ask.id}:{ask.mark}")

        witness = _Conveyance(self, ask, referral, person, told)
        try:
            outcome = await perform(partner, CONVEY, attempt, deadline=deadline_of(ask), witness=witness)
        except Overtaken:
            return  # another replica has this turn
        if outcome.word == "not_asked":
            with suppress(Past):
                await self.heard(ask, referral, outcome)

    async def _look(self, ask: Ask, referral: Referral) -> None:
        partner = self._room.registry.partners[ask.hospital]
        port = cast(TakesReferrals, partner.port)
        question = question_of(ask, referral, NOTHING)
        outcome: Outcome[ReferralAnswer | None] = await perform(
            partner,
            READ,
            lambda: port.read_referral(question),
            deadline=deadline_of(ask),
            witness=NOTHING_PERSONAL,
        )
        answer = outcome.result
        if answer is not None and hearing.is_news(ask, answer):
            with suppress(Past):
                await self._change(ask, referral, lambda case, offers: self._read(case, ask, answer, offers))
        else:
            await self._look_again(ask, outcome)

    async def _look_again(self, ask: Ask, outcome: Outcome[ReferralAnswer | None]) -> None:
        """Set the next time; nothing has happened that the log must know."""
        gone = outcome.word == "answered" and outcome.result is None
        failures = 0 if outcome.word == "answered" else ask.failures + 1
        after = replace(ask, failures=failures, conveyed=None if gone else ask.conveyed)
        due_at = policy.next_look(after, at=datetime.now(UTC))
        changes = {"failures": failures, "conveyed": after.conveyed, "due_at": due_at, "turn": ask.turn + 1}
        try:
            await self._room.database.maintain(lambda connection: store.change(connection, ask, changes))
        except Overtaken:
            log.debug("referral.overtaken", row=ask.id)

    async def heard(self, ask: Ask, referral: Referral, outcome: Outcome[ReferralAnswer]) -> None:
        """Commit what came of a conveyance. Raises CannotWrite."""
        await self._change(ask, referral, lambda case, offers: self._take_in(case, ask, outcome, offers))

    def _take_in(
        self, case: Case, ask: Ask, outcome: Outcome[ReferralAnswer], offers: Sequence[Offer]
    ) -> None:
        if outcome.word == "not_asked":
            _demand_turn(case, ask)  # nothing was claimed: another replica may have tried, or not, as well
        case.entries.append(entries.conveyed(case, ask, outcome))
        if outcome.result is not None:
            now = case.set_ask(ask, conveyed=ask.mark, trouble=None, failures=0)
            self._hear(case, now, outcome.result, offers)
        else:
            hearing.failed(case, ask, outcome)
            offering.go_on(case, offers, self._room.timing)
        self._plan(case, ask)

    def _read(self, case: Case, ask: Ask, answer: ReferralAnswer, offers: Sequence[Offer]) -> None:
        _demand_turn(case, ask)
        self._hear(case, ask, answer, offers)

    def _hear(self, case: Case, ask: Ask, answer: ReferralAnswer, offers: Sequence[Offer]) -> None:
        now = case.set_ask(
            ask, place=answer.place, number=answer.number or ask.number, attempted=True, failures=0
        )
        moves.taken(case, now)
        if hearing.is_news(now, answer):
            replies.answered(case, case.ask(ask.id), hearing.said(answer), offers, self._room.timing)
        self._plan(case, ask)

    def _silent(self, case: Case, ask: Ask, offers: Sequence[Offer]) -> None:
        _demand_turn(case, ask)
        offering.silent(case, ask, offers, self._room.timing)

    def _plan(self, case: Case, ask: Ask) -> None:
        now = case.ask(ask.id)
        case.set_ask(now, due_at=policy.next_look(now, at=case.at))

    async def _change(self, ask: Ask, referral: Referral, move: AskMove) -> None:
        person = await self._room.person(referral.subject)
        offers = candidates.offers(self._room.candidates(referral, at=datetime.now(UTC)))
        doer = Doer(SYSTEM, Party.GERBANG, person=person)

        def change(case: Case) -> Refusal | None:
            move(case, offers)
            return None

        await commit(self._room, referral.id, doer, change)

    async def claim(self, ask: Ask, referral: Referral, person: Person | None, told: Told) -> None:
        """Commit that this turn is under way, and what it is about to tell. Raises Overtaken, CannotWrite."""
        at = datetime.now(UTC)
        changes = {"turn": ask.turn + 1, "attempted": True, "tried": ask.step, "due_at": at + _lease(ask)}
        await self._room.database.write(
            lambda connection: store.change(connection, ask, changes),
            entries=[entries.conveying(ask, referral, person, told, at=at)],
        )

    async def left_unwritten(self, ask: Ask, referral: Referral, outcome: Outcome[ReferralAnswer]) -> None:
        """Leave the outcome's entry where the rows could not be written: the turn is made again."""
        await self._room.recorder.record(entries.conveyed_unwritten(ask, referral, outcome))


class _Conveyance:
    """Writes down one exchange that tells a hospital of a patient."""

    def __init__(
        self, turns: AskTurns, ask: Ask, referral: Referral, person: Person | None, told: Told
    ) -> None:
        self._turns = turns
        self._ask = ask
        self._referral = referral
        self._person = person
        self._told = told

    async def intent(self) -> None:
        await self._turns.claim(self._ask, self._referral, self._person, self._told)

    async def outcome(self, outcome: Outcome[ReferralAnswer]) -> None:
        if outcome.reason == "cannot_record":
            return
        try:
            await self._turns.heard(self._ask, self._referral, outcome)
        except (CannotRead, CannotWrite):
            await self._turns.left_unwritten(self._ask, self._referral, outcome)
            raise


def _lease(ask: Ask) -> timedelta:
    return timedelta(seconds=DEADLINE_S[ask.urgency] + LEASE_S)


def _found(connection: Connection, ask_id: str) -> tuple[Ask, Referral] | None:
    ask = store.get(connection, Ask, ask_id)
    referral = store.get(connection, Referral, ask.referral) if ask else None
    return None if ask is None or referral is None else (ask, referral)


def _demand_turn(case: Case, ask: Ask) -> None:
    """Raise Past where it has answered since *ask* was read, or another replica has made this turn."""
    if case.ask(ask.id).turn != ask.turn:
        raise Past


def _is_silent(ask: Ask, *, at: datetime) -> bool:
    return ask.step in policy.AWAITED and ask.state in ANSWERING and at >= ask.answer_by


def deadline_of(ask: Ask) -> Deadline:
    """Return by when one exchange about this ask must have ended."""
    return Deadline.after(DEADLINE_S[ask.urgency])


def told_of(person: Person | None, referral: Referral) -> Told:
    """Return what is known of the patient, nothing of one who was erased."""
    opened = unseal(person, referral.sealed, place=referral.id)
    return NOTHING if opened is None else told_from(opened)


def question_of(ask: Ask, referral: Referral, told: Told) -> ReferralAsk:
    """Return the ask as an adapter conveys it."""
    return ReferralAsk(
        id=ask.id,
        referral=referral.id,
        step=ask.step,
        urgency=ask.urgency,
        need=referral.need,
        patient=told.patient,
        authored_at=ask.asked_at,
        answer_by=ask.answer_by,
        place=ask.place,
        criteria=referral.criteria,
        kelas=referral.kelas,
        diagnosis=told.diagnosis,
        situation=told.situation,
        transport=told.transport,
        callback_phone=told.callback_phone,
        why=ask.why,
        drill=referral.drill,
        sent_before=_may_be_there(ask),
    )


def _may_be_there(ask: Ask) -> bool:
    """Say whether what this step makes at the hospital may be there from an attempt without an answer."""
    if not ask.place:
        return ask.attempted  # whichever step was tried made the copy
    if ask.step in (Step.OFFERED, Step.WITHDRAWN):
        return ask.tried is ask.step
    return ask.tried in (Step.CHOSEN, Step.UNDER_WAY, Step.ARRIVED)
