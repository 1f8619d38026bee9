"""What BMKG has published; the door publishes more."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

Ring = tuple[tuple[float, float], ...]

PER_MINUTE = 60  # requests of one address, over all feeds

# One small polygon in Kota Jambi and one across its border; two far to the west, in the same province.
HERE: tuple[Ring, ...] = (
    ((-1.60, 103.58), (-1.60, 103.62), (-1.64, 103.62), (-1.64, 103.58), (-1.60, 103.58)),
    ((-1.50, 103.50), (-1.50, 103.60), (-1.58, 103.60), (-1.58, 103.50), (-1.50, 103.50)),
)
ELSEWHERE: tuple[Ring, ...] = (
    ((-2.00, 101.40), (-2.00, 101.50), (-2.10, 101.50), (-2.10, 101.40), (-2.00, 101.40)),
    ((-2.20, 101.30), (-2.20, 101.35), (-2.25, 101.35), (-2.25, 101.30), (-2.20, 101.30)),
)
NEAR, FAR = (-1.90, 103.20), (-6.50, 130.00)


@dataclass(frozen=True, slots=True)
class Published:
    """One warning; *cancels* makes it the withdrawal of another. A *broken* one cannot be read."""

    code: str
    identifier: str
    sent: datetime
    effective: datetime
    expires: datetime
    event: str
    severity: str
    status: str
    rings: tuple[Ring, ...]
    languages: tuple[str, ...] = ("id", "en")
    cancels: "Published | None" = None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Quake:
    """One earthquake."""

    at: datetime
    point: tuple[float, float]
    magnitude: float
    depth_km: int = 10
    region: str = "Wilayah Contoh"
    tsunami: bool = False
    felt: str | None = None


class Observatory:
    """Its state."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self.renew()

    def renew(self) -> None:
        """Have nothing published but one old earthquake far away: the file of the newest is never empty."""
        self.warnings: list[Published] = []
        self.quakes: list[Quake] = [Quake(self._now() - timedelta(days=9), FAR, 5.1)]
        self.per_minute = PER_MINUTE
        self._asked: deque[datetime] = deque()
        self._numbers = count(1)

    def publish(
        self,
        *,
        touches: bool,
        hours: float = 2.0,
        event: str = "OET-194",
        severity: str = "Moderate",
        status: str = "Actual",
        languages: tuple[str, ...] = ("id", "en"),
        broken: bool = False,
    ) -> Published:
        """Publish a warning of weather."""
        at, number = self._now().replace(microsecond=0), next(self._numbers)
        warning = Published(
            code=f"CXX{at:%Y%m%d}{number:03}",
            identifier=f"contoh.360.{at:%Y.%m.%d.%H}.15.{number:03}",
            sent=at,
            effective=at,
            expires=at + timedelta(hours=hours),
            event=event,
            severity=severity,
            status=status,
            rings=HERE if touches else ELSEWHERE,
            languages=languages,
            broken=broken,
        )
        self.warnings.append(warning)
        return warning

    def withdraw(self, identifier: str) -> None:
        """Take it off the list, as BMKG does: without a word. Raises LookupError."""
        self.warnings.remove(self._find(identifier))

    def expire(self, identifier: str) -> Published:
        """Have it over now and listed still. Raises LookupError."""
        found = self._find(identifier)
        over = replace(
            found, expires=self._now().replace(microsecond=0), sent=found.sent - timedelta(hours=9)
        )
        self.warnings[self.warnings.index(found)] = over = replace(over, effective=over.sent)
        return over

    def worsen(self, identifier: str) -> Published:
        """Have it say something worse under the same identifier. Raises LookupError."""
        found = self._find(identifier)
        sent = max(self._now().replace(microsecond=0), found.sent + timedelta(seconds=1))
        worse = replace(found, severity="Extreme", sent=sent)
        self.warnings[self.warnings.index(found)] = worse
        return worse

    def cancel(self, identifier: str) -> Published:
        """Publish a CAP Cancel of it and take it off the list. Raises LookupError."""
        found = self._find(identifier)
        word = self.publish(touches=True, event=found.event)
        withdrawal = replace(word, cancels=found)
        self.warnings[self.warnings.index(word)] = withdrawal
        self.warnings.remove(found)
        return withdrawal

    def shake(self, *, touches: bool, magnitude: float, tsunami: bool = False, hours_ago: float = 0) -> Quake:
        """Have the earth shake."""
        at = self._now().replace(microsecond=0) - timedelta(hours=hours_ago)
        felt = "III Kota Contoh" if touches else None
        quake = Quake(at, NEAR if touches else FAR, magnitude, tsunami=tsunami, felt=felt)
        self.quakes = sorted([*self.quakes, quake], key=lambda each: each.at, reverse=True)
        return quake

    def find(self, code: str, language: str) -> Published | None:
        """Return a listed warning by the code in its address."""
        fitting = (each for each in self.warnings if each.code == code and language in each.languages)
        return next(fitting, None)

    def too_often(self) -> bool:
        """Count a request and say whether it is one too many."""
        at = self._now()
        while self._asked and at - self._asked[0] > timedelta(minutes=1):
            self._asked.popleft()
        self._asked.append(at)
        return len(self._asked) > self.per_minute

    def _find(self, identifier: str) -> Published:
        found = next((each for each in self.warnings if each.identifier == identifier), None)
        if found is None:
            raise LookupError("no such warning is listed")
        return found
