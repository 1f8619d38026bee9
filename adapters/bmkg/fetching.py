"""Pages of BMKG; what has not changed is not sent again, where BMKG tells (ETag, RFC 9110 section 13.1.2)."""

from typing import NamedTuple

import httpx

from adapters.wire import attempt, judge_status
from contracts import Refused


class _Kept(NamedTuple):
    etag: str
    body: bytes


class Pages:
    """Reads pages; of those it is to keep it remembers the last answer."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        """Take the partner's client."""
        self._http = http
        self._kept: dict[str, _Kept] = {}

    async def get(self, url: str, *, keep: bool = False) -> bytes:
        """Return what stands there now. Raises PartnerError; a redirect is Garbled, and not followed."""
        kept = self._kept.get(url)
        headers = {"If-None-Match": kept.etag} if kept else {}
        response = await attempt(self._http, self._http.build_request("GET", url, headers=headers))
        if kept and response.status_code == 304:
            return kept.body
        judge_status(response)
        if response.status_code != 200:
            raise Refused("BMKG has no such page", code=f"status_{response.status_code}")
        etag = response.headers.get("etag")
        if keep and etag:
            self._kept[url] = _Kept(etag, response.content)
        return response.content
