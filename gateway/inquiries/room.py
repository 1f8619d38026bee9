"""What the room's actions stand on; built once by the app."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from gateway.alarms import Alarms
from gateway.audit.logbook import Logbook
from gateway.audit.recorder import Recorded, Recorder
from gateway.db import Database
from gateway.people import People

RENDERINGS = 2  # pages of FHIR made at once, each by a process of its own


@dataclass(frozen=True, slots=True)
class InquiryRoom:
    """
    *forget* is called after every erasure, so that no room remembers in memory whom it knew.

    *clear* takes out of a room's rows, by pseudonym, what stands there unsealed because it is reckoned with.
    """

    environment: str
    site: str
    database: Database
    recorder: Recorder
    people: People
    logbook: Logbook
    alarms: Alarms
    forget: Sequence[Callable[[], None]] = ()
    clear: Sequence[Callable[[Connection, str], None]] = ()
    renderings: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(RENDERINGS))

    @property
    def knows_all(self) -> bool:
        """Whether every entry is in the log, and none waits in the spool or was lost."""
        return self.recorder.recording is Recorded.DURABLE
