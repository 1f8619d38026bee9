"""What a notification about an incident says: its picture, thinned for a partner, or how it all stands."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from contracts import Alert, AlertKind, Change, Over
from contracts.audit import SYSTEM
from gateway.notifications.rows import CHANGE, Notification
from gateway.partners.registry import Partner

from . import store
from .announcing import TOPIC
from .facts import Facts, unseal
from .reading import look
from .room import IncidentRoom
from .rows import ENDED, Incident, Picture
from .thinning import thin

Pictured = tuple[Incident, Picture]

WITH_OUTCOME = frozenset({AlertKind.CLOSED, AlertKind.CANCEL})


class IncidentComposer:
    """Composes what partners are told about incidents."""

    def __init__(self, room: IncidentRoom) -> None:
        self._room = room

    def gather(self, connection: Connection, row: Notification) -> Pictured | None:
        """Return the incident and the picture of *row*."""
        if row.kind == CHANGE:
            return None
        incident = store.get(connection, row.about)
        picture = store.picture_of(connection, row.about, row.sequence)
        return None if incident is None or picture is None else (incident, picture)

    async def compose(
        self, row: Notification, partner: Partner, gathered: Pictured | None
    ) -> Alert | Change | None:
        """Return the picture of *row*, thinned for *partner*; None where its people were erased."""
        if row.kind == CHANGE:
            return await self._change(row)
        if gathered is None:
            return None
        incident, picture = gathered
        facts = unseal(await self._room.known.find(incident.subject), picture)
        if facts is None:
            return None
        published = picture.role == SYSTEM.role  # of a warning, before an operator has put a hand to it
        return thin(_alert(row, incident, picture, facts), partner.telling, published=published)

    async def is_over(self, abouts: Sequence[str]) -> Mapping[str, Over | None]:
        """Return how each incident ended, None while it goes on."""
        found = await self._room.database.read(lambda connection: store.with_ids(connection, abouts))
        return {each.id: self._over(each) for each in found}

    async def _change(self, row: Notification) -> Change | None:
        seen = await look(self._room, row.about)
        if seen is None:
            return None
        return Change(
            id=row.id,
            number=row.number,
            about=row.about,
            topic=TOPIC,
            sent_at=row.accepted_at,
            expires_at=row.expires_at,
            data=msgspec.to_builtins(seen),
            source_system=seen.source_system,
            source_ticket=seen.source_ticket,
            drill=row.drill,
        )

    def _over(self, incident: Incident) -> Over | None:
        if incident.state not in ENDED:
            return None
        return Over(
            incident=incident.id,
            category=incident.category,
            area_name=self._room.areas.name_of(incident.area_code),
            reported_at=incident.reported_at,
            closed_at=incident.closed_at or incident.changed_at,
        )


def _alert(row: Notification, incident: Incident, picture: Picture, facts: Facts) -> Alert:
    """Return the whole picture; the room of notifications adds what it alone knows."""
    kind = AlertKind(row.kind)
    return Alert(
        id=row.id,
        number=row.number,
        kind=kind,
        sent_at=row.accepted_at,
        expires_at=row.expires_at,
        incident=incident.id,
        sequence=picture.sequence,
        category=picture.category,
        severity=picture.severity,
        urgent=row.urgent,
        drill=row.drill,
        reported_at=incident.reported_at,
        place=facts.place,
        narrative=facts.narrative,
        cautions=facts.cautions,
        casualties=facts.casualties,
        caller=facts.caller,
        outcome=incident.outcome if kind in WITH_OUTCOME else None,
    )
