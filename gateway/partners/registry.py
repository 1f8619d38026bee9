"""The partners as objects: what each can do, its own connections, and how it fares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import httpx
import structlog
from prometheus_client import Gauge

from gateway.settings import Environment, Settings

from .breaker import ASKING, TELLING, Breaker
from .budget import RetryBudget
from .bulkhead import Bulkhead
from .config import Facility, Limits, PartnerConfig, Standing
from .guard import OutboundGuard
from .http import Reach, client
from .presence import Presence
from .shape import Rungs, Telling

BREAKER_OPEN = Gauge(
    "gerbang_breaker_open", "1 while exchanges are held back by the breaker.", ("partner", "operation")
)

NOTIFY = "notify"  # the operation that is repeated until it has succeeded

log = structlog.get_logger()


@dataclass(slots=True)
class Partner:
    """
    One partner; *port* is the adapter's object, None where there is only a telephone.

    *standing* is what somebody said *standing_since* then, or what partners.toml says and nobody has yet.
    """

    id: str
    name: str
    kind: str | None
    standing: Standing
    phone: str | None
    facility: Facility | None
    port: object | None
    limits: Limits
    bulkhead: Bulkhead
    budget: RetryBudget
    presence: Presence
    ladder: Rungs
    telling: Telling | None
    standing_since: datetime | None = None
    breakers: dict[str, Breaker] = field(default_factory=dict)

    def breaker(self, operation: str) -> Breaker:
        """Return the breaker of one operation."""
        if operation not in self.breakers:
            patience = TELLING if operation == NOTIFY else ASKING
            self.breakers[operation] = Breaker(on_turn=_announce(self.id, operation), patience=patience)
        return self.breakers[operation]


def _announce(partner: str, operation: str) -> Callable[[bool], None]:
    gauge = BREAKER_OPEN.labels(partner, operation)
    gauge.set(0)

    def turned(is_open: bool) -> None:
        gauge.set(is_open)
        log.warning("breaker.opened" if is_open else "breaker.closed", partner=partner, operation=operation)

    return turned


class Registry:
    """All partners in the order of the file, and their clients."""

    def __init__(self, partners: Sequence[Partner], clients: Sequence[httpx.AsyncClient] = ()) -> None:
        self.partners: Mapping[str, Partner] = MappingProxyType({each.id: each for each in partners})
        self._clients = clients

    def able_to(self, capability: type) -> list[Partner]:
        """Return those whose object satisfies the port *capability*."""
        return [partner for partner in self.partners.values() if isinstance(partner.port, capability)]

    async def close(self) -> None:
        """Close every client."""
        for each in self._clients:
            await each.aclose()


def connect(configs: Sequence[PartnerConfig], settings: Settings) -> Registry:
    """Build every partner with a client of its own; nothing is sent."""
    guard = OutboundGuard(settings.outbound_allow)
    clients: list[httpx.AsyncClient] = []
    return Registry([_partner(config, guard, settings, clients) for config in configs], clients)


def _partner(
    config: PartnerConfig, guard: OutboundGuard, settings: Settings, clients: list[httpx.AsyncClient]
) -> Partner:
    port = None
    if config.adapter is not None:
        refuse_sandbox = settings.environment is Environment.LIVE
        reach = Reach(config.limits.concurrency, config.adapter.answer_cap, refuse_sandbox)
        clients.append(client(guard, reach))
        port = config.adapter.connect(config.settings, clients[-1])
    return partner(config, port)


def partner(config: PartnerConfig, port: object | None) -> Partner:
    """Return the partner of *config* behind *port*, in good health."""
    return Partner(
        id=config.id,
        name=config.name,
        kind=config.kind,
        standing=config.standing,
        phone=config.phone,
        facility=config.facility,
        port=port,
        limits=config.limits,
        bulkhead=Bulkhead(concurrency=config.limits.concurrency, queue=config.limits.queue),
        budget=RetryBudget(),
        presence=Presence(config.id),
        ladder=config.ladder or Rungs(),
        telling=config.telling,
    )
