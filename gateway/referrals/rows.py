"""A referral, the hospitals it was put to, and what is owed for it: as they stand in the database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts import AnswerState, Criterion, Need, Step, Urgency

from .states import State


class Clearance(StrEnum):
    """On whose word a referral goes out."""

    NONE = "none"
    APPROVAL = "approval"
    TELEPHONED = "telephoned"  # the head said yes by telephone; confirmed within 24 h
    BREAK_GLASS = "break_glass"  # an emergency: reviewed within 24 h


class Wait(StrEnum):
    """What a waiting referral's `due_at` is for."""

    REMINDER = "reminder"
    DEPUTY = "deputy"
    RUN_OUT = "run_out"


class AskState(StrEnum):
    """What is known of one hospital."""

    QUEUED = "queued"  # nothing has arrived there yet
    SENT = "sent"  # its system has it; nobody has answered
    UNCONFIRMED = "unconfirmed"  # it was sent, and whether it arrived is not known
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SILENT = "silent"  # no answer by the time it was asked for
    FAILED = "failed"  # it had accepted, and can no longer
    CHOSEN = "chosen"  # it accepted, and the patient goes there
    WITHDRAWN = "withdrawn"


class Rule(StrEnum):
    """Who chooses among those who accept."""

    FIRST = "first"  # the first acceptance
    PERSON = "person"


class OwedWhat(StrEnum):
    """What a person still has to do for a referral that has gone on without them."""

    REVIEW = "review"  # of a break-glass
    CONFIRMATION = "confirmation"  # of an approval by telephone


@dataclass(frozen=True, slots=True)
class Referral:
    """
    One referral; *version* counts its changes. *sealed* holds the patient, under the key of *subject*.

    *wished* are the hospitals asked for by name, empty where the ranking decides.
    *wait*, *due_at* and *turn* are its timer; *alarm* is the code of what an operator must see, None when
    nothing; *destination* is the hospital the patient goes to.
    """

    id: str
    version: int
    state: State
    urgency: Urgency
    clearance: Clearance
    rule: Rule
    need: Need
    kelas: str | None
    criteria: tuple[Criterion, ...]
    wished: tuple[str, ...]
    subject: str
    sealed: str
    latitude: float | None
    longitude: float | None
    source_system: str | None
    source_ticket: str | None
    drill: bool
    created_by: str
    created_at: datetime
    changed_at: datetime
    submitted_at: datetime | None = None
    destination: str | None = None
    wait: Wait | None = None
    due_at: datetime | None = None
    turn: int = 0
    alarm: str | None = None
    alarm_at: datetime | None = None
    coverage: str | None = None  # sealed, as the patient is
    coverage_due_at: datetime | None = None
    coverage_turn: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """
    One referral put to one hospital.

    *step* is what the hospital's copy is to say, *conveyed* what it last said; *attempted*: something was
    sent, whatever became of it, and *tried* the step it was last sent for. *answer* is what the hospital said
    last; *telephone*: it has no system that takes referrals. *failures* counts the exchanges in a row that
    brought nothing. *channel* is how the answer came: `system` or as the operator says.
    """

    id: str
    referral: str
    hospital: str
    position: int
    state: AskState
    step: Step
    asked_at: datetime
    answer_by: datetime
    telephone: bool
    urgency: Urgency
    conveyed: str | None = None  # step and urgency, as `mark` writes them
    attempted: bool = False
    tried: Step | None = None
    place: str | None = None
    why: str | None = None
    trouble: str | None = None
    failures: int = 0
    answer: AnswerState | None = None
    answered_at: datetime | None = None
    code: str | None = None
    reason: str | None = None
    channel: str | None = None
    answered_by: str | None = None  # sealed: a person's name
    bed_held_until: datetime | None = None
    number: str | None = None
    due_at: datetime | None = None
    turn: int = 0

    @property
    def mark(self) -> str:
        """What the hospital's copy would say if it were conveyed now."""
        return f"{self.step}:{self.urgency}"

    @property
    def owes_message(self) -> bool:
        """Whether the hospital's copy is not what it is to say."""
        return not self.telephone and self.conveyed != self.mark


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a referral's history; *sealed* is a note that may name the patient."""

    referral: str
    number: int
    at: datetime
    event: str
    before: State | None
    after: State
    actor: str
    role: str
    kind: str
    hospital: str | None = None
    code: str | None = None
    sealed: str | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """A review or a confirmation owed until *due_at*; *verdict* once done."""

    id: str
    referral: str
    what: OwedWhat
    owed_since: datetime
    deadline: datetime
    due_at: datetime | None
    turn: int = 0
    done_at: datetime | None = None
    done_by: str | None = None
    verdict: str | None = None
    sealed: str | None = None
