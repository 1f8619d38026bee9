"""A hospital that is asked about its beds and also to take patients."""

from contracts import CapacityReport, ReferralAnswer, ReferralAsk, ReportsCapacity, TakesReferrals


class ReferringHospital:
    """Two ways to speak to one hospital behind one object."""

    def __init__(self, beds: ReportsCapacity, desk: TakesReferrals) -> None:
        self._beds = beds
        self._desk = desk

    async def report_capacity(self) -> CapacityReport:
        """Read every bed."""
        return await self._beds.report_capacity()

    async def convey_referral(self, ask: ReferralAsk, *, key: str) -> ReferralAnswer:
        """Bring the hospital's copy to *ask.step*."""
        return await self._desk.convey_referral(ask, key=key)

    async def read_referral(self, ask: ReferralAsk) -> ReferralAnswer | None:
        """Read what the hospital says now."""
        return await self._desk.read_referral(ask)
