"""One httpx client per partner: the only place where such clients are made."""

import ssl
from functools import cache

import httpx

from .guard import OutboundGuard
from .transport import AiohttpTransport, Reach

__all__ = ["Reach", "client", "tls"]

# The exchange's deadline bounds the whole; these only give each phase its name when it hangs for long.
PATIENCE = httpx.Timeout(30.0, connect=3.0)


@cache
def tls() -> ssl.SSLContext:
    """Return the one context that verifies every partner; making one costs 33 ms."""
    return httpx.create_ssl_context()


class _NoCookies(httpx.Cookies):
    """Keeps nothing: a partner's cookie is never sent back, and finding that out costs no 50 us."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Leave them where they are."""


class PartnerClient(httpx.AsyncClient):
    """An httpx client without a memory for cookies."""

    @property
    def cookies(self) -> httpx.Cookies:
        """Return none, whatever was set."""
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        """Ignore them."""


_NO_COOKIES = _NoCookies()


def client(guard: OutboundGuard, reach: Reach, *, context: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    """Return a partner's own client: no cookies, no redirects, no proxies, TLS verified by *context*."""
    return PartnerClient(
        transport=AiohttpTransport(guard, reach, context=context or tls()),
        headers={"User-Agent": "Gerbang", "Accept-Encoding": "gzip"},
        timeout=PATIENCE,
        follow_redirects=False,
        trust_env=False,
    )
