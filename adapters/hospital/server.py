"""One FHIR server behind its base URL: asks and tells with our credentials, hands back bytes."""

from collections.abc import Mapping
from typing import Protocol

import httpx

from adapters.wire import attempt

from .outcome import judged

_ACCEPT = "application/fhir+json, application/json;q=0.9"


class Credentials(Protocol):
    """Where the bearer token comes from."""

    async def token(self) -> str | None:
        """Return the token to send, None for a server that wants none. Raises PartnerError."""
        ...

    def forget(self, token: str | None) -> bool:
        """Take back a refused *token*; True where asking again makes sense."""
        ...


class FixedToken:
    """A token that an operator configured, or none."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    async def token(self) -> str | None:
        """Return the configured token."""
        return self._token

    def forget(self, token: str | None) -> bool:
        """Say that there is no other token to try."""
        return False


class Server:
    """The server; *base* is its address without a trailing slash."""

    def __init__(self, client: httpx.AsyncClient, base: str, credentials: Credentials) -> None:
        self._client = client
        self._credentials = credentials
        self.base = httpx.URL(base.rstrip("/"))

    def url(self, path: str, params: Mapping[str, str] | None = None) -> httpx.URL:
        """Return the address of *path* below the base."""
        return httpx.URL(f"{self.base}/{path}", params=params or None)

    async def ask(self, url: httpx.URL) -> bytes:
        """Return the body of a good answer from *url*. Raises PartnerError."""
        return judged(await self.look(url))

    async def look(self, url: httpx.URL) -> httpx.Response:
        """Return the answer whatever its status; a 401 is tried once more with a new token."""
        return await self._once_more_if_401("GET", url, {}, None)

    async def tell(
        self, method: str, url: httpx.URL, body: bytes, *, headers: Mapping[str, str]
    ) -> httpx.Response:
        """Send *body* and return the answer as `look` does; a request answered with 401 had no effect."""
        return await self._once_more_if_401(method, url, headers, body)

    async def _once_more_if_401(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes | None
    ) -> httpx.Response:
        token = await self._credentials.token()
        response = await attempt(self._client, self._request(method, url, headers, body, token))
        if response.status_code == 401 and self._credentials.forget(token):
            token = await self._credentials.token()
            response = await attempt(self._client, self._request(method, url, headers, body, token))
        return response

    def _request(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes | None, token: str | None
    ) -> httpx.Request:
        sent = {"Accept": _ACCEPT, **headers}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return self._client.build_request(method, url, headers=sent, content=body)
