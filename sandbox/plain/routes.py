"""`/rs/<hospital>/fhir`: metadata, search, read, update and patch of Locations; referrals beside them."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.door.middleware import trouble_for
from sandbox.door.targets import bearer_of
from sandbox.fhir.changes import changed_by, check_version, etag, json_body, keep, kept_location
from sandbox.fhir.outcome import FhirError, Issue, JsonAnswer, outcome
from sandbox.fhir.patch import MEDIA_TYPE, patched
from sandbox.fhir.shelf import Resource
from sandbox.hospital import Hospital
from sandbox.world import World

from .later import R4_VERSION, R5_VERSION, as_r5
from .metadata import capability_statement
from .referral_routes import referral_routes
from .search_route import base_of, fhir_answer, search

Answering = Callable[[Request, Hospital], Awaitable[Response]]


def plain_routes(world: World) -> list[BaseRoute]:
    """Return the servers of all hospitals with a plain R4 system."""

    def room(answering: Answering) -> Callable[[Request], Awaitable[Response]]:
        return partial(_guarded, world, answering)

    async def put(request: Request, hospital: Hospital) -> Response:
        location_id = request.path_params["id"]
        before = hospital.locations.get(location_id)
        check_version(request, before)
        kept = keep(hospital, await json_body(request), wanted_id=location_id, now=world.now())
        return _one(request, kept, status=200 if before else 201)

    async def patch(request: Request, hospital: Hospital) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != MEDIA_TYPE:
            raise FhirError(415, Issue("not-supported", f"{MEDIA_TYPE} is wanted"))
        return _one(request, await changed_by(request, hospital, patched, world.now()))

    routes = [
        Route("/metadata", room(_metadata)),
        Route("/Location", room(search)),
        Route("/Location/_search", room(search), methods=["POST"]),
        Route("/Location/{id}", room(_read)),
        Route("/Location/{id}", room(put), methods=["PUT"]),
        Route("/Location/{id}", room(patch), methods=["PATCH"]),
        *referral_routes(world, room),
        Route("/{rest:path}", room(_nothing_here), methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]
    return [Mount("/rs/{hospital}/fhir", routes=routes)]


async def _guarded(world: World, answering: Answering, request: Request) -> Response:
    """Answer for the hospital of the address, or with an OperationOutcome."""
    try:
        hospital = _hospital_of(world, request)
        _check_token(request, hospital)
        return await answering(request, hospital)
    except FhirError as error:
        return JsonAnswer(outcome(*error.issues), error.status, error.headers)


def _hospital_of(world: World, request: Request) -> Hospital:
    hospital = world.hospitals.get(request.path_params["hospital"])
    if hospital is None or hospital.row.system != "r4":
        raise FhirError(404, Issue("not-found", "no hospital here"))
    return hospital


def _check_token(request: Request, hospital: Hospital) -> None:
    if request.url.path.endswith("/metadata"):
        return
    if bearer_of(request.scope) != hospital.row.token or trouble_for(request, "unauthorized"):
        challenge = {"WWW-Authenticate": 'Bearer realm="data contoh"'}
        raise FhirError(401, Issue("login", "a valid bearer token is wanted"), headers=challenge)


def _one(request: Request, location: Resource, *, status: int = 200) -> Response:
    later = trouble_for(request, "r5") is not None
    headers = {"ETag": etag(location)}
    if status == 201:
        headers["Location"] = str(request.url.replace(query=""))
    return fhir_answer(as_r5(location) if later else location, later=later, status=status, headers=headers)


async def _metadata(request: Request, hospital: Hospital) -> Response:
    later = trouble_for(request, "r5") is not None
    version = R5_VERSION if later else R4_VERSION
    return fhir_answer(
        capability_statement(hospital.row, base_of(request, hospital), fhir_version=version), later=later
    )


async def _read(request: Request, hospital: Hospital) -> Response:
    location = kept_location(hospital, request.path_params["id"])
    if request.headers.get("if-none-match") == etag(location):
        return Response(status_code=304, headers={"ETag": etag(location)})
    return _one(request, location)


async def _nothing_here(request: Request, hospital: Hospital) -> Response:
    del request, hospital
    raise FhirError(
        404, Issue("not-supported", "this server knows Location, ServiceRequest, Task and metadata")
    )
