"""One attempt to have BPBD take one CAP message, and what its answer says."""

import time
from collections.abc import Callable, Sequence

import httpx

from adapters.cap.build import MEDIA_TYPE, build
from adapters.cap.hardened import LARGEST
from adapters.wire_hook import CONFLICT, Hook
from adapters.wire_signing import Signer
from contracts import Alert, CannotConvey, Conveyed, Garbled, Progress, Receipt, Refused, Trial

from .receipts import MEDIA_TYPES, error_code, receipts_of
from .settings import Settings
from .translate import message_of
from .trials import all_trials

TAKEN = 202  # says it all; any other success must say which message it takes


class Bpbd:
    """One receiver of CAP messages."""

    def __init__(
        self, settings: Settings, http: httpx.AsyncClient, *, now: Callable[[], float] = time.time
    ) -> None:
        """Take the partner's client; *now* is the clock of the signature."""
        headers = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}
        self._signer = Signer(settings.secret, now=now)
        self._hook = Hook(http, str(settings.cap_url), self._signer, headers)
        self._profile = settings.profile()

    async def convey_alert(self, alert: Alert, *, key: str) -> Conveyed:
        """Post it signed; the same *key* is the same identifier, of which BPBD keeps one."""
        body = build(message_of(alert, self._profile), zone=self._profile.zone)
        if len(body) > LARGEST:
            raise CannotConvey("alert", "too_long")
        response = await self._hook.post(key, body, anchor=alert.anchor, refusal=error_code)
        return Conveyed(self._said(response, alert.id))

    def read_receipts(self, media_type: str, body: bytes) -> tuple[Receipt, ...]:
        """Return what a CAP Ack or Error says."""
        if media_type.partition(";")[0].strip().lower() not in MEDIA_TYPES:
            raise Garbled("media_type")
        return receipts_of(body, sender=self._profile.sender)

    def conformance(self) -> Sequence[Trial]:
        """Return what shows that it takes messages of ours only, and only sound ones."""
        return all_trials(self._hook, self._signer, self._profile)

    def _said(self, response: httpx.Response, alert: str) -> tuple[Receipt, ...]:
        try:
            told = receipts_of(response.content, sender=self._profile.sender)
        except Garbled:
            if response.status_code == CONFLICT:
                code = error_code(response.content) or f"status_{CONFLICT}"
                raise Refused("BPBD's system says no", code=code) from None
            if response.status_code == TAKEN:
                return ()
            raise
        ours = tuple(each for each in told if each.alert == alert)
        if any(each.progress is Progress.REFUSED and not each.is_human for each in ours):
            raise Refused("BPBD's system says no", code=error_code(response.content) or "cap_error")
        if not ours and response.status_code != TAKEN:
            raise Garbled("cap.not_this_one")
        return ours


def connect(settings: Settings, http: httpx.AsyncClient) -> Bpbd:
    """Return BPBD; nothing is sent."""
    return Bpbd(settings, http)
