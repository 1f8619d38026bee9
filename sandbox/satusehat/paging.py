"""
Searchsets as this platform pages them.

`total` counts the entries of this page, not the result; pages hold at most 100 entries and may be
far shorter while `next` still follows; withheld resources stand as OperationOutcomes without
fullUrl; no entry carries search.mode. Facts section 1.3 (read 2026-11-23).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.fhir.shelf import Resource

from .faults import suppressed

MOST = 100
SHORT = 3  # the second page of every search
PAGE_TOKEN = "_page_token"  # noqa: S105 - the name of a parameter


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a result a page begins, and which page it is."""

    row: int = 0
    page: int = 0

    def size(self, count: int) -> int:
        """Return how many entries this page may hold when *count* are asked for."""
        return min(count, MOST, SHORT if self.page == 1 else MOST)

    def after(self, size: int) -> "Place":
        """Return the place of the page that follows."""
        return Place(self.row + size, self.page + 1)

    def as_token(self) -> str:
        """Return the opaque page token."""
        return urlsafe_b64encode(f"contoh/{self.row}/{self.page}".encode()).decode().rstrip("=")

    @classmethod
    def from_token(cls, token: str) -> "Place":
        """Return the place of a page token; raise ValueError if it is none of ours."""
        try:
            _, row, page = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().split("/")
        except NotBase64 as wrong:
            raise ValueError("no page token") from wrong
        return cls(int(row), int(page))


def _address(base: str, kind: str, parameters: list[tuple[str, str]]) -> str:
    return f"{base}/{kind}/?{urlencode(sorted(parameters))}"


def links_of(base: str, kind: str, asked: list[tuple[str, str]], following: Place | None) -> list[Resource]:
    """Return the links search, first, self and, when something follows, next."""
    address = _address(base, kind, asked)
    links = [{"relation": relation, "url": address} for relation in ("search", "first", "self")]
    if following is not None:
        query = [(name, value) for name, value in asked if name != PAGE_TOKEN]
        url = _address(base, kind, [*query, (PAGE_TOKEN, following.as_token())])
        links.append({"relation": "next", "url": url})
    return links


def searchset(
    base: str, resources: list[Resource], links: list[Resource], withheld: frozenset[str]
) -> Resource:
    """Return one page."""
    entries = [
        {"resource": suppressed(resource["resourceType"], resource["id"])}
        if resource["id"] in withheld
        else {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", "resource": resource}
        for resource in resources
    ]
    bundle: Resource = {"entry": entries, "link": links, "resourceType": "Bundle"}
    if not entries:
        del bundle["entry"]
    return {**bundle, "total": len(entries), "type": "searchset"}
