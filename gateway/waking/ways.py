"""Which partner leads to which address."""

from collections.abc import Sequence
from typing import Protocol, cast, runtime_checkable

from contracts.ports import WakesPeople
from gateway.partners.config import Standing
from gateway.partners.registry import Partner


@runtime_checkable
class KnownToBrowsers(Protocol):
    """What a partner for Web Push has besides: browsers subscribe for its key alone (RFC 8292 section 4)."""

    @property
    def application_server_key(self) -> str:
        """The uncompressed P-256 point, base64url."""
        ...


class Ways:
    """The partners that wake people, in the order of the file."""

    def __init__(self, partners: Sequence[Partner]) -> None:
        """Take those able to WakesPeople; who is not live is not asked."""
        self._partners = [each for each in partners if each.standing is Standing.LIVE]

    def to(self, address: str, *, attempt: int = 0) -> Partner | None:
        """Return the partner for that *attempt*: several that reach *address* take turns."""
        able = [each for each in self._partners if port_of(each).reaches(address)]
        return able[attempt % len(able)] if able else None

    @property
    def push_key(self) -> str | None:
        """What a browser subscribes for, None when no partner sends Web Push."""
        ports = [each.port for each in self._partners if isinstance(each.port, KnownToBrowsers)]
        return ports[0].application_server_key if ports else None


def port_of(partner: Partner) -> WakesPeople:
    """Return the way itself."""
    return cast(WakesPeople, partner.port)  # the app hands in only such partners
