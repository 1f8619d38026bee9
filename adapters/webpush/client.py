"""RFC 8030: one message to one browser's endpoint, sealed so that the push service cannot read it."""

import time
from collections.abc import Callable

import httpx

from adapters.wire import attempt, judge_status
from contracts import CannotConvey, Garbled, PartnerError, Refused, Wake

from .sealing import CannotSeal, seal
from .settings import Settings
from .translate import Subscription, headers, payload, place_of, read_address
from .vapid import Vapid, read_key

_TAKEN = (201, 202)  # RFC 8030 sections 5 and 5.1
_GONE = (404, 410)  # RFC 8030 section 7.3 says 404; services answer 410 as well


class WebPush:
    """Whoever runs the push service of a subscribed browser."""

    def __init__(
        self, settings: Settings, http: httpx.AsyncClient, *, now: Callable[[], float] = time.time
    ) -> None:
        """Take *now* as the clock: seconds since 1970 UTC."""
        self._http = http
        self._now = now
        self._services = settings.services
        self._vapid = Vapid(read_key(settings.vapid_key.get_secret_value()), contact=settings.contact)

    @property
    def application_server_key(self) -> str:
        """What a browser subscribes for: our public key, base64url."""
        return self._vapid.public

    def reaches(self, address: str) -> bool:
        """Say whether *address* is a subscription at a push service we speak to."""
        try:
            place_of(read_address(address), self._services)
        except CannotConvey:
            return False
        return True

    async def wake(self, wake: Wake, *, key: str) -> None:
        """Send it once; a repeat with the same *key* replaces one not delivered yet."""
        request = self._request(read_address(wake.to), wake, key)
        try:
            response = await attempt(self._http, request)
        except PartnerError as fault:
            # The library's own error may repeat the endpoint, and who has it can disturb its owner.
            raise fault from None
        _judge(response)

    def _request(self, subscription: Subscription, wake: Wake, key: str) -> httpx.Request:
        place, at = place_of(subscription, self._services), self._now()
        keys = subscription.keys
        try:
            body = seal(payload(wake), p256dh=keys.p256dh, auth=keys.auth)
        except CannotSeal as wrong:
            raise CannotConvey("to", str(wrong)) from None
        told = headers(wake, key=key, at=at)
        told["Authorization"] = self._vapid.authorization(place.origin, at=at)
        return self._http.build_request("POST", subscription.endpoint, headers=told, content=body)


def _judge(response: httpx.Response) -> None:
    status = response.status_code
    if status in _GONE:
        raise Refused("the browser is no longer subscribed", code="gone")
    judge_status(response)
    if status >= 400:
        raise Refused("the push service says no", code=f"status_{status}")
    if status not in _TAKEN:
        raise Garbled(f"status_{status}")
