"""One page of one search on the platform, with the troubles that live in pages."""

from dataclasses import dataclass

from starlette.requests import Request

from sandbox.door.middleware import trouble_for
from sandbox.fhir.shelf import Resource
from sandbox.hospital import Hospital, state_coding

from .paging import PAGE_TOKEN, Place, links_of, searchset
from .search import Parameters, found_by

ELSEWHERE = "https://elsewhere.contoh.invalid"


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it came in, and the hospital whose token it carries."""

    request: Request
    hospital: Hospital
    kind: str
    parameters: Parameters

    @property
    def base(self) -> str:
        """The platform's address as the asker knows it."""
        return f"{self.request.url.scheme}://{self.request.url.netloc}/satusehat/fhir-r4/v1"

    def meets(self, mode: str) -> bool:
        """Whether the trouble *mode* is in force for this search."""
        return trouble_for(self.request, mode) is not None

    def place(self) -> tuple[Place, int]:
        """Return where the page begins and how many entries it may hold; raise ValueError."""
        wishes = dict(self.parameters)
        place = Place.from_token(wishes[PAGE_TOKEN]) if PAGE_TOKEN in wishes else Place()
        return place, place.size(max(1, int(wishes.get("_count", "100"))))


def page_of(asked: Asked) -> Resource:
    """Return the page asked for; raise ValueError for a wrong `_count` or `_page_token`."""
    place, size = asked.place()
    found = found_by(asked.hospital, asked.kind, [] if asked.meets("everything") else asked.parameters)
    if asked.meets("nothing"):
        found = []
    start = max(0, place.row - 1) if asked.meets("repeat_rows") else place.row
    page = found[start : place.row + size]
    if asked.meets("all_full"):
        page = [_occupied(resource) for resource in page]
    links = _links(asked, place, size, more=place.row + size < len(found))
    return searchset(asked.base, page, links, asked.hospital.withheld)


def _links(asked: Asked, place: Place, size: int, *, more: bool) -> list[Resource]:
    if not more or asked.meets("no_next"):
        return links_of(asked.base, asked.kind, asked.parameters, None)
    following = place if asked.meets("loop") else place.after(size)
    base = ELSEWHERE if asked.meets("next_elsewhere") else asked.base
    return links_of(base, asked.kind, asked.parameters, following)


def _occupied(resource: Resource) -> Resource:
    if "operationalStatus" not in resource:
        return resource
    return {**resource, "operationalStatus": state_coding("O")}
