"""HTTP in for partners: who they are, how they stand, whether they answer."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from contracts import ChecksEligibility, Entry, ReportsCapacity, TakesReferrals, WakesPeople
from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id

from .registry import Partner, Registry

router = APIRouter(route_class=GuardedRoute, tags=["partners"])

CAPABILITIES = {
    "reports_capacity": ReportsCapacity,
    "checks_eligibility": ChecksEligibility,
    "takes_referrals": TakesReferrals,
    "wakes_people": WakesPeople,
}

# What each action leaves in the audit log; the house tests hold it against a running gateway.
DECLARED_SET = {"list partners": ("partners.listed",)}


class BreakerState(BaseModel):
    """Whether exchanges of one operation are let through: closed, open or half_open."""

    operation: str
    state: str


class PartnerState(BaseModel):
    """One partner as the gateway sees it now; `phone` is the way that always works."""

    id: str
    name: str
    kind: str | None
    standing: str
    phone: str | None
    capabilities: list[str]
    last_answered_at: datetime | None
    last_failed_at: datetime | None
    last_outcome: str | None
    breakers: list[BreakerState]


class PartnerList(BaseModel):
    """All partners, in the order of partners.toml."""

    environment: str
    partners: list[PartnerState]


@router.get("/v1/partners", summary="Every partner and how it stands")
@allow(Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)
async def list_partners(request: Request) -> PartnerList:
    """Show standing, capabilities, breakers and last contact; nothing here asks a partner."""
    registry: Registry = request.app.state.registry
    partners = [_state(partner) for partner in registry.partners.values()]
    entry = Entry("partners.listed", "answered", principal(request).actor, request=request_id(request))
    await request.app.state.recorder.record(entry)
    return PartnerList(environment=request.app.state.settings.environment, partners=partners)


def _state(partner: Partner) -> PartnerState:
    return PartnerState(
        id=partner.id,
        name=partner.name,
        kind=partner.kind,
        standing=partner.standing,
        phone=partner.phone,
        capabilities=[word for word, port in CAPABILITIES.items() if isinstance(partner.port, port)],
        last_answered_at=partner.presence.last_answered_at,
        last_failed_at=partner.presence.last_failed_at,
        last_outcome=partner.presence.last_word,
        breakers=[BreakerState(operation=name, state=each.state) for name, each in partner.breakers.items()],
    )
