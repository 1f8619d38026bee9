"""What the warnings stand on; built once by the app."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.alarms import Alarms
from gateway.areas.areas import Areas
from gateway.audit.recorder import Recorder
from gateway.db import Database
from gateway.incidents.proposing import Proposal
from gateway.incidents.rows import Incident
from gateway.partners.registry import Partner

Propose = Callable[[Proposal], Awaitable[tuple[Incident, bool]]]
Revise = Callable[[str, Proposal], Awaitable[object]]
Withdraw = Callable[[str, str], Awaitable[object]]


@dataclass(slots=True)
class Feed:
    """
    How one partner's list was read: *as_of* is when the last reading was true, None before the first.

    *outcome* is how the last attempt ended, *reason* a stable code beside it; *unread* counts listed warnings
    that nobody could read, since *unread_since*.
    """

    outcome: str | None = None
    reason: str | None = None
    as_of: datetime | None = None
    unread: int = 0
    unread_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class WarningRoom:
    """
    *partners* are those able to report warnings.

    *propose* asks an operator about a warning that touches *areas*; while nobody has decided, *revise* asks
    about what it says now, by the incident's id, and *withdraw* takes the question back, and says why.
    """

    environment: str
    database: Database
    recorder: Recorder
    alarms: Alarms
    areas: Areas
    partners: Sequence[Partner]
    propose: Propose
    revise: Revise
    withdraw: Withdraw
    feeds: dict[str, Feed] = field(default_factory=dict)

    def feed(self, partner: str) -> Feed:
        """Return how that partner's list was read."""
        return self.feeds.setdefault(partner, Feed())
