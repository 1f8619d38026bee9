"""
SATUSEHAT's access token: asked for once, kept until shortly before it ends.

Quirks, from the Ministry's sample collection and two public SDKs (read 2026-11-23): grant_type
stands in the query, client_id and client_secret in a form body, there is no Basic authentication
and no scope; numbers come as text ("expires_in": "3599").
"""

import asyncio
import re
import time
from collections.abc import Callable

import httpx
import msgspec

from adapters.wire import attempt, judge_status
from contracts import Garbled, NotAccepted, Refused

MARGIN = 60.0  # seconds a token is given up before its end
UNSTATED = 300.0  # seconds a token without expires_in is kept
_TOKEN = re.compile("[!-~]{1,8192}")
_SECONDS = re.compile(r"\s*([0-9]{1,9})(\.[0-9]+)?\s*")


class _Granted(msgspec.Struct):
    access_token: str | None = None
    expires_in: int | float | str | None = None


class Tokens:
    """The one token shared by everything asked of the platform for one hospital."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        oauth_url: str,
        client_id: str,
        client_secret: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the token base without a trailing slash; *clock* is in seconds."""
        self._client = client
        self._url = f"{oauth_url}/accesstoken"
        self._form = {"client_id": client_id, "client_secret": client_secret}
        self._clock = clock
        self._asking = asyncio.Lock()
        self._token: str | None = None
        self._until = 0.0

    async def token(self) -> str:
        """Return a token that lasts for a while yet. Raises PartnerError."""
        async with self._asking:
            if self._token is None or self._clock() >= self._until:
                await self._ask()
            assert self._token is not None  # noqa: S101 - _ask sets it or raises; told to the type checker
            return self._token

    def forget(self, token: str | None) -> bool:
        """Give up a token the platform refused; say that asking again with a new one makes sense."""
        if token == self._token:
            self._token = None
        return True

    async def _ask(self) -> None:
        asked_at = self._clock()
        request = self._client.build_request(
            "POST", self._url, params={"grant_type": "client_credentials"}, data=self._form
        )
        self._token, lifetime = _granted(await attempt(self._client, request))
        self._until = asked_at + max(lifetime - MARGIN, lifetime / 2)


def _granted(response: httpx.Response) -> tuple[str, float]:
    """Return the token and its life in seconds. Raises PartnerError."""
    judge_status(response)
    if response.status_code == 400:  # RFC 6749: an unknown client may be answered with 400 too
        raise NotAccepted("token_refused")
    if response.status_code >= 300:
        raise Refused("no token to be had there", code=f"status_{response.status_code}")
    try:
        granted = msgspec.json.decode(response.content, type=_Granted)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
        raise Garbled("token") from wrong
    if not _TOKEN.fullmatch(granted.access_token or ""):
        raise Garbled("token")
    return str(granted.access_token), _seconds(granted.expires_in)


def _seconds(value: float | str | None) -> float:
    told = _SECONDS.fullmatch(str(value))
    return float(told.group(1)) if told else UNSTATED
