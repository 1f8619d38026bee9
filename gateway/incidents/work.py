"""One transaction over incidents: as they are found, what is done to them, who hears of it, its entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from contracts import AlertKind, Entry
from gateway.people import Person

from . import entries, store
from .announcing import announce, first_words, follow, tell
from .doing import Doer
from .facts import seal, unseal
from .moves import Now, Refusal, Step
from .room import IncidentRoom
from .rows import Incident, Picture
from .states import Event, after

NOT_NOW = Refusal("not-now")


@dataclass(slots=True)
class Work:
    """One transaction: incidents as they are found, what was done to them, the entries of it."""

    room: IncidentRoom
    connection: Connection
    doer: Doer
    people: Mapping[str, Person | None]
    at: datetime
    entries: list[Entry] = field(default_factory=list)
    done: list[Incident] = field(default_factory=list)

    def find(self, incident_id: str) -> Now | None:
        """Return an incident with the facts of its newest picture."""
        found = store.get(self.connection, incident_id)
        if found is None:
            return None
        picture = store.picture_of(self.connection, found.id, found.sequence)
        facts = None if picture is None else unseal(self.people.get(found.subject), picture)
        return Now(found, facts, self.at)

    def allows(self, now: Now, event: Event) -> bool:
        """Say whether *event* is possible now, for this doer."""
        return after(now.incident.state, event, self.doer.party) is not None

    def do(self, now: Now, step: Step) -> Refusal | None:
        """Carry a step out where the table lets it. Raises Overtaken where somebody else was first."""
        if not self.allows(now, step.event):
            return NOT_NOW
        incident = self._changed(now, step)
        heard, accepted = self._heard(incident, step)
        self.entries.append(
            entries.made(
                incident,
                step.act,
                str(incident.state),
                self.doer,
                person=self.people.get(incident.subject),
                said=step.said,
                code=step.code,
                detail=step.detail,
                hearers=heard,
            )
        )
        self.entries += accepted
        self.entries += follow(self.room, self.connection, incident, at=self.at, doer=self.doer)
        self.done.append(incident)
        return None

    def refuse(self, now: Now, refusal: Refusal) -> None:
        """Leave the entry of what was not done."""
        self.entries.append(entries.refused(now.incident, self.doer, refusal.problem))

    def _changed(self, now: Now, step: Step) -> Incident:
        state = after(now.incident.state, step.event, self.doer.party)
        changes = {
            **step.changes,
            "state": state,
            "changed_at": self.at,
            "sequence": now.incident.sequence + (step.picture is not None),
        }
        store.change(self.connection, now.incident, changes)
        incident = replace(now.incident, version=now.incident.version + 1, **changes)  # type: ignore[arg-type]  # names are checked by replace
        if step.picture is not None:
            store.add(self.connection, self._picture(incident, step, step.picture))
        return incident

    def _picture(self, incident: Incident, step: Step, kind: AlertKind) -> Picture:
        person = self.people.get(incident.subject)
        sealed = seal(person, step.facts, incident=incident.id, sequence=incident.sequence)
        return picture(incident, kind, sealed, at=self.at, doer=self.doer)

    def _heard(self, incident: Incident, step: Step) -> tuple[Sequence[str], list[Entry]]:
        """Have whoever is to hear of it told; return who, and the entries."""
        room, connection = self.room, self.connection
        if step.picture is not None:
            return announce(room, connection, incident, step.picture, at=self.at, doer=self.doer)
        first = first_words(connection, incident, step.first)
        said = tell(room, connection, incident, first, AlertKind.ALERT, at=self.at, doer=self.doer)
        return list(first), said


def picture(incident: Incident, kind: AlertKind, sealed: str, *, at: datetime, doer: Doer) -> Picture:
    """Return the row of the incident's newest picture."""
    return Picture(
        incident=incident.id,
        sequence=incident.sequence,
        at=at,
        kind=kind,
        category=incident.category,
        severity=incident.severity,
        sealed=sealed,
        actor=doer.actor.id,
        role=doer.actor.role,
    )
