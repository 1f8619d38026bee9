"""
The turn that asks whether the patient is covered: beside everything else, awaited by nobody.

What the insurer says is sealed with the referral. A wait for an answer costs the patient nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec
from sqlalchemy import Connection

from contracts import Coverage, CoverageQuestion, Entry, Nik, Nokartu
from contracts.audit import SYSTEM, Scalar
from contracts.clock import WIB
from gateway.access.roles import Principal, Role
from gateway.eligibility import actions as eligibility
from gateway.eligibility.check import Check, Checked
from gateway.eligibility.entries import FOR_APPROVAL
from gateway.people import Person

from . import store
from .conveying import told_of
from .entries import purpose
from .room import ReferralRoom
from .rows import Referral
from .sealing import seal, unseal
from .states import ENDED
from .store import Overtaken

AGAIN_S = (10.0, 30.0, 60.0, 300.0, 900.0)  # after an answer that was none; then no more
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Attached:
    """What the insurer said, with the time it did; *words* are its own."""

    coverage: Coverage
    checked_at: datetime
    origin: str | None
    reason: str | None
    words: dict[str, Scalar]


class CoverageTurns:
    """The kind of row `coverage`."""

    name = "coverage"

    def __init__(self, room: ReferralRoom) -> None:
        """Take the room."""
        self._room = room

    def due(self, connection: Connection, at_us: int, limit: int) -> Sequence[tuple[str, int]]:
        """Return the referrals whose patient's coverage is not known yet."""
        return store.coverage_due(connection, at_us, limit)

    async def carry(self, row: str, turn: int) -> None:
        """Ask once. Raises CannotRead, CannotWrite."""
        referral = await self._room.database.read(lambda c: store.get(c, Referral, row))
        if referral is None or referral.coverage_turn != turn:
            return
        number, born = await self._number(referral)
        if number is None or referral.state in ENDED:
            await self._keep(referral, {"coverage_due_at": None})
            return
        if not await self._keep(referral, {"coverage_due_at": datetime.now(UTC) + LEASE}):
            return  # another replica asks
        checked = await eligibility.check(self._room.eligibility, _question(referral, number, born))
        await self._attach(referral, checked)

    async def _number(self, referral: Referral) -> tuple[Nik | Nokartu | None, date | None]:
        told = told_of(await self._room.person(referral.subject), referral)
        return told.patient.nik or told.patient.nokartu, told.patient.birth_date

    async def _attach(self, referral: Referral, checked: Checked) -> None:
        person = await self._room.person(referral.subject)
        if person is None:
            return
        place = f"{referral.id} coverage"
        at = datetime.now(UTC)
        turn = referral.coverage_turn + 1
        changes = {
            "coverage": seal(person, _scalars(checked), place=place),
            "coverage_due_at": _next(checked, turn, at=at),
            "coverage_turn": turn + 1,
        }
        entry = Entry(
            act="referral.coverage_attached",
            outcome=str(checked.answer.coverage),
            object_type="referral",
            object_id=referral.id,
            subject=referral.subject,
            partner=checked.origin,
            code=checked.reason,
        )
        await self._room.database.write(
            lambda connection: store.change_coverage(connection, referral.id, turn, changes), entries=[entry]
        )
        self._room.changes.tell(referral.id)

    async def _keep(self, referral: Referral, changes: dict[str, object]) -> bool:
        """Take the turn; False where somebody else has it."""
        turn = referral.coverage_turn
        try:
            await self._room.database.maintain(
                lambda c: store.change_coverage(c, referral.id, turn, {**changes, "coverage_turn": turn + 1})
            )
        except Overtaken:
            return False
        return True


def _next(checked: Checked, turn: int, *, at: datetime) -> datetime | None:
    if checked.answer.coverage is not Coverage.UNKNOWN:
        return None
    tried = turn // 2
    return at + timedelta(seconds=AGAIN_S[tried]) if tried < len(AGAIN_S) else None


def _question(referral: Referral, number: Nik | Nokartu, born: date | None) -> Check:
    nik = number if isinstance(number, Nik) else None
    card = number if isinstance(number, Nokartu) else None
    by = Principal(
        key_id=SYSTEM.id,
        role=Role.APPROVER,  # what is attached is what an approver may see; dispatch is shown less of it
        holder="",
        partner=None,
        expires_at=datetime.max.replace(tzinfo=UTC),
        kind=SYSTEM.kind,
    )
    return Check(
        CoverageQuestion(datetime.now(WIB).date(), nik=nik, nokartu=card),
        purpose=purpose(referral.urgency),
        by=by,
        request=f"{referral.id}.{referral.coverage_turn}",
        birth_date=born,
    )


def _scalars(checked: Checked) -> dict[str, Scalar]:
    answer = checked.answer
    words = {name: getattr(answer, name) for name in FOR_APPROVAL}
    known: dict[str, Scalar] = {name: word for name, word in words.items() if word is not None}
    return known | {
        "coverage": str(answer.coverage),
        "checked_at": checked.checked_at.isoformat(),
        "origin": checked.origin,
        "reason": checked.reason,
    }


def attached(person: Person | None, referral: Referral) -> Attached | None:
    """Return what was attached, None where nothing was yet, or the patient was erased."""
    opened = unseal(person, referral.coverage, place=f"{referral.id} coverage")
    if opened is None:
        return None
    return Attached(
        coverage=Coverage(str(opened.pop("coverage"))),
        checked_at=msgspec.convert(opened.pop("checked_at"), datetime),
        origin=None if (origin := opened.pop("origin")) is None else str(origin),
        reason=None if (reason := opened.pop("reason")) is None else str(reason),
        words=opened,
    )
