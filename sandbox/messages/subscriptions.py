"""The browsers behind the push service, and which of them are gone."""

from dataclasses import dataclass
from secrets import token_bytes, token_urlsafe

from cryptography.hazmat.primitives.asymmetric import ec

from . import base64url
from .sealed import BrowserKeys


@dataclass(slots=True)
class Subscription:
    """One browser's; *sender* is the only public key it takes pushes from, any when None."""

    id: str
    keys: BrowserKeys
    sender: str | None = None
    gone: bool = False

    def as_json(self, origin: str) -> dict[str, object]:
        """Return it as a browser's PushSubscription.toJSON does, with its id beside."""
        keys = {"p256dh": base64url.written(self.keys.public), "auth": base64url.written(self.keys.auth)}
        return {"id": self.id, "endpoint": f"{origin}/push/{self.id}", "expirationTime": None, "keys": keys}


class Subscriptions:
    """All that were ever made."""

    def __init__(self) -> None:
        self._made: dict[str, Subscription] = {}

    def make(self, sender: str | None) -> Subscription:
        """Return a new subscription with keys of its own."""
        keys = BrowserKeys(ec.generate_private_key(ec.SECP256R1()), token_bytes(16))
        made = Subscription(token_urlsafe(18), keys, sender)
        self._made[made.id] = made
        return made

    def get(self, subscription_id: str) -> Subscription | None:
        """Return it, gone or not; None if there never was one."""
        return self._made.get(subscription_id)
