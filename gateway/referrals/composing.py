"""Lets the dispatch system follow what became of a referral it asked for."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from contracts import Change, Entry, Over
from gateway.notifications import accepting
from gateway.notifications.room import NotificationRoom
from gateway.notifications.rows import Notification
from gateway.partners.registry import Partner

from . import reading, store
from .case import Case
from .room import ReferralRoom
from .rows import Referral

TOPIC = "referral"


class ReferralComposer:
    """Composes what the dispatch system is told of a referral: the line a list shows, which names nobody."""

    def __init__(self, room: ReferralRoom) -> None:
        self._room = room

    def gather(self, connection: Connection, row: Notification) -> Referral | None:
        """Return the referral as it stands now, whichever change it was that promised it."""
        return store.get(connection, Referral, row.about)

    async def compose(self, row: Notification, partner: Partner, gathered: Referral | None) -> Change | None:
        """Return the referral's line."""
        del partner  # everybody who follows it asked for it
        referral = gathered
        if referral is None:
            return None
        line = await reading.line(self._room, referral)
        return Change(
            id=row.id,
            number=row.number,
            about=row.about,
            topic=TOPIC,
            sent_at=row.accepted_at,
            expires_at=row.expires_at,
            data=msgspec.to_builtins(line),
            source_system=referral.source_system,
            source_ticket=referral.source_ticket,
            drill=row.drill,
        )

    async def is_over(self, abouts: Sequence[str]) -> Mapping[str, Over | None]:
        """Say of each that it goes on: a picture of a referral is never summed up in a digest."""
        return dict.fromkeys(abouts)


class Follows:
    """Promises whoever follows the next picture of a referral, in the transaction of its change."""

    def __init__(self, notifications: NotificationRoom) -> None:
        self._notifications = notifications

    def __call__(self, connection: Connection, case: Case) -> list[Entry]:
        """Promise it; return the entries."""
        referral = case.referral
        if referral.source_system is None:
            return []
        return accepting.follow(
            self._notifications,
            connection,
            TOPIC,
            referral.id,
            source_system=referral.source_system,
            drill=referral.drill,
            at=case.at,
            actor=case.doer.actor,
            request=case.doer.request,
            subject=referral.subject,
        )
