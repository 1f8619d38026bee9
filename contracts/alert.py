"""
What a partner is told of an incident, and what it says to that.

Delivered is not read, read is not accepted: each is a receipt of its own. A machine's receipt never stands
for a person's. The verbs are those of APCO/CSAA 2.101 (ASAP) and of the French Hub Sante (RC-REF).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from contracts.incident import (
    NOBODY_COUNTED,
    NOWHERE,
    Caller,
    Casualties,
    Category,
    Caution,
    Place,
    Severity,
)


class AlertKind(StrEnum):
    """What a message is to the one before it."""

    ALERT = "alert"  # the first word of an incident
    UPDATE = "update"  # a complete picture that takes the place of all before
    CLOSED = "closed"  # it is over
    CANCEL = "cancel"  # it never was, or it is another incident's
    DIGEST = "digest"  # what was over before the partner could be told: one message for all of it
    TEST = "test"  # is the link alive? nothing has happened
    HEARTBEAT = "heartbeat"  # nothing new; `number` says how far the partner's numbers have come


class Progress(StrEnum):
    """How far a partner is with an alert, by its own word, in this order."""

    RECEIVED = "received"  # a machine has it
    INTEGRATED = "integrated"  # a machine has filed it as a case
    READ = "read"  # from here on a named person or duty post speaks
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    CLOSED = "closed"


MACHINE = frozenset({Progress.RECEIVED, Progress.INTEGRATED})


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message about the same incident that this partner has had: what CAP's references name."""

    id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """One incident of a digest: it began and ended while the partner could not be told."""

    incident: str
    category: Category
    area_name: str | None
    reported_at: datetime
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """
    One message to one partner, thinned to what this partner may know.

    *id* is constant over attempts and holds no dot (`webhook-id`, CAP's identifier); *number* counts what
    this partner is told, without gaps; *sequence* counts the incident's own pictures. *sent_at* is when it
    was accepted for sending, the same over attempts; after *expires_at* it is of no more use. *replaces* are
    the messages this one takes the place of. *delayed* with *held_since*: it could not be told in time.
    *reply_to* is where receipts go, *callback* the centre's telephone.
    """

    id: str
    number: int
    kind: AlertKind
    sent_at: datetime
    expires_at: datetime
    incident: str | None = None
    sequence: int = 0
    category: Category = Category.OTHER
    severity: Severity = Severity.UNKNOWN
    urgent: bool = False
    drill: bool = False
    live: bool = False  # False: the demo, and nothing in it is true
    reported_at: datetime | None = None
    place: Place = NOWHERE
    narrative: str | None = None
    cautions: tuple[Caution, ...] = ()
    casualties: Casualties = NOBODY_COUNTED
    caller: Caller | None = None
    callback: str | None = None
    replaces: tuple[Earlier, ...] = ()
    delayed: bool = False
    held_since: datetime | None = None
    over: tuple[Over, ...] = ()
    outcome: str | None = None  # beside CLOSED and CANCEL: how it ended, a stable code
    reply_to: str | None = None
    anchor: str | None = None  # the audit log's newest signed checkpoint, one line


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    What a partner says to the alert of that *alert* id.

    *by* names a person and *post* a duty post or unit, either of them enough to count as a person's word;
    *reference* is the partner's own number (a police report's: it decides who pays for an accident).
    *reason* stands beside REFUSED and CLOSED, in the partner's words without personal data.
    """

    alert: str
    progress: Progress
    at: datetime | None = None
    by: str | None = None
    post: str | None = None
    reference: str | None = None
    reason: str | None = None

    @property
    def is_human(self) -> bool:
        """Whether a named person or duty post stands behind it; only then does it stop a ladder."""
        return self.progress not in MACHINE and bool(self.by or self.post)


@dataclass(frozen=True, slots=True)
class Conveyed:
    """The partner's system has taken the alert; *receipts* is what its answer said beyond that."""

    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """
    What has changed about something the dispatch system asked for: a ladder, or a referral.

    *about* is our id, *topic* `incident` or `referral`; *data* is the whole picture as our API shows it to
    the role dispatcher, ready for JSON. Newer pictures take the place of older ones.
    """

    id: str
    number: int
    about: str
    topic: str
    sent_at: datetime
    expires_at: datetime
    data: Mapping[str, Any]
    source_system: str | None = None
    source_ticket: str | None = None
    drill: bool = False
    live: bool = False
    anchor: str | None = None
