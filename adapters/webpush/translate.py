"""Our wake in a push service's words; what the browser gets is read by the console's `sw.js`."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from contracts import CannotConvey, Wake

SCHEME = "push:"
LONGEST_TTL = 24 * 3600  # seconds; no wake of ours is of use for longer
_LOOPBACK = ("127.0.0.1", "localhost")


class _Keys(msgspec.Struct):
    p256dh: str
    auth: str


class Subscription(msgspec.Struct):
    """Where a browser listens and what it is sealed with, as PushSubscription.toJSON() writes it."""

    endpoint: str
    keys: _Keys

    def __repr__(self) -> str:
        """Show nothing: who has the endpoint can disturb its owner."""
        return "Subscription()"


class Place(NamedTuple):
    """The parts of an endpoint; *origin* is what we are signed in for."""

    scheme: str
    host: str
    origin: str


_subscription = msgspec.json.Decoder(Subscription)


def read_address(address: str) -> Subscription:
    """Read `push:<subscription>`. Raises CannotConvey."""
    if not address.startswith(SCHEME):
        raise CannotConvey("to", "not_push")
    try:
        return _subscription.decode(address.removeprefix(SCHEME))
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise CannotConvey("to", "subscription") from None


def place_of(subscription: Subscription, services: Sequence[str]) -> Place:
    """Return where the endpoint is. Raises CannotConvey unless it is https on one of *services*."""
    try:
        parts = urlsplit(subscription.endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise CannotConvey("to", "endpoint") from None
    plain = parts.scheme == "http" and host in _LOOPBACK
    if parts.username or parts.password or not (plain or parts.scheme == "https"):
        raise CannotConvey("to", "endpoint")
    if not any(_is_below(host, service) for service in services):
        raise CannotConvey("to", "service")
    return Place(parts.scheme, host, f"{parts.scheme}://{host}" + (f":{port}" if port else ""))


def payload(wake: Wake) -> bytes:
    """Return what the browser shows: JSON of title, text and link, and whether to insist."""
    told = {"title": wake.title, "text": wake.text, "link": wake.link, "urgent": wake.urgent}
    return msgspec.json.encode(told)


def headers(wake: Wake, *, key: str, at: float) -> dict[str, str]:
    """Return how long it is kept, how much it matters, what it replaces (RFC 8030 sections 5.2 to 5.4)."""
    left = int(wake.until.timestamp() - at)
    return {
        "TTL": str(min(max(left, 0), LONGEST_TTL)),
        "Urgency": "high" if wake.urgent else "normal",
        "Topic": urlsafe_b64encode(sha256(key.encode()).digest()[:24]).decode(),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }


def _is_below(host: str, service: str) -> bool:
    if service.startswith("*."):
        return host.endswith(service[1:]) and len(host) > len(service) - 1
    return host == service
