"""Sample messages for trying out a partner's endpoint: drills, of nothing that has happened and of nobody."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from secrets import choice

from contracts import SENSITIVE, Alert, AlertKind, Category, Change, Earlier, Place, Severity
from gateway.partners.shape import Telling

LASTS = timedelta(hours=1)
NARRATIVE = "LATIHAN - bukan kejadian sebenarnya. Drill, nothing has happened."
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none of them is mistaken for another when read aloud


@dataclass(frozen=True, slots=True)
class Drills:
    """Makes messages as a partner with this *telling* gets them; *live* is the environment's."""

    telling: Telling
    live: bool

    def test(self) -> Alert:
        """Ask whether the link is alive."""
        now = datetime.now(UTC)
        return Alert(new_id("n"), 0, AlertKind.TEST, now, now + LASTS, drill=True, live=self.live)

    def alert(self) -> Alert:
        """Tell of an incident of a kind and in an area this partner is told of."""
        now = datetime.now(UTC)
        return replace(
            self.test(),
            kind=AlertKind.ALERT,
            number=1,
            incident=new_id("i"),
            sequence=1,
            category=self._category(),
            severity=Severity.MINOR,
            reported_at=now,
            place=Place(latitude=-1.61, longitude=103.61, area_code=self._area()),
            narrative=NARRATIVE,
        )

    def stale(self) -> Alert:
        """Tell of one in a message that is of no more use."""
        then = datetime.now(UTC) - 3 * LASTS
        return replace(self.alert(), sent_at=then, expires_at=then + LASTS, reported_at=then)

    def after(self, kind: AlertKind, *earlier: Alert) -> Alert:
        """Return what takes the place of *earlier* messages about one incident."""
        last = earlier[-1]
        return replace(
            last,
            id=new_id("n"),
            kind=kind,
            number=last.number + 1,
            sequence=last.sequence + 1,
            sent_at=(now := datetime.now(UTC)),
            expires_at=now + LASTS,
            replaces=tuple(Earlier(each.id, each.sent_at) for each in earlier),
            outcome="false_alarm" if kind is AlertKind.CANCEL else None,
        )

    def change(self) -> Change:
        """Tell a dispatch system of a change about a ticket that it never made."""
        now, about = datetime.now(UTC), new_id("i")
        return Change(
            id=new_id("n"),
            number=1,
            about=about,
            topic="incident",
            sent_at=now,
            expires_at=now + LASTS,
            data={"id": about, "state": "open", "narrative": NARRATIVE},
            source_system=self.telling.source_system,
            source_ticket="LATIHAN-1",
            drill=True,
            live=self.live,
        )

    def _category(self) -> Category:
        harmless = sorted(self.telling.categories - SENSITIVE)
        return harmless[0] if harmless else Category.OTHER

    def _area(self) -> str | None:
        return self.telling.areas[0] if self.telling.areas else None


def new_id(letter: str) -> str:
    """Return a fresh id as incidents (i) and notifications (n) have them."""
    return f"{letter}-" + "".join(choice(_ALPHABET) for _ in range(13))
