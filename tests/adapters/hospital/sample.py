"""What the conformance suite needs to speak to a hospital: settings of each way to ask, and the questions."""

from collections.abc import Awaitable, Callable
from typing import Any

SETTINGS: dict[str, Any] = {
    "base_url": "https://rs.example/fhir",
    "token": "synthetic-bearer-token",
    "organization": "99000001",
}
MORE_SETTINGS: list[dict[str, Any]] = [
    {"base_url": "https://rs.example/fhir", "counts": "measure-report"},
    {
        "dialect": "satusehat",
        "base_url": "https://platform.example/fhir-r4/v1",
        "oauth_url": "https://platform.example/oauth2/v1",
        "client_id": "demo-client",
        "client_secret": "synthetic-client-secret",
        "organization_id": "99000010",
    },
]
ASK: list[Callable[[Any], Awaitable[object]]] = [lambda hospital: hospital.report_capacity()]
