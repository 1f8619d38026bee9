"""One attempt to hand a case over, and the police's own words read."""

from collections.abc import Sequence

import httpx

from adapters.wire_hook import CONFLICT, Hook
from adapters.wire_signing import Signer
from adapters.wire_trials import trials
from contracts import Alert, Conveyed, Garbled, Receipt, Refused, Trial

from .read import has_it, receipt_at_once, receipts_of, refusal_code
from .settings import Settings
from .translate import body_of

MEDIA_TYPE = "application/vnd.gerbang.handover+json"

_OURS = (MEDIA_TYPE, "application/json")


class Police:
    """The desk of the police that takes cases from 112."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        """Take the partner's client."""
        self._signer = Signer(settings.secret)
        self._hook = Hook(http, str(settings.handover_url), self._signer)
        self._sender = settings.sender
        self._recipient = settings.recipient

    async def convey_alert(self, alert: Alert, *, key: str) -> Conveyed:
        """Hand it over; the answer must say that a machine has it."""
        body = self._body_of(alert)
        response = await self._hook.post(key, body, anchor=alert.anchor, refusal=refusal_code)
        if response.status_code != CONFLICT:
            return Conveyed((receipt_at_once(alert.id, response.content),))
        if has_it(alert.id, response.content, sender=self._sender):
            return Conveyed()
        raise Refused("the police have something that contradicts it", code=_why(response.content))

    def conformance(self) -> Sequence[Trial]:
        """Return what shows that they take messages of ours only."""
        return trials(self._hook, self._signer, self._body_of)

    def read_receipts(self, media_type: str, body: bytes) -> tuple[Receipt, ...]:
        """Read their envelopes of kind Ack and Error."""
        if media_type.partition(";")[0].strip().lower() not in _OURS:
            raise Garbled("media_type")
        return receipts_of(body, sender=self._sender, recipient=self._recipient)

    def _body_of(self, alert: Alert) -> bytes:
        return body_of(alert, sender=self._sender, recipient=self._recipient)


def _why(body: bytes) -> str:
    return refusal_code(body) or "conflict"
