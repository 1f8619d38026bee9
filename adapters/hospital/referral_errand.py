"""One attempt to bring something to a server: what was read, what was written, what was odd on the way."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from contracts import Busy, Garbled, NoAnswer, PartnerError, Refused, Unreachable

from .outcome import judged
from .places import id_of
from .referral_find import CANNOT_TELL, Found, found_in
from .referral_parts import Json, unchecked
from .referral_read import ID, Copy, read_copy, read_rows
from .server import Server
from .structs import Reference

FHIR_JSON = "application/fhir+json"
JSON_PATCH = "application/json-patch+json"
_GONE = (404, 410)
_CLASH = (409, 412)
_NO_SUCH_SEARCH = 501


class Conflict(Exception):
    """Somebody else changed the resource since it was read."""


@contextmanager
def refused_twice() -> Iterator[None]:
    """Raise Busy for a Conflict: the next attempt reads again and decides again."""
    try:
        yield
    except Conflict as clash:
        raise Busy("changed_meanwhile") from clash


class Errand:
    """What one attempt does at one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.has_written = False
        self.remarks: set[str] = set()

    @contextmanager
    def told_honestly(self) -> Iterator[None]:
        """
        Turn faults into NoAnswer once something was written.

        "Nothing was sent" and "wait" are said of the last request only: the caller would take them for
        the whole, and bring everything again to a server that makes two of it.
        """
        try:
            yield
        except (Unreachable, Busy, Garbled) as fault:
            if not self.has_written:
                raise
            raise NoAnswer(fault.detail) from fault

    async def fetch(self, kind: str, key: str) -> Copy | None:
        """Return a resource by its id, None where the server has it no longer. Raises PartnerError."""
        if not ID.fullmatch(key):
            return None
        response = await self._server.look(self._server.url(f"{kind}/{key}"))
        if response.status_code in _GONE:
            return None
        judged(response)
        return read_copy(response, kind)

    async def find(self, kind: str, system: str, value: str) -> Found:
        """Look for *kind* by our identifier. Raises PartnerError, but not for a search nobody understands."""
        response = await self._server.look(self._server.url(kind, {"identifier": f"{system}|{value}"}))
        if response.status_code == _NO_SUCH_SEARCH:
            return CANNOT_TELL
        try:
            found = found_in(read_rows(judged(response)), kind, system=system, value=value)
        except Refused:
            return CANNOT_TELL
        if len(found.copies) > 1:
            self.remarks.add("duplicate_copies")
        return found

    async def create(self, kind: str, body: bytes, *, unless: str | None = None) -> Copy | None:
        """
        POST *kind* (unless there is one that *unless* finds) and return the server's copy.

        None: the server has it already, or does not say which it made; a search must tell.
        Raises PartnerError.
        """
        headers = {"If-None-Exist": unless} if unless else {}
        response = await self._tell("POST", self._server.url(kind), body, FHIR_JSON, headers)
        if response.status_code in _CLASH or _is_duplicate(response):
            return None
        self._note(response)
        return await self._receipt(response, kind)

    async def transact(self, body: bytes) -> httpx.Response | None:
        """POST a transaction to the base; None where the server says that it has it already."""
        response = await self._tell("POST", self._server.base, body, FHIR_JSON, {})
        if response.status_code in _CLASH or _is_duplicate(response):
            return None
        self._note(response)
        return response

    async def replace(self, copy: Copy, changes: Json) -> Copy:
        """PUT *copy* with *changes*, if it is still what we read. Raises Conflict and PartnerError."""
        kind = copy.kept.resource_type
        match = {"If-Match": copy.etag} if copy.etag else {}
        if not copy.etag:
            self.remarks.add("no_versions")
        body = unchecked(copy.whole() | changes)
        response = await self._tell("PUT", self._server.url(f"{kind}/{copy.id}"), body, FHIR_JSON, match)
        return await self._changed(response, copy)

    async def patch(self, copy: Copy, steps: list[Json]) -> Copy:
        """Send a JSON Patch, which touches nothing but its own elements. Raises Conflict and PartnerError."""
        url = self._server.url(f"{copy.kept.resource_type}/{copy.id}")
        return await self._changed(await self._tell("PATCH", url, unchecked(steps), JSON_PATCH, {}), copy)

    async def _changed(self, response: httpx.Response, copy: Copy) -> Copy:
        if response.status_code in _CLASH:
            raise Conflict
        self._note(response)
        changed = await self._receipt(response, copy.kept.resource_type)
        changed = changed or await self.fetch(copy.kept.resource_type, copy.id)
        if changed is None:
            raise NoAnswer("no_receipt")
        return changed

    async def _tell(
        self, method: str, url: httpx.URL, body: bytes, content: str, headers: Mapping[str, str]
    ) -> httpx.Response:
        told = {"Content-Type": content, "Prefer": "return=representation", **headers}
        try:
            return await self._server.tell(method, url, body, headers=told)
        except Garbled as fault:  # it was read by somebody, and perhaps done
            raise NoAnswer(fault.detail) from fault

    def _note(self, response: httpx.Response) -> None:
        """Remember that something was written. Raises PartnerError for a refusal."""
        if not response.is_success:
            judged(response)
        self.has_written = True

    async def _receipt(self, response: httpx.Response, kind: str) -> Copy | None:
        """Return what was written: from the answer, or from where it points, whatever host that names."""
        try:
            return read_copy(response, kind)
        except PartnerError:
            where = response.headers.get("location") or response.headers.get("content-location")
            key = id_of(Reference(where)) if where and f"{kind}/" in where else None
            return await self.fetch(kind, key) if key else None


def _is_duplicate(response: httpx.Response) -> bool:
    if response.status_code not in (400, 422):
        return False
    try:
        judged(response)
    except Refused as refusal:
        return refusal.code == "duplicate"
    except PartnerError:
        return False
    return False
