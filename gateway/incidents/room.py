"""Everything the room's actions stand on; built once by the app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.alarms import Alarms
from gateway.areas.areas import Areas
from gateway.audit.recorder import Recorder
from gateway.db import Database
from gateway.notifications.room import NotificationRoom
from gateway.partners.registry import Registry
from gateway.partners.shape import Telling
from gateway.problems import Problem
from gateway.shelf import Shelf

from .kept import Kept
from .known import Known

if TYPE_CHECKING:
    from .afloat import Afloat


@dataclass(frozen=True, slots=True)
class IncidentRoom:
    """
    *known* has the keys incidents are sealed under.

    *afloat* is what is not yet written down, by id, and the *shelf* what a crash leaves of that.
    """

    environment: str
    database: Database
    recorder: Recorder
    known: Known
    alarms: Alarms
    registry: Registry
    areas: Areas
    notifications: NotificationRoom
    shelf: Shelf[Kept]
    afloat: dict[str, "Afloat"] = field(default_factory=dict)

    def no_such(self, incident_id: str) -> Problem:
        """Return why that incident is not found: it stands nowhere, or nowhere yet."""
        return Problem("not-written-yet" if incident_id in self.afloat else "no-such-incident")

    @property
    def tellings(self) -> Mapping[str, Telling | None]:
        """What each partner is told of, by its id."""
        return {name: partner.telling for name, partner in self.registry.partners.items()}
