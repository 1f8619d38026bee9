"""Everything the sandbox knows while it runs; built from the table, the same for the same seed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from sandbox.agencies.agency import Agency, build_agencies
from sandbox.bmkg.observatory import Observatory
from sandbox.bpbd.station import Station
from sandbox.building import Place, places_of, without_single_beds
from sandbox.door.journal import Journal
from sandbox.door.troubles import Troubles
from sandbox.fhir.shelf import Resource, Shelf, Stamping
from sandbox.hospital import Hospital
from sandbox.messages.outbox import Outbox
from sandbox.messages.subscriptions import Subscriptions
from sandbox.plain import dress as plain
from sandbox.plain.referral_desk import PlainDesk
from sandbox.referrals.reception import Reception
from sandbox.referrals.store import Store
from sandbox.satusehat import dress as satusehat
from sandbox.satusehat.referral_desk import PlatformDesk
from sandbox.satusehat.referral_words import KINDS as PLATFORM_KINDS
from sandbox.satusehat.tokens import Tokens
from sandbox.table import HospitalRow, read_table
from sandbox.vclaim.members import Members
from sandbox.vclaim.signing import DEMO, Credentials

SUPPRESSED_PLACES = 4


@dataclass(slots=True)
class World:
    """The state of every simulated partner, and the door for trouble."""

    hospitals: Mapping[str, Hospital]
    platform: Store
    receptions: Mapping[str, Reception]
    members: Members
    agencies: Mapping[str, Agency]
    station: Station
    observatory: Observatory
    credentials: Credentials = DEMO
    skew_s: float = 300.0
    troubles: Troubles = field(default_factory=Troubles)
    journal: Journal = field(default_factory=Journal)
    tokens: Tokens = field(default_factory=Tokens)
    outbox: Outbox = field(default_factory=Outbox)
    subscriptions: Subscriptions = field(default_factory=Subscriptions)

    def now(self) -> datetime:
        """Return the sandbox's own time."""
        return _now()

    def of_system(self, system: str) -> list[Hospital]:
        """Return the hospitals that run *system*."""
        return [hospital for hospital in self.hospitals.values() if hospital.row.system == system]


def _shelf(
    row: HospitalRow,
    locations: Iterable[Resource],
    stamping: Stamping,
    since: datetime,
    span: timedelta,
    seed: int,
) -> Shelf:
    random = Random(f"{seed}/{row.id}/times")  # noqa: S311 - repeatable sample data
    shelf = Shelf(stamping)
    for location in locations:
        shelf.put(location, since + span * random.random())
    return shelf


def _plain_hospital(row: HospitalRow, *, seed: int, now: datetime) -> Hospital:
    places = places_of(row, seed=seed)
    locations = [plain.location_of(row, place) for place in places]
    if "odd_beds" in row.habits:
        plain.make_odd(locations)
    since, span = plain.fresh_since(row, now)
    shelf = _shelf(row, locations, plain.stamping(row), since, span, seed)
    return Hospital(row, shelf, bearers={place.key: place for place in places if place.state})


def _satusehat_hospital(row: HospitalRow, *, seed: int, now: datetime) -> Hospital:
    places = without_single_beds(places_of(row, seed=seed))
    locations = [satusehat.location_of(row, place) for place in places]
    if "uo_code" in row.habits:
        satusehat.misspell_one(locations)
    since, span = plain.fresh_since(row, now)
    shelf = _shelf(row, locations, satusehat.STAMPING, since, span, seed)
    return Hospital(
        row,
        shelf,
        organizations=_organizations(row, now),
        withheld=_withheld(row, places),
        bearers={satusehat.made_id(row, "location", place.key): place for place in places if place.state},
    )


def _organizations(row: HospitalRow, now: datetime) -> tuple[Resource, ...]:
    shelf = Shelf(satusehat.STAMPING)
    return tuple(
        shelf.put(resource, now - timedelta(days=200)) for resource in satusehat.organizations_of(row)
    )


def _withheld(row: HospitalRow, places: list[Place]) -> frozenset[str]:
    """Ids the platform suppresses for want of consent: a few class-3 beds, or departments without beds."""
    if "suppressed" in row.habits:
        beds = [place.key for place in places if place.kind == "bd" and place.row.key == "kelas-3"]
        return frozenset(satusehat.made_id(row, "location", key) for key in beds[:SUPPRESSED_PLACES])
    if "hidden_departments" in row.habits:
        return frozenset(satusehat.made_id(row, "organization", key) for key in ("radiologi", "laboratorium"))
    return frozenset()


def _telephone_only(row: HospitalRow, *, seed: int, now: datetime) -> Hospital:
    del seed, now  # nothing to make: this hospital has no system
    return Hospital(row, Shelf(satusehat.STAMPING))


_BUILDERS = {"r4": _plain_hospital, "satusehat": _satusehat_hospital, "telephone": _telephone_only}


def build_hospitals(*, seed: int, now: datetime) -> dict[str, Hospital]:
    """Return the sixteen hospitals as they stand at *now*."""
    return {row.id: _BUILDERS[row.system](row, seed=seed, now=now) for row in read_table()}


def _now() -> datetime:
    return datetime.now(UTC)


def build_receptions(platform: Store, decide_s: float) -> dict[str, Reception]:
    """
    Return the receptions of the hospitals with a system.

    Those that report to the platform share its store. By themselves they decide after *decide_s* seconds.
    """
    desks: dict[str, PlainDesk | PlatformDesk] = {}
    for row in read_table():
        if row.system == "r4":
            desks[row.id] = PlainDesk(row, now=_now)
        elif row.system == "satusehat":
            desks[row.id] = PlatformDesk(row, platform, now=_now)
    return {name: Reception(desk, now=_now, after_s=decide_s) for name, desk in desks.items()}


def build_world(*, seed: int = 112, skew_s: float = 300.0, decide_s: float = 4.0) -> World:
    """Return a fresh world."""
    platform = Store(satusehat.STAMPING, PLATFORM_KINDS)
    return World(
        hospitals=build_hospitals(seed=seed, now=_now()),
        platform=platform,
        receptions=build_receptions(platform, decide_s),
        members=Members.from_table(),
        agencies=build_agencies(now=_now, after_s=decide_s),
        station=Station(now=_now, after_s=decide_s),
        observatory=Observatory(now=_now),
        skew_s=skew_s,
    )
