"""What the conformance suite needs to speak to a hospital: settings of each way to ask, and the questions."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from contracts import Criterion, Need, Nik, Patient, ReferralAsk, Step, Urgency

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
_ASK = ReferralAsk(
    id="q-abcdefghij",
    referral="r-abcdefghij",
    step=Step.OFFERED,
    urgency=Urgency.EMERGENCY,
    need=Need.ICU,
    patient=Patient(name="Siti Contoh", nik=Nik("1571015203909901")),
    authored_at=datetime(2026, 11, 25, 3, 0, tzinfo=UTC),
    answer_by=datetime(2026, 11, 25, 3, 15, tzinfo=UTC),
    criteria=(Criterion.HAEMODYNAMIC,),
)
_PLACED = replace(_ASK, place="Task/77")


def _convey(ask: ReferralAsk) -> Callable[[Any], Awaitable[object]]:
    return lambda hospital: hospital.convey_referral(ask, key=ask.id)


ASK: list[Callable[[Any], Awaitable[object]]] = [
    lambda hospital: hospital.report_capacity(),
    _convey(_ASK),
    _convey(replace(_ASK, sent_before=True)),
    _convey(replace(_PLACED, step=Step.CHOSEN)),
    _convey(replace(_ASK, step=Step.WITHDRAWN, sent_before=True)),
    lambda hospital: hospital.read_referral(_ASK),
    lambda hospital: hospital.read_referral(_PLACED),
]
