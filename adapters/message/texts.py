"""An SMS or WhatsApp gateway: POST of address, text and our reference, which makes a repeat harmless."""

import httpx

from adapters.wire import attempt, judge_status
from contracts import PartnerError, Refused, Wake

from .settings import Gateway
from .translate import TELEPHONE, check_taken, note_of

ACCEPTED = 202


class Texts:
    """One gateway; what it does with the text, SMS or WhatsApp, is settled with its operator."""

    def __init__(self, gateway: Gateway, http: httpx.AsyncClient) -> None:
        """Take the partner's client."""
        self._gateway = gateway
        self._http = http

    def reaches(self, address: str) -> bool:
        """Say whether *address* is a telephone's."""
        return address.startswith(TELEPHONE)

    async def wake(self, wake: Wake, *, key: str) -> None:
        """Hand the text over; a repeat with the same *key* is one message."""
        note = note_of(wake, key=key)
        headers = {"Authorization": f"Bearer {self._gateway.token}"}
        request = self._http.build_request("POST", self._gateway.url, json=note._asdict(), headers=headers)
        try:
            response = await attempt(self._http, request)
        except PartnerError as fault:
            raise fault from None  # the library's own error names the address, and that may hold an account
        _judge(response)


def _judge(response: httpx.Response) -> None:
    """202 says it all; any other success must say what has become of the message."""
    status = response.status_code
    if status == 410:
        raise Refused("the number is no longer in use", code="gone")
    judge_status(response)
    if status >= 400:
        raise Refused("the gateway says no", code=f"status_{status}")
    if status != ACCEPTED:
        check_taken(response.content)
