"""Everything the room's actions and turns stand on; built once by the app."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from gateway.alarms import Alarms
from gateway.audit.recorder import Recorder
from gateway.changes import Changes
from gateway.db import Database
from gateway.partners.registry import Registry
from gateway.partners.shape import Rungs
from gateway.people import People
from gateway.turns import Turns

from .composing import Composer


class Waking(NamedTuple):
    """The notification that somebody is woken for, from when until when at most, and whether it is urgent."""

    about: str
    at: datetime
    until: datetime
    urgent: bool


class Wakes(Protocol):
    """Puts whom to wake into the transaction at hand; *why* is a key of `waking/words.toml`."""

    def duty(self, connection: Connection, partner: str, why: str, waking: Waking) -> None:
        """Wake the duty officers of *partner*."""
        ...

    def operators(self, connection: Connection, why: str, waking: Waking) -> None:
        """Wake the operators."""
        ...

    def call_off(self, connection: Connection, *, about: str, at: datetime) -> None:
        """Wake nobody for *about* any more: a person has seen to it."""
        ...


@dataclass(frozen=True, slots=True)
class NotificationRoom:
    """
    *composers* by topic: each room that notifies puts its own in. *changes* tells the screens.

    *callback_phone* is the centre's telephone, *public_url* where partners send receipts, *anchor* says the
    audit log's newest signed checkpoint.
    """

    environment: str
    database: Database
    recorder: Recorder
    people: People
    alarms: Alarms
    registry: Registry
    turns: Turns
    wakes: Wakes
    composers: dict[str, Composer] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    callback_phone: str | None = None
    public_url: str = ""
    anchor: Callable[[], str | None] = lambda: None

    @property
    def live(self) -> bool:
        """Whether what is said here is true; in the demo nothing is."""
        return self.environment == "live"

    def rungs(self, partner: str) -> Rungs:
        """Return that partner's ladder; the usual one for a partner that is no longer configured."""
        known = self.registry.partners.get(partner)
        return known.ladder if known else Rungs()

    def reply_to(self, partner: str) -> str:
        """Return where that partner's system sends receipts."""
        return f"{self.public_url}/v1/callbacks/{partner}/receipts"
