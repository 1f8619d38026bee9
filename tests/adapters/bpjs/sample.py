"""What the conformance suite needs to speak to VClaim: settings, and each way to ask."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from contracts import CoverageQuestion, Nik, Nokartu

SETTINGS: dict[str, Any] = {
    "base_url": "https://vclaim.example/vclaim-rest",
    "consid": "12345",
    "secret": "synthetic-consumer-secret",
    "user_key": "synthetic-user-key",
}
_DAY = date(2026, 11, 24)
_BY_NIK = CoverageQuestion(service_date=_DAY, nik=Nik("1571015203909901"))
_BY_CARD = CoverageQuestion(service_date=_DAY, nokartu=Nokartu("0000000000018"))

ASK: list[Callable[[Any], Awaitable[object]]] = [
    lambda insurer: insurer.check_eligibility(_BY_NIK),
    lambda insurer: insurer.check_eligibility(_BY_CARD),
]
