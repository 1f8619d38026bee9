"""The ways to a partner that can be used for one kind of message, in the order they are tried."""

from collections.abc import Sequence

from contracts import TakesAlerts, TakesChanges
from gateway.partners.registry import Partner
from gateway.partners.shape import Channel, Standing, Telling

from .rows import CHANGE, Delivery

WHEN_NOTHING_IS_SAID = Telling()


def telling(partner: Partner) -> Telling:
    """Return what is agreed with the partner; one that is told by hand needs no agreement."""
    return partner.telling or WHEN_NOTHING_IS_SAID


def ways(partner: Partner, kind: str) -> Sequence[Channel]:
    """Return the ways that lead to it; the wire only where its system takes that *kind*."""
    takes = TakesChanges if kind == CHANGE else TakesAlerts
    has_wire = isinstance(partner.port, takes)
    return [each for each in telling(partner).channels if each is not Channel.WIRE or has_wire]


def has_wire(partner: Partner, kind: str) -> bool:
    """Say whether its system is told by us; else it, or a person there, fetches."""
    return Channel.WIRE in ways(partner, kind)


def placed(standing: Standing, *, drill: bool) -> Delivery:
    """Return how a new message to a partner begins: held while it is not to be told."""
    if standing is Standing.LIVE or (standing is Standing.ONBOARDING and drill):
        return Delivery.QUEUED
    return Delivery.HELD


def why_held(standing: Standing) -> str:
    """Return the alarm of what is held."""
    return "suspended" if standing is Standing.SUSPENDED else "not_connected"
