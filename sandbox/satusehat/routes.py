"""`/satusehat`: the platform's token endpoint and its FHIR store, for every hospital that reports there."""

from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.door.middleware import trouble_for
from sandbox.door.targets import bearer_of
from sandbox.fhir.changes import changed_by, etag, kept_location
from sandbox.fhir.outcome import FHIR_JSON, FhirError, JsonAnswer, outcome
from sandbox.fhir.patch import MEDIA_TYPE, patched
from sandbox.fhir.shelf import Resource
from sandbox.hospital import Hospital
from sandbox.world import World

from .faults import BUSINESS_RULE, Refused, fault, suppressed, told
from .pages import Asked, page_of
from .referral_routes import offer_route, referral_routes
from .search import ids_asked_for
from .token_route import give_token

_FHIR = "/satusehat/fhir-r4/v1"

Answering = Callable[[Request, Hospital], Awaitable[Response]]


def satusehat_routes(world: World) -> list[BaseRoute]:
    """Return the platform's routes."""

    def room(answering: Answering) -> Callable[[Request], Awaitable[Response]]:
        return partial(_guarded, world, answering)

    async def search(request: Request, hospital: Hospital, *, kind: str) -> Response:
        parameters = parse_qsl(request.url.query)
        if _foreign(world, hospital, ids_asked_for(parameters)):
            return _json(told("error", "business-rule", BUSINESS_RULE), status=403)
        return _searched(Asked(request, hospital, kind, parameters))

    async def patch(request: Request, hospital: Hospital) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != MEDIA_TYPE:
            return _json(told("error", "not-supported", f"Content-Type must be {MEDIA_TYPE}"), status=415)
        lenient = partial(patched, lenient=True)  # the official sample adds below a missing parent
        return _one(await changed_by(request, hospital, lenient, world.now()))

    searches = [
        Route(f"/{kind}{slash}", room(partial(search, kind=kind)))
        for kind in ("Organization", "Location")
        for slash in ("", "/")  # the platform's own links carry the slash
    ]
    store = [
        *searches,
        *referral_routes(world, room),
        Route("/Organization/{id}", room(_read_organization)),
        Route("/Location/{id}", room(_read_location)),
        Route("/Location/{id}", room(patch), methods=["PATCH"]),
        Route("/{rest:path}", room(_nothing_here)),
    ]
    token = Route("/satusehat/oauth2/v1/accesstoken", partial(give_token, world), methods=["POST"])
    offer = offer_route(world, room, _FHIR)
    return [token, offer, Mount(_FHIR, routes=store)]


async def _guarded(world: World, answering: Answering, request: Request) -> Response:
    holder = world.tokens.holder(bearer_of(request.scope), world.now())
    if holder is None or trouble_for(request, "unauthorized"):
        return fault(401, "Invalid Access Token", "keymanagement.service.invalid_access_token")
    try:
        answer = await answering(request, world.hospitals[holder])
    except FhirError as error:
        answer = _json(outcome(*error.issues), status=error.status)
    except Refused as refused:
        answer = _json(told("error", refused.code, refused.text), status=refused.status)
    answer.headers["Via"] = "1.1 contoh"
    return answer


def _json(content: Resource, *, status: int = 200) -> Response:
    return JsonAnswer(content, status, media_type="application/json")


def _one(resource: Resource) -> Response:
    return JsonAnswer(resource, headers={"ETag": etag(resource)}, media_type=FHIR_JSON)


def _foreign(world: World, hospital: Hospital, ids: set[str]) -> bool:
    """Whether one of *ids* is another hospital's organisation."""
    others = {
        organization["id"]
        for other in world.of_system("satusehat")
        if other is not hospital
        for organization in other.organizations
    }
    return bool(ids & others)


def _searched(asked: Asked) -> Response:
    try:
        return _json(page_of(asked))
    except ValueError:
        return _json(told("error", "invalid", "invalid _count or _page_token"), status=400)


def _seen(hospital: Hospital, resource: Resource) -> Response:
    if resource["id"] in hospital.withheld:
        return _json(suppressed(resource["resourceType"], resource["id"]), status=403)
    return _one(resource)


async def _read_organization(request: Request, hospital: Hospital) -> Response:
    wanted = request.path_params["id"]
    found = next((kept for kept in hospital.organizations if kept["id"] == wanted), None)
    if found is None:
        return _json(told("error", "not-found", "no such Organization"), status=404)
    return _seen(hospital, found)


async def _read_location(request: Request, hospital: Hospital) -> Response:
    return _seen(hospital, kept_location(hospital, request.path_params["id"]))


async def _nothing_here(request: Request, hospital: Hospital) -> Response:
    del request, hospital
    return _json(
        told("error", "not-supported", "the sandbox knows Organization, Location and referrals"), status=404
    )
