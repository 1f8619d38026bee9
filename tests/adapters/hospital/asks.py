"""Referrals of synthetic patients, and hospitals connected to send them to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx

from adapters.hospital import ADAPTER
from adapters.hospital.settings import Settings
from contracts import Criterion, Need, Nik, Nokartu, Patient, ReferralAnswer, ReferralAsk, Step, Urgency

from .hospitals import R4
from .sample import MORE_SETTINGS

NIK = "1571015203909901"
AUTHORED = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
UNTIL = datetime(2026, 11, 25, 3, 15, tzinfo=UTC)
PATIENT = Patient(
    name="Siti Contoh",
    nik=Nik(NIK),
    nokartu=Nokartu("0000000000018"),
    sex="female",
    birth_date=date(1990, 3, 12),
    phone="+6281200000000",
)
FULL = ReferralAsk(
    id="q-abcdefghij",
    referral="r-abcdefghij",
    step=Step.OFFERED,
    urgency=Urgency.EMERGENCY,
    need=Need.ICU,
    patient=PATIENT,
    authored_at=AUTHORED,
    answer_by=UNTIL,
    criteria=(Criterion.HAEMODYNAMIC, Criterion.IMMEDIATE_ACTION),
    kelas="2",
    diagnosis="I61.9",
    situation="Sesak napas sejak pagi.\nTD 80/50.",
    transport="ambulans 112-02",
    callback_phone="+627411120000",
)
BARE = ReferralAsk(
    id="q-bbbbbbbbbb",
    referral="r-bbbbbbbbbb",
    step=Step.OFFERED,
    urgency=Urgency.ROUTINE,
    need=Need.OTHER,
    patient=Patient(),
    authored_at=AUTHORED,
    answer_by=UNTIL,
)
UNKNOWN = replace(FULL, id="q-cccccccccc", patient=Patient(sex="male", age_years=40), drill=True)
ROUTINE = replace(FULL, urgency=Urgency.ROUTINE, criteria=(), need=Need.WARD)
EVERY_NEED = [replace(FULL, id=f"q-need-{need.value}", need=need) for need in Need]
ASKS = {"full": FULL, "bare": BARE, "unknown": UNKNOWN, "routine": ROUTINE} | {
    ask.id: ask for ask in EVERY_NEED
}
PLATFORM = MORE_SETTINGS[-1]


def at(ask: ReferralAsk, step: Step, **more: Any) -> ReferralAsk:
    """Return the same question at another step."""
    return replace(ask, step=step, **more)


Handler = Callable[[httpx.Request], httpx.Response]


class Line:
    """A hospital reached through a handler of requests."""

    def __init__(self, handler: Handler, **settings: Any) -> None:
        """Take the adapter's settings; an R4 hospital's address is filled in."""
        self._handler = handler
        self._settings = Settings.model_validate({"base_url": R4, **settings})

    async def convey(self, ask: ReferralAsk) -> ReferralAnswer:
        """Convey once over a new connection, as after a restart."""
        async with httpx.AsyncClient(transport=httpx.MockTransport(self._handler)) as client:
            hospital: Any = ADAPTER.connect(self._settings, client)
            answer: ReferralAnswer = await hospital.convey_referral(ask, key=f"{ask.id}/{ask.step}")
            return answer

    async def read(self, ask: ReferralAsk) -> ReferralAnswer | None:
        """Read once."""
        async with httpx.AsyncClient(transport=httpx.MockTransport(self._handler)) as client:
            hospital: Any = ADAPTER.connect(self._settings, client)
            answer: ReferralAnswer | None = await hospital.read_referral(ask)
            return answer
