"""Searching Locations on a plain hospital server, with the troubles that live in search answers."""

from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from sandbox.door.middleware import trouble_for
from sandbox.fhir.outcome import FHIR_JSON, JsonAnswer
from sandbox.fhir.shelf import Resource
from sandbox.hospital import Hospital, state_coding

from .later import as_r5
from .search import Search, bundle_of, included, link_to, matches_of, understand


def base_of(request: Request, hospital: Hospital) -> str:
    """Return the server's address as the asker knows it."""
    return f"{request.url.scheme}://{request.url.netloc}/rs/{hospital.row.id}/fhir"


def fhir_answer(
    content: Any, *, later: bool, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Return *content* in FHIR's content type, marked as R5 when *later*."""
    media_type = f"{FHIR_JSON};fhirVersion=5.0" if later else FHIR_JSON
    return JsonAnswer(content, status, headers, media_type)


async def search(request: Request, hospital: Hospital) -> Response:
    """Answer a search by GET or by POST to `_search`."""
    parameters = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        parameters += parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    strict = "handling=strict" in request.headers.get("prefer", "")
    wish = understand(parameters, strict=strict)
    if trouble_for(request, "everything"):
        wish.tests = []
    found = [] if trouble_for(request, "nothing") else matches_of(wish, hospital.locations)
    return _page(request, hospital, wish, found)


def _page(request: Request, hospital: Hospital, search: Search, found: list[Resource]) -> Response:
    base, end = base_of(request, hospital), search.start + search.count
    start = max(0, search.start - 1) if trouble_for(request, "repeat_rows") else search.start
    page = found[start:end]
    also = included(search, page, hospital.locations) if search.includes else []
    links = _links(request, base, search, more=end < len(found) and search.has_rows)
    if trouble_for(request, "all_full"):
        page = [_occupied(location) for location in page]
    later = trouble_for(request, "r5") is not None
    if later:
        page, also = [as_r5(location) for location in page], [as_r5(location) for location in also]
    return fhir_answer(
        bundle_of(search, base, total=len(found), page=page, also=also, links=links), later=later
    )


def _links(request: Request, base: str, search: Search, *, more: bool) -> list[Resource]:
    links = [{"relation": "self", "url": link_to(base, search, start=search.start)}]
    if more and not trouble_for(request, "no_next"):
        start = search.start if trouble_for(request, "loop") else search.start + search.count
        where = "https://elsewhere.contoh.invalid" if trouble_for(request, "next_elsewhere") else base
        links.append({"relation": "next", "url": link_to(where, search, start=start)})
    return links


def _occupied(location: Resource) -> Resource:
    if "operationalStatus" not in location:
        return location
    return {**location, "operationalStatus": state_coding("O")}
