"""The partners: who answers, who does not, and the number to ring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from contracts import (
    ChecksEligibility,
    Entry,
    ReportsCapacity,
    ReportsWarnings,
    TakesAlerts,
    TakesChanges,
    TakesReferrals,
    WakesPeople,
)
from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.alarms import Alarm, Alarms
from gateway.db import CannotRead
from gateway.partners.burden import Burden
from gateway.partners.registry import Partner
from gateway.passage import request_id

from .guard import ConsoleRoute
from .render import page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

EVERYBODY: Final = (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)
QUIET: Final = frozenset({"partner.quiet", "inbox.unwatched"})
ABILITIES: Final[Mapping[str, type]] = {
    "reports_capacity": ReportsCapacity,
    "takes_referrals": TakesReferrals,
    "checks_eligibility": ChecksEligibility,
    "takes_alerts": TakesAlerts,
    "takes_changes": TakesChanges,
    "reports_warnings": ReportsWarnings,
    "wakes_people": WakesPeople,
}


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """
    One partner as the page shows it; *health* is a word of the catalogue, None with no system to fare.

    *burden* is None where nothing lies with it, or nobody knows.
    """

    id: str
    name: str
    phone: str | None
    standing: str
    health: str | None
    well: bool
    abilities: tuple[str, ...]
    last_answered_at: datetime | None
    last_failed_at: datetime | None
    standing_since: datetime | None = None
    burden: Burden | None = None


@router.get("/mitra")
@allow(*EVERYBODY)
async def show_partners(request: Request) -> Response:
    """Show every partner as the gateway sees it now; nothing here asks one."""
    partners = request.app.state.registry.partners.values()
    burdens = await _burdens(request)
    lines = sorted((line_of(each, burdens.get(each.id)) for each in partners), key=lambda line: line.well)
    entry = Entry("partners.listed", "answered", principal(request).actor, request=request_id(request))
    await request.app.state.recorder.record(entry)
    return page(request, "partners.html", lines=lines, quiet=_quiet(request))


def _quiet(request: Request) -> list[Alarm]:
    """Return the alarms that say who is not heard of, or does not look."""
    alarms: Alarms | None = getattr(request.app.state, "alarms", None)
    return [each for each in (alarms.current() if alarms else ()) if each.name in QUIET]


async def _burdens(request: Request) -> Mapping[str, Burden]:
    """Return what lies with each; nothing, and the page all the same, while the database cannot be read."""
    try:
        found: Mapping[str, Burden] = await request.app.state.burdens()
    except CannotRead:
        return {}
    return found


def line_of(partner: Partner, burden: Burden | None = None) -> PartnerLine:
    """Return what the page says of *partner*."""
    health = _health(partner)
    return PartnerLine(
        id=partner.id,
        name=partner.name,
        phone=partner.phone,
        standing=str(partner.standing),
        health=health,
        well=_is_well(partner, health, burden),
        abilities=tuple(word for word, port in ABILITIES.items() if isinstance(partner.port, port)),
        last_answered_at=partner.presence.last_answered_at,
        last_failed_at=partner.presence.last_failed_at,
        standing_since=partner.standing_since,
        burden=burden if burden != Burden() else None,
    )


def _is_well(partner: Partner, health: str | None, burden: Burden | None) -> bool:
    waits = burden is not None and (burden.held or burden.alarmed or burden.dead)
    return health not in ("fails", "held_back") and str(partner.standing) != "suspended" and not waits


def _health(partner: Partner) -> str | None:
    if partner.port is None:
        return None
    if any(breaker.state == "open" for breaker in partner.breakers.values()):
        return "held_back"
    answered, failed = partner.presence.last_answered_at, partner.presence.last_failed_at
    if failed is not None and (answered is None or failed > answered):
        return "fails"
    return "never_asked" if answered is None else "answers"
