"""
One referral under change, inside one transaction: what changes, what is told of it, whom it wakes.

A case is loaded, moved by the functions of `moves`, and saved once. Nothing here waits for anybody.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from contracts import Actor, Entry
from contracts.audit import Detail, Scalar
from gateway.db.values import Changes, vars_of
from gateway.people import Person, about

from . import store
from .rows import Ask, AskState, Happening, Owed, Referral
from .states import Event, Party, State, after

ACTS = {
    Event.SUBMIT: "referral.submitted",
    Event.APPROVE: "referral.approved",
    Event.APPROVE_BY_TELEPHONE: "referral.approved_by_telephone",
    Event.REJECT: "referral.rejected",
    Event.BREAK_GLASS: "referral.glass_broken",
    Event.WORSENED: "referral.worsened",
    Event.RUN_OUT: "referral.expired",
    Event.CONVEYED: "referral.taken",
    Event.UNSURE: "referral.unsure",
    Event.CHOOSE: "referral.hospital_chosen",
    Event.ALL_DECLINED: "referral.declined_by_all",
    Event.FELL_THROUGH: "referral.fell_through",
    Event.ASK: "referral.put_to",
    Event.DEPART: "referral.departed",
    Event.DEPART_UNANSWERED: "referral.departed",
    Event.ARRIVE: "referral.arrived",
    Event.CANCEL: "referral.cancelled",
}


@dataclass(frozen=True, slots=True)
class Doer:
    """Who changes a case: the actor, as which party, by which question; *person* seals notes."""

    actor: Actor
    party: Party
    request: str | None = None
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Waking:
    """Somebody to be woken: *who* is `heads`, `deputies` or `operators`."""

    who: str
    why: str
    until: datetime
    urgent: bool


@dataclass(slots=True)
class Case:
    """The referral and its asks as they stand now, with every change so far applied."""

    connection: Connection
    loaded: Referral
    referral: Referral
    asks: list[Ask]
    at: datetime
    doer: Doer
    changes: dict[str, object] = field(default_factory=dict)
    asks_before: dict[str, Ask] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    wakings: list[Waking] = field(default_factory=list)
    called_off: list[str] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)

    def set(self, **changes: object) -> None:
        """Change the referral."""
        self.changes.update(changes)
        self.referral = replace(self.referral, **changes)  # type: ignore[arg-type]  # names are checked by replace

    def set_ask(self, ask: Ask, **changes: object) -> Ask:
        """Change one ask and return it as it is now."""
        now = replace(self.ask(ask.id), **changes)  # type: ignore[arg-type]  # as above
        self.asks = [now if each.id == ask.id else each for each in self.asks]
        return now

    def ask(self, ask_id: str) -> Ask:
        """Return an ask as it is now. Raises LookupError."""
        for each in self.asks:
            if each.id == ask_id:
                return each
        raise LookupError(ask_id)

    def at_hospital(self, hospital: str) -> Ask | None:
        """Return the newest ask of that hospital."""
        return next((each for each in reversed(self.asks) if each.hospital == hospital), None)

    def add_ask(self, ask: Ask) -> None:
        """Put the referral to one more hospital."""
        self.asks.append(ask)

    def open_asks(self) -> list[Ask]:
        """Return the asks that a hospital may still answer."""
        closed = (AskState.DECLINED, AskState.FAILED, AskState.WITHDRAWN)
        return [each for each in self.asks if each.state not in closed]

    def happen(
        self,
        event: Event,
        *,
        party: Party | None = None,
        hospital: str | None = None,
        code: str | None = None,
        note: str | None = None,
        told: Mapping[str, Scalar] | None = None,
        detail: Detail | None = None,
    ) -> bool:
        """Bring *event* about by the table; False where it is not possible now."""
        state = after(self.referral.state, event, party or self.doer.party)
        if state is None:
            return False
        before = self.referral.state
        self.set(state=state)
        said = {**(told or {}), **({"note": note} if note else {})}
        self.tell(ACTS[event], str(state), hospital=hospital, code=code, told=said, detail=detail)
        self.note(str(event), before=before, hospital=hospital, code=code, note=note)
        return True

    def note(
        self,
        event: str,
        *,
        before: State | None = None,
        hospital: str | None = None,
        code: str | None = None,
        note: str | None = None,
    ) -> None:
        """Add a line to the history, with the note sealed."""
        number = len(self.happenings)  # counted on from the last one when saved
        happening = Happening(
            referral=self.referral.id,
            number=number,
            at=self.at,
            event=event,
            before=before,
            after=self.referral.state,
            actor=self.doer.actor.id,
            role=self.doer.actor.role,
            kind=self.doer.actor.kind,
            hospital=hospital,
            code=code,
            sealed=self.seal(note, f"{event}"),
        )
        self.happenings.append(happening)

    def seal(self, text: str | None, place: str) -> str | None:
        """Seal a text that may name the patient, for the referral's row of that *place*."""
        if text is None or self.doer.person is None:
            return None
        return self.doer.person.seal({"note": text}, act=f"referral {place}", key=self.referral.id).ct

    def tell(
        self,
        act: str,
        outcome: str,
        *,
        hospital: str | None = None,
        code: str | None = None,
        told: Mapping[str, Scalar] | None = None,
        detail: Detail | None = None,
    ) -> None:
        """Leave an audit entry, with what it tells of the patient sealed."""
        entry = Entry(
            act=act,
            outcome=outcome,
            actor=self.doer.actor,
            object_type="referral",
            object_id=self.referral.id,
            subject=self.referral.subject,
            partner=hospital,
            code=code,
            request=self.doer.request,
            detail={**(detail or {}), **({"drill": True} if self.referral.drill else {})} or None,
        )
        person = self.doer.person
        self.entries.append(about(entry, person, told) if told and person else entry)

    def alarm(self, code: str, *, hospital: str | None = None) -> None:
        """Have an operator see it: on the screen until somebody acts, and by waking them."""
        self.set(alarm=code, alarm_at=self.at)
        self.note("alarm", hospital=hospital, code=code)
        self.tell("referral.alarmed", "raised", hospital=hospital, code=code)
        self.wake("operators", code, urgent=True)

    def wake(self, who: str, why: str, *, urgent: bool) -> None:
        """Have *who* woken once this is committed."""
        until = self.referral.due_at or self.at
        self.wakings.append(Waking(who, why, until, urgent))

    def seen_to(self) -> None:
        """A person has acted: the alarm goes from the screen, and nobody is woken for it any more."""
        if self.referral.alarm is not None:
            self.call_off(self.referral.alarm)
            self.set(alarm=None, alarm_at=None)

    def call_off(self, why: str) -> None:
        """Have nobody woken for that any more."""
        self.called_off.append(why)

    def owe(self, owed: Owed) -> None:
        """Note that something is owed from now on."""
        self.owed.append(owed)

    def save(self) -> None:
        """Write everything; raises Overtaken where somebody else was first."""
        store.change_referral(self.connection, self.loaded, {**self.changes, "changed_at": self.at})
        for ask in self.asks:
            before = self.asks_before.get(ask.id)
            if before is None:
                store.add(self.connection, ask)
            elif before != ask:
                store.change(self.connection, before, _turned(before, ask))
        number = store.next_number(self.connection, self.referral.id)
        store.add(self.connection, *(replace(one, number=number + one.number) for one in self.happenings))
        store.add(self.connection, *self.owed)


