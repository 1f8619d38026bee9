"""
The token endpoint: grant_type in the query, credentials in a form, numbers answered as strings.

Facts section 1.2 (read 2026-11-23); the fields around the token are those of the API manager.
"""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from sandbox.door.middleware import trouble_for
from sandbox.fhir.outcome import JsonAnswer
from sandbox.hospital import Hospital
from sandbox.world import World

from .faults import fault, told
from .tokens import LIFETIME

_FORM = "application/x-www-form-urlencoded"


async def give_token(world: World, request: Request) -> Response:
    """Answer `POST accesstoken?grant_type=client_credentials`."""
    if request.query_params.get("grant_type") != "client_credentials":
        return fault(400, "Required param : grant_type", "steps.oauth.v2.InvalidRequest")
    if request.headers.get("content-type", "").partition(";")[0] != _FORM:
        return fault(415, "Unsupported Media Type", "steps.oauth.v2.UnsupportedMediaType")
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    hospital = _registered(world, form.get("client_id", [""])[0])
    if hospital is None or trouble_for(request, "unauthorized"):
        return fault(401, "Invalid client identifier", "oauth.v2.InvalidClientIdentifier")
    if form.get("client_secret", [""])[0] != hospital.row.client_secret:
        content = told("error", "login", "Client credentials are invalid")
        return JsonAnswer(content, 401, media_type="application/json")
    return JsonAnswer(_grant(world, hospital), media_type="application/json")


def _registered(world: World, client_id: str) -> Hospital | None:
    hospitals = world.of_system("satusehat")
    return next((hospital for hospital in hospitals if hospital.row.client_id == client_id), None)


def _grant(world: World, hospital: Hospital) -> dict[str, str]:
    now = world.now()
    return {
        "refresh_token_expires_in": "0",
        "organization_name": "sandbox-data-contoh",
        "token_type": "BearerToken",
        "issued_at": str(int(now.timestamp() * 1000)),
        "client_id": hospital.row.client_id,
        "access_token": world.tokens.issue(hospital.row.id, now),
        "scope": "",
        "expires_in": str(int(LIFETIME.total_seconds())),
        "refresh_count": "0",
        "status": "approved",
    }
