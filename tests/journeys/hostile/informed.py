"""What the hammered house tells partners: incidents, proposals, messages that wait or never arrived."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import FastAPI
from sqlalchemy import Connection

from contracts import Caller, Category, Place, Severity, Warned
from gateway.access.roles import Role
from gateway.incidents import actions
from gateway.incidents.facts import Facts
from gateway.incidents.orders import Draft
from gateway.incidents.proposing import Proposal, propose
from gateway.incidents.room import IncidentRoom
from gateway.notifications import settling, store
from gateway.notifications.room import NotificationRoom
from gateway.notifications.rows import Notification

from .people import SAYOETI, examiner
from .question import CANARY_NAME, CANARY_NIKS

# Agencies whose systems are away here; BPBD is planned, and nothing goes out to it by itself.
BPBD, POLRESTA = "bpbd", "polresta-jambi"
NOBODYS, BY_INBOX = Category.OTHER, Category.PUBLIC_FACILITY
TOLD_OF = (Category.FLOOD, Category.CRIME)
FACTS = Facts(
    place=Place(latitude=-1.61, longitude=103.61, address=f"Rumah {CANARY_NAME}", area_code="15.71"),
    narrative=f"{CANARY_NAME}, NIK {CANARY_NIKS[0]}, GCS 9",
    caller=Caller(CANARY_NAME, "+6281200000001"),
)


@dataclass(frozen=True, slots=True)
class Informed:
    """Incidents and messages by the last step of the addresses they are fit for; messages by partner, too."""

    incidents: Mapping[str, Sequence[str]]
    messages: Mapping[str, Sequence[str]]
    of: Mapping[str, Sequence[str]]

    def there(self, chance: random.Random, path: str) -> dict[str, list[str]]:
        """Return what a question to that address may name, mostly what is fit for it."""
        last = path.rpartition("/")[2]
        incident = _one(chance, self.incidents, last)
        mine = path.startswith(("/v1/inbox", "/v1/callbacks"))
        message = chance.choice(self.of[SAYOETI]) if mine else _one(chance, self.messages, last)
        other = chance.choice(self.incidents["merge"])
        named = {"incident": incident, "about": incident, "notification": message, "id": message}
        return {**{name: [each] for name, each in named.items()}, "into": [other], "other": [other]}


def _one(chance: random.Random, fit: Mapping[str, Sequence[str]], last: str) -> str:
    every = [each for some in fit.values() for each in some]
    return chance.choice(fit[last] if last in fit and chance.random() < 0.8 else every)


async def informed(app: FastAPI, each: int) -> Informed:
    """Make *each* many incidents of every sort, and what is told of them."""
    room: IncidentRoom = app.state.incidents
    quiet = [await _open(room, NOBODYS) for _ in range(each)]
    fetched = [await _open(room, BY_INBOX) for _ in range(each)]
    told = [await _open(room, category) for category in TOLD_OF for _ in range(max(2, each // 4))]
    proposed = [await _proposed(room, number) for number in range(each)]
    rows = await _rows(app.state.notifications, [*fetched, *told])
    of = {
        partner: [row.id for row in rows if row.partner == partner] for partner in (SAYOETI, BPBD, POLRESTA)
    }
    waiting = [row for row in rows if row.partner == "satpol-pp"]
    dead = [await _expired(app.state.notifications, row) for row in waiting[:each]]
    spoken_of = (*of[SAYOETI], *of[BPBD])
    ending = ("updates", "close", "cancel", "tell", "perbarui", "tutup", "batal", "beritahu")
    joining = ("merge", "links", "gabung", "kaitkan")
    return Informed(
        {
            **dict.fromkeys((*ending, *joining), quiet),
            **dict.fromkeys(("diterima", "langkah", "nomor", "tidak-bisa", "telepon"), fetched),
            **dict.fromkeys(("proposal", "terima", "tolak"), proposed),
        },
        {
            **dict.fromkeys(("receipts", "telepon"), spoken_of),
            **dict.fromkeys(("alarm-seen", "dilihat"), of[BPBD]),
            **dict.fromkeys(("replay", "ulang"), dead),
        },
        of,
    )


async def _open(room: IncidentRoom, category: Category) -> str:
    draft = Draft(category, Severity.MINOR, facts=FACTS)
    made = await actions.open_incident(room, draft, by=examiner(Role.DISPATCHER), request="none")
    return made.incident.id


async def _proposed(room: IncidentRoom, number: int) -> str:
    at = datetime.now(UTC)
    warned = Warned(f"peringatan-{number}", "BMKG", at, NOBODYS, Severity.MINOR, "Hujan lebat", "id", "BMKG")
    made, _ = await propose(room, Proposal(f"w-{number}", warned, ["15.71"]))
    return made.id


async def _rows(room: NotificationRoom, incidents: Sequence[str]) -> list[Notification]:
    def all_of(connection: Connection) -> list[Notification]:
        partners = list(room.registry.partners)
        return [row for each in incidents for row in store.unsaid(connection, each, partners)]

    return await room.database.read(all_of)


async def _expired(room: NotificationRoom, row: Notification) -> str:
    at = datetime.now(UTC)
    await room.database.write(lambda connection: settling.expire(room, connection, row, at=at), entries=list)
    return row.id
