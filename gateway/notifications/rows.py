"""A notification with its two clocks, and a partner's receipts: as they stand in the database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts import Progress


class Delivery(StrEnum):
    """What became of the message itself; what people did with it is `progress`."""

    HELD = "held"  # the partner is not connected or suspended: it knows NOTHING
    QUEUED = "queued"
    DELIVERED = "delivered"  # the partner's system, or a duty officer's screen, has it
    SUPERSEDED = "superseded"  # never arrived, and a newer picture takes its place
    CANCELLED = "cancelled"  # never arrived, and need not any more
    EXPIRED = "expired"  # never arrived in time
    DEAD = "dead"  # the partner's system refuses it for good: a person must see to it


OVER = frozenset({Delivery.SUPERSEDED, Delivery.CANCELLED, Delivery.EXPIRED, Delivery.DEAD})

CHANGE = "change"  # beside the kinds of `AlertKind`: what the dispatch system follows


@dataclass(frozen=True, slots=True)
class Notification:
    """
    One durable statement to one partner; its id is the `webhook-id` on the wire.

    *number* counts what this partner is told, without gaps. *topic* is `incident`, `referral` or `link`,
    *about* the object's id; all of one (about, partner) are one lane, in the order of *number*, and only the
    lane's head has a *due_at*. *due_at* and *turn* are the delivery's clock; *watch*, *watch_due_at* and
    *watch_turn* the person's: what is done next if no person has confirmed by then. *human*: a named person
    or duty post has, and the person's clock stands still for good. *call*: an operator is to telephone.
    *trouble* is the word of the last failure. *reference* is the partner's own number.
    """

    id: str
    partner: str
    number: int
    topic: str
    about: str
    sequence: int
    kind: str
    urgent: bool
    drill: bool
    subject: str | None
    delivery: Delivery
    accepted_at: datetime
    expires_at: datetime
    due_at: datetime | None = None
    turn: int = 0
    attempts: int = 0
    failures: int = 0
    trouble: str | None = None
    delivered_at: datetime | None = None
    channel: str | None = None  # how it arrived: wire, inbox, phone
    held_since: datetime | None = None
    delayed: bool = False
    progress: Progress | None = None
    human: bool = False
    confirmed_at: datetime | None = None
    watch: str | None = None
    watch_due_at: datetime | None = None
    watch_turn: int = 0
    call: bool = False
    call_since: datetime | None = None
    alarm: str | None = None
    alarm_at: datetime | None = None
    reference: str | None = None
    ended_at: datetime | None = None
    reason: str | None = None  # of the end: a stable code, or the partner's own words of a refusal


@dataclass(frozen=True, slots=True)
class Heard:
    """
    One receipt of a notification, by machine or by an operator after a call; both count the same.

    *channel* is wire, callback, inbox, phone, radio, whatsapp or in_person; *proof* machine, person or
    operator_statement. *sealed* holds the name of who said it, under the key of the notification's subject.
    """

    notification: str
    number: int
    progress: Progress
    heard_at: datetime
    at: datetime | None
    channel: str
    proof: str
    actor: str
    sealed: str | None = None
    post: str | None = None
    reference: str | None = None
    reason: str | None = None
