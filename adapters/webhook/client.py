"""One attempt to tell one partner, and before a test message the question whether any are welcome."""

from collections.abc import Sequence

import httpx

from adapters.wire_hook import CONFLICT, Hook, judge
from adapters.wire_signing import Signer
from adapters.wire_trials import trials
from contracts import Alert, AlertKind, Change, Conveyed, Garbled, Refused, Trial

from .settings import Settings
from .translate import body_of, body_of_change, has_it, is_page, receipts_of

# CloudEvents, HTTP 1.1 Web Hooks 1.0.2, section 4. Who does not know the handshake answers 405, or what its
# server makes of an unknown method; whoever agrees or does not says so in a header, never by the status.
_ORIGIN, _ALLOWED = "WebHook-Request-Origin", "WebHook-Allowed-Origin"
_KNOWS_NO_HANDSHAKE = (404, 405, 501)
_ANYBODY = "*"


class Webhook:
    """A partner's web address."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        """Take the partner's client."""
        self._origin = settings.origin
        who = {_ORIGIN: settings.origin}
        self._signer = Signer(settings.secret)
        self._hook = Hook(http, str(settings.hook_url), self._signer, headers=who)
        self._fetch_from = str(settings.fetch_from) if settings.thin else None

    async def convey_alert(self, alert: Alert, *, key: str) -> Conveyed:
        """Hand it over; a test asks first whether messages are welcome."""
        if alert.kind is AlertKind.TEST:
            await self._shake_hands()
        body = body_of(alert, fetch_from=self._fetch_from)
        return Conveyed(receipts_of(alert.id, await self._taken(key, body, alert.anchor)))

    async def convey_change(self, change: Change, *, key: str) -> None:
        """Hand it over; what the answer says beyond its status is nobody's word on an alert."""
        await self._taken(key, body_of_change(change, fetch_from=self._fetch_from), change.anchor)

    def conformance(self) -> Sequence[Trial]:
        """Return what shows that it takes messages of ours only."""
        return trials(self._hook, self._signer, body_of)

    async def _taken(self, message: str, body: bytes, anchor: str | None) -> bytes:
        response = await self._hook.post(message, body, anchor=anchor)
        if is_page(response.content):
            raise Garbled("page")
        if response.status_code == CONFLICT and not has_it(message, response.content):
            raise Refused("the partner has something that contradicts it", code="conflict")
        return response.content

    async def _shake_hands(self) -> None:
        response = await self._hook.options({_ORIGIN: self._origin})
        if response.status_code in _KNOWS_NO_HANDSHAKE:
            return
        judge(response)
        allowed = response.headers.get(_ALLOWED)
        if allowed is not None and allowed.strip().lower() not in (_ANYBODY, self._origin):
            raise Refused("the partner takes messages of others only", code="origin_refused")
