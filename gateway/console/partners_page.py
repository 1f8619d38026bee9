"""The partners: who answers, who does not, and the number to ring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from contracts import ChecksEligibility, Entry, ReportsCapacity, TakesReferrals, WakesPeople
from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.partners.registry import Partner
from gateway.passage import request_id

from .guard import ConsoleRoute
from .render import page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

ABILITIES: Final[Mapping[str, type]] = {
    "reports_capacity": ReportsCapacity,
    "takes_referrals": TakesReferrals,
    "checks_eligibility": ChecksEligibility,
    "wakes_people": WakesPeople,
}


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One partner as the page shows it; *health* is a word of the catalogue, None with no system to fare."""

    name: str
    phone: str | None
    standing: str
    health: str | None
    well: bool
    abilities: tuple[str, ...]
    last_answered_at: datetime | None
    last_failed_at: datetime | None


@router.get("/mitra")
@allow(Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)
async def show_partners(request: Request) -> Response:
    """Show every partner as the gateway sees it now; nothing here asks one."""
    partners = request.app.state.registry.partners.values()
    lines = sorted((line_of(each) for each in partners), key=lambda line: line.well)
    entry = Entry("partners.listed", "answered", principal(request).actor, request=request_id(request))
    await request.app.state.recorder.record(entry)
    return page(request, "partners.html", lines=lines)


def line_of(partner: Partner) -> PartnerLine:
    """Return what the page says of *partner*."""
    health = _health(partner)
    return PartnerLine(
        name=partner.name,
        phone=partner.phone,
        standing=str(partner.standing),
        health=health,
        well=health not in ("fails", "held_back") and str(partner.standing) != "suspended",
        abilities=tuple(word for word, port in ABILITIES.items() if isinstance(partner.port, port)),
        last_answered_at=partner.presence.last_answered_at,
        last_failed_at=partner.presence.last_failed_at,
    )


def _health(partner: Partner) -> str | None:
    if partner.port is None:
        return None
    if any(breaker.state == "open" for breaker in partner.breakers.values()):
        return "held_back"
    answered, failed = partner.presence.last_answered_at, partner.presence.last_failed_at
    if failed is not None and (answered is None or failed > answered):
        return "fails"
    return "never_asked" if answered is None else "answers"
