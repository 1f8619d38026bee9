"""A room of incidents built by hand, with partners that are only told, and the real room of notifications."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection

from contracts import Category, Place
from gateway.access.roles import Role
from gateway.alarms import Alarms
from gateway.areas.areas import load
from gateway.db import Database
from gateway.incidents.composing import IncidentComposer
from gateway.incidents.facts import Facts
from gateway.incidents.kept import Kept
from gateway.incidents.known import Known
from gateway.incidents.orders import Draft
from gateway.incidents.room import IncidentRoom
from gateway.notifications.room import NotificationRoom, Waking
from gateway.partners import registry
from gateway.partners.config import Limits, PartnerConfig, Standing
from gateway.partners.registry import Partner, Registry
from gateway.partners.shape import Channel, Telling
from gateway.people import People
from gateway.shelf import Shelf
from gateway.turns import Turns
from tests.gateway.referrals.house import Crowd, by
from tests.gateway.shelves import Bare

from .builders import ALL, FACTS

DAMKAR, POLICE, BPBD, DINSOS, CAD = "damkar", "polres", "bpbd", "dinsos", "cad-kota"
DISPATCHER, OPERATOR, APPROVER = (by(role) for role in (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER))

AREAS = load()
_INBOX = (Channel.INBOX,)
TELLINGS: Mapping[str, Telling | None] = {
    DAMKAR: Telling(frozenset({Category.FIRE, Category.RESCUE}), channels=_INBOX, shares=ALL),
    POLICE: Telling(frozenset({Category.CRIME, Category.DOMESTIC_VIOLENCE}), channels=_INBOX, sensitive=True),
    BPBD: Telling(frozenset({Category.FLOOD}), channels=_INBOX),
    DINSOS: Telling(frozenset({Category.NEGLECTED_PERSON}), channels=_INBOX),
    CAD: Telling(channels=_INBOX, incidents=False, follows=True, source_system="cad"),
    "rsud": None,
}
PLANNED = {BPBD}


class Quiet:
    """Wakes nobody."""

    def duty(self, connection: Connection, partner: str, why: str, waking: Waking) -> None:
        """Let them sleep."""

    def operators(self, connection: Connection, why: str, waking: Waking) -> None:
        """Let them sleep."""

    def call_off(self, connection: Connection, **more: Any) -> None:
        """Nobody was woken."""


def partner(name: str, telling: Telling | None) -> Partner:
    """Return a partner that fetches what it is told."""
    nothing: Any = None
    standing = Standing.PLANNED if name in PLANNED else Standing.LIVE
    config = PartnerConfig(
        id=name,
        kind=None,
        standing=standing,
        name=f"{name.upper()} Contoh",
        phone="0741-00000",
        limits=Limits(),
        ladder=None,
        facility=None,
        adapter=nothing,
        settings=nothing,
        telling=telling,
    )
    return registry.partner(config, None)


def build(
    database: object, recorder: object, people: Crowd, *, shelf: Shelf[Kept] | None = None
) -> IncidentRoom:
    """Return a room over *database* with these partners; nothing is carried out."""
    alarms = Alarms()
    everybody = Registry([partner(name, telling) for name, telling in TELLINGS.items()])
    notifications = NotificationRoom(
        environment="demo",
        database=cast(Database, database),
        recorder=cast(Any, recorder),
        people=cast(People, people),
        alarms=alarms,
        registry=everybody,
        turns=Turns(cast(Database, database), alarms),
        wakes=Quiet(),
    )
    room = IncidentRoom(
        environment="demo",
        database=cast(Database, database),
        recorder=cast(Any, recorder),
        known=Known(cast(People, people)),
        alarms=alarms,
        registry=everybody,
        areas=AREAS,
        notifications=notifications,
        shelf=shelf or cast(Shelf[Kept], Bare()),
    )
    notifications.composers["incident"] = IncidentComposer(room)
    return room


def draft(category: Category = Category.FIRE, **more: Any) -> Draft:
    """Return a new incident to be opened, with everything told of it."""
    return Draft(**{"category": category, "facts": FACTS, **more})


def somewhere(**place: Any) -> Facts:
    """Return facts of nothing but a place."""
    return Facts(place=Place(**place))