def _turned(before: Ask, now: Ask) -> Changes:
    """Return what differs; every change of a row is another turn, so that a late one finds it taken."""
    changes = {name: value for name, value in vars_of(now).items() if value != getattr(before, name)}
    return {**changes, "turn": before.turn + 1}


def load(connection: Connection, referral_id: str, *, at: datetime, doer: Doer) -> Case | None:
    """Return the case of that id, None where there is none."""
    referral = store.get(connection, Referral, referral_id)
    if referral is None:
        return None
    asks = store.asks_of(connection, referral_id)
    return Case(connection, referral, referral, asks, at, doer, asks_before={each.id: each for each in asks})


def new_id(letter: str) -> str:
    """Return a fresh id: a letter and 13 that cannot be mistaken for others when read aloud."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return f"{letter}-" + "".join(secrets.choice(alphabet) for _ in range(13))


def ask_id(referral: str, hospital: str, position: int) -> str:
    """
    Return the id of an ask, the same whenever the same is asked.

    So an emergency whose writing took too long, and which went out unwritten, makes no second copy.
    """
    digest = hashlib.sha256(f"{referral}\n{hospital}\n{position}".encode()).digest()
    return "a-" + base64.b32encode(digest).decode().lower()[:13]


def codes(values: Iterable[object]) -> tuple[str, ...]:
    """Return *values* as an entry's detail takes them."""
    return tuple(str(value) for value in values)
