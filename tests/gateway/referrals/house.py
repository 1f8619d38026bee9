"""A room of referrals built by hand, with hospitals of this process and nobody to wake."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection

from contracts import Criterion, Need, Nik, Patient
from gateway.access.roles import Principal, Role
from gateway.alarms import Alarms
from gateway.capacity.board import Boards
from gateway.capacity.picture import Picture
from gateway.capacity.ranking import Place
from gateway.db import Database
from gateway.eligibility.actions import EligibilityRoom
from gateway.partners import registry
from gateway.partners.config import Limits, PartnerConfig, Standing
from gateway.partners.registry import Partner, Registry
from gateway.people import People, Person
from gateway.referrals.kept import Kept
from gateway.referrals.orders import Draft, Then
from gateway.referrals.policy import Timing
from gateway.referrals.room import ReferralRoom
from gateway.referrals.sealing import Told
from gateway.shelf import Shelf
from gateway.turns import Turns
from tests.gateway.shelves import Bare

NIK = "1571015203909901"
FIRST, SECOND, THIRD, TELEPHONE = "rs-alfa", "rs-beta", "rs-gama", "rs-telepon"
TICKED = (Criterion.HAEMODYNAMIC,)
TOLD = Told(Patient(name="Siti Contoh", nik=Nik(NIK)), diagnosis="I21.9", situation="Contoh situasi")


def by(role: Role, partner: str | None = None) -> Principal:
    """Return somebody of that role."""
    ends = datetime.now(UTC) + timedelta(days=1000)
    return Principal(f"k-{role}", role, "Meja contoh", partner, ends)


DISPATCHER, OPERATOR, APPROVER = (by(role) for role in (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER))


class Crowd:
    """The people of a house in memory: everybody has a key until erased."""

    def __init__(self) -> None:
        self._known: dict[str, Person] = {}
        self._by_pseudonym: dict[str, Person] = {}

    async def of(self, number: str) -> Person:
        """Return the person of that number."""
        if number not in self._known:
            person = Person(f"p-{secrets.token_hex(12)}", secrets.token_bytes(32))
            self._known[number] = self._by_pseudonym[person.pseudonym] = person
        return self._known[number]

    of_case = of

    async def with_pseudonym(self, pseudonym: str) -> Person | None:
        """Return the person of that pseudonym unless erased."""
        return self._by_pseudonym.get(pseudonym)

    def erase(self, pseudonym: str) -> None:
        """Forget one."""
        del self._by_pseudonym[pseudonym]


class Sleepers:
    """Notes who would be woken, and for what no more."""

    def __init__(self) -> None:
        self.planned: list[tuple[str, str]] = []
        self.called_off: list[str] = []

    def plan(self, connection: Connection, who: str, why: str, **more: Any) -> None:
        """Note it."""
        self.planned.append((who, why))

    def call_off(self, connection: Connection, why: str, **more: Any) -> None:
        """Note it."""
        self.called_off.append(why)


def partner(name: str, port: object | None) -> Partner:
    """Return a live hospital behind *port*, None where there is only a telephone."""
    nothing: Any = None
    config = PartnerConfig(
        name, "hospital", Standing.LIVE, f"RS {name}", nothing, Limits(), nothing, nothing, nothing, nothing
    )
    return registry.partner(config, port)


def places(names: Sequence[str]) -> list[Place]:
    """Return hospitals on a line, the first the nearest."""
    return [
        Place(name, f"RS {name}", "0741-00000", -1.61, 103.61 + number / 100, frozenset(Need), True)
        for number, name in enumerate(names)
    ]


def build(
    database: object,
    recorder: object,
    hospitals: Mapping[str, object | None],
    *,
    people: Crowd | None = None,
    wakes: Sleepers | None = None,
    eligibility: EligibilityRoom | None = None,
    shelf: Shelf[Kept] | None = None,
) -> ReferralRoom:
    """Return a room over *database* with these hospitals; its turns are carried by the test."""
    alarms = Alarms()
    nothing: Any = None
    return ReferralRoom(
        environment="demo",
        database=cast(Database, database),
        recorder=cast(Any, recorder),
        people=cast(People, people or Crowd()),
        alarms=alarms,
        boards=Boards(places(list(hospitals)), Picture()),
        registry=Registry([partner(name, port) for name, port in hospitals.items()]),
        eligibility=eligibility or nothing,
        turns=Turns(cast(Database, database), alarms),
        timing=Timing(),
        wakes=wakes or Sleepers(),
        advice=(),
        shelf=shelf or cast(Shelf[Kept], Bare()),
    )


def draft(then: Then = Then.SUBMIT, **more: Any) -> Draft:
    """Return a new referral to be made."""
    return Draft(**{"need": Need.ICU, "then": then, "told": TOLD, **more})
