"""HTTP in for partners: who they are, how they stand, whether they answer."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from contracts import (
    ChecksEligibility,
    Entry,
    ReadsReceipts,
    ReportsCapacity,
    ReportsWarnings,
    TakesAlerts,
    TakesChanges,
    TakesReferrals,
    WakesPeople,
)
from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.db import CannotRead
from gateway.passage import request_id

from .burden import Burden, CountsBurdens
from .registry import Partner, Registry

router = APIRouter(route_class=GuardedRoute, tags=["partners"])

CAPABILITIES = {
    "reports_capacity": ReportsCapacity,
    "checks_eligibility": ChecksEligibility,
    "takes_referrals": TakesReferrals,
    "takes_alerts": TakesAlerts,
    "takes_changes": TakesChanges,
    "reads_receipts": ReadsReceipts,
    "reports_warnings": ReportsWarnings,
    "wakes_people": WakesPeople,
}

# What each action leaves in the audit log; the house tests hold it against a running gateway.
DECLARED_SET = {"list partners": ("partners.listed",)}


class BreakerState(BaseModel):
    """Whether exchanges of one operation are let through: closed, open or half_open."""

    operation: str
    state: str


class PartnerState(BaseModel):
    """
    One partner as the gateway sees it now; `phone` is the way that always works.

    `standing_since` is null where nobody has changed what partners.toml says. `held` (it knows nothing of
    them), `waiting`, `alarmed` and, among these, `dead` count notifications; null: not known.
    """

    id: str
    name: str
    kind: str | None
    standing: str
    standing_since: datetime | None
    phone: str | None
    capabilities: list[str]
    last_answered_at: datetime | None
    last_failed_at: datetime | None
    last_outcome: str | None
    breakers: list[BreakerState]
    held: int | None
    waiting: int | None
    dead: int | None
    alarmed: int | None


class PartnerList(BaseModel):
    """All partners, in the order of partners.toml."""

    environment: str
    partners: list[PartnerState]


@router.get("/v1/partners", summary="Every partner and how it stands")
@allow(Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)
async def list_partners(request: Request) -> PartnerList:
    """Show standing, capabilities, breakers and last contact; nothing here asks a partner."""
    registry: Registry = request.app.state.registry
    burdens = await _burdens(request)
    partners = [_state(each, burdens) for each in registry.partners.values()]
    entry = Entry("partners.listed", "answered", principal(request).actor, request=request_id(request))
    await request.app.state.recorder.record(entry)
    return PartnerList(environment=request.app.state.settings.environment, partners=partners)


async def _burdens(request: Request) -> Mapping[str, Burden] | None:
    """Return what lies with each; None, and the page all the same, while the database cannot be read."""
    count: CountsBurdens = request.app.state.burdens
    try:
        return await count()
    except CannotRead:
        return None


def _state(partner: Partner, burdens: Mapping[str, Burden] | None) -> PartnerState:
    burden = None if burdens is None else burdens.get(partner.id, Burden())
    return PartnerState(
        id=partner.id,
        name=partner.name,
        kind=partner.kind,
        standing=partner.standing,
        standing_since=partner.standing_since,
        phone=partner.phone,
        capabilities=[word for word, port in CAPABILITIES.items() if isinstance(partner.port, port)],
        last_answered_at=partner.presence.last_answered_at,
        last_failed_at=partner.presence.last_failed_at,
        last_outcome=partner.presence.last_word,
        breakers=[BreakerState(operation=name, state=each.state) for name, each in partner.breakers.items()],
        held=burden and burden.held,
        waiting=burden and burden.waiting,
        dead=burden and burden.dead,
        alarmed=burden and burden.alarmed,
    )
