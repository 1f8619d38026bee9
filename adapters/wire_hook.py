"""
One signed message handed over by POST, and what the status of the answer alone says.

By Standard Webhooks 1.0.0 any 2xx means taken, 410 that the address is no more, 429, 502 and 504 that the
partner has too much to do. What a body says is the adapter's to read.
"""

from collections.abc import Callable, Mapping
from typing import Annotated

import httpx
from pydantic import AfterValidator, HttpUrl

from adapters.wire import attempt, judge_status, retry_after
from adapters.wire_signing import Signer
from contracts import Busy, CannotConvey, PartnerError, Refused

ANCHOR = "Gerbang-Audit-Checkpoint"
CONFLICT = 409  # it has this message, or another that this one contradicts: its body says which

_TOO_MUCH = (429, 502, 503, 504)
_NOT_OF_THIS_FORM = {413: "length", 415: "media_type"}


def _sound(url: HttpUrl) -> HttpUrl:
    if url.username or url.password or url.fragment:
        raise ValueError("an address without user, password or fragment wanted")
    try:
        _ = httpx.URL(str(url)).host  # a name that says xn-- and is none would fail at every attempt
    except (httpx.InvalidURL, UnicodeError):
        raise ValueError("an address with a sound host name wanted") from None
    return url


Proof = Callable[[str, bytes], dict[str, str]]  # of a message's id and body: the headers that prove it
Address = Annotated[HttpUrl, AfterValidator(_sound)]


def _says_no_more(_: bytes) -> str | None:
    return None


class Hook:
    """A partner's address that takes messages, and what signs them."""

    def __init__(
        self, http: httpx.AsyncClient, url: str, signer: Signer, headers: Mapping[str, str] | None = None
    ) -> None:
        """Take the partner's client, and *headers* for every message."""
        self._http = http
        self._url = httpx.URL(url)  # read once: anew each time it costs a third of the request
        self._signer = signer
        self._headers = {"Content-Type": "application/json", **(headers or {})}

    async def post(
        self,
        message: str,
        body: bytes,
        *,
        anchor: str | None = None,
        refusal: Callable[[bytes], str | None] = _says_no_more,
    ) -> httpx.Response:
        """
        Hand *body* over once as the message of that id; return an answer of 2xx or CONFLICT.

        Raises PartnerError for everything else; *refusal* finds a refusal's code in the answer's body.
        """
        headers = self._headers | self._signer.headers(message, body)
        if anchor and anchor.isascii() and anchor.isprintable():  # one that fits no header holds nothing back
            headers[ANCHOR] = anchor
        response = await self._attempt("POST", headers, body)
        if response.status_code != CONFLICT:
            judge(response, refusal)
        return response

    async def try_out(self, message: str, body: bytes, proof: Proof) -> httpx.Response:
        """Hand *body* over with another proof than ours; return the answer, whatever its status."""
        return await self._attempt("POST", self._headers | proof(message, body), body)

    async def options(self, headers: dict[str, str]) -> httpx.Response:
        """Ask whether messages are welcome at all; return the answer, whatever its status."""
        return await self._attempt("OPTIONS", headers, None)

    async def _attempt(self, method: str, headers: dict[str, str], body: bytes | None) -> httpx.Response:
        request = self._http.build_request(method, self._url, headers=headers, content=body)
        try:
            return await attempt(self._http, request)
        except PartnerError as fault:
            raise fault from None  # the library's own error names the address, and a token may stand in it


def judge(response: httpx.Response, refusal: Callable[[bytes], str | None] = _says_no_more) -> None:
    """Raise what the status says, but for a success; *refusal* knows more of why, or None."""
    status = response.status_code
    code = f"status_{status}"
    if status in _TOO_MUCH:
        raise Busy(code, retry_after=retry_after(response))
    if status == 410:
        raise Refused("the address is no longer in use", code="gone")
    judge_status(response)
    if status in _NOT_OF_THIS_FORM:
        raise CannotConvey(_NOT_OF_THIS_FORM[status], code)
    if not response.is_success:
        raise Refused("the partner's system says no", code=refusal(response.content) or code)
