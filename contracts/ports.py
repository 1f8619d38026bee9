"""What a partner can do: one narrow Protocol per capability, and the record an adapter exports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pydantic import BaseModel

from contracts.alert import Alert, Change, Conveyed, Receipt
from contracts.capacity import CapacityReport
from contracts.coverage import CoverageAnswer, CoverageQuestion
from contracts.referral import ReferralAnswer, ReferralAsk
from contracts.waking import Wake
from contracts.warning import WarningReport

if TYPE_CHECKING:
    import httpx

MEGABYTE = 1_000_000


@runtime_checkable
class ReportsCapacity(Protocol):
    """A partner that knows its beds."""

    async def report_capacity(self) -> CapacityReport:
        """Make one attempt to read every bed. Reads only. Raises PartnerError and nothing else."""
        ...


@runtime_checkable
class ChecksEligibility(Protocol):
    """A partner that knows who is covered."""

    async def check_eligibility(self, question: CoverageQuestion) -> CoverageAnswer:
        """
        Make one attempt to answer *question*. Reads only, and discloses the number asked about.

        A person the partner does not know is the answer NOT_FOUND, not an error. Raises
        PartnerError and nothing else.
        """
        ...


@runtime_checkable
class TakesReferrals(Protocol):
    """A partner that can be asked to take a patient."""

    async def convey_referral(self, ask: ReferralAsk, *, key: str) -> ReferralAnswer:
        """
        Make one attempt to bring the hospital's copy to *ask.step*; return what it says then.

        The same *ask* with the same *key* leaves one copy however often it is sent; where the hospital's
        system cannot promise that, it is searched by our identifier first. NoAnswer means that the effect is
        unknown. Raises PartnerError and nothing else.
        """
        ...

    async def read_referral(self, ask: ReferralAsk) -> ReferralAnswer | None:
        """
        Make one attempt to read what the hospital says now, by *ask.place* or by our identifier.

        None: it has no copy. Reads only. Raises PartnerError and nothing else.
        """
        ...


@runtime_checkable
class TakesAlerts(Protocol):
    """A partner that is told of incidents."""

    async def convey_alert(self, alert: Alert, *, key: str) -> Conveyed:
        """
        Make one attempt to hand *alert* over; returning means that the partner's system has taken it.

        *key* is `alert.id`, the same over attempts: the partner keeps one copy. NoAnswer means that it may
        have it. What the wire has no faithful word for is CannotConvey. Raises PartnerError and nothing else.
        """
        ...


@runtime_checkable
class TakesChanges(Protocol):
    """A partner that follows what becomes of what it asked for: the dispatch system."""

    async def convey_change(self, change: Change, *, key: str) -> None:
        """Make one attempt to hand *change* over. Raises PartnerError and nothing else."""
        ...


@runtime_checkable
class ReadsReceipts(Protocol):
    """A partner whose receipts come in words of its own."""

    def read_receipts(self, media_type: str, body: bytes) -> tuple[Receipt, ...]:
        """Return what *body*, sent by the partner to our address, says. Raises Garbled and nothing else."""
        ...


@runtime_checkable
class ReportsWarnings(Protocol):
    """An authority that publishes warnings."""

    async def report_warnings(self) -> WarningReport:
        """Make one attempt to read what is in force. Reads only. Raises PartnerError and nothing else."""
        ...


@runtime_checkable
class WakesPeople(Protocol):
    """A way to a person's pocket: e-mail, SMS, WhatsApp, Web Push."""

    def reaches(self, address: str) -> bool:
        """Say whether this way leads to an address of that form (`mailto:`, `tel:`, `push:`)."""
        ...

    async def wake(self, wake: Wake, *, key: str) -> None:
        """
        Make one attempt to have *wake* delivered; returning means that it was taken over, not read.

        Raises PartnerError and nothing else; Refused with code `gone` when the address is no longer in use.
        """
        ...


@dataclass(frozen=True, slots=True)
class Adapter:
    """
    What a folder under adapters/ exports as ADAPTER.

    *connect* receives the validated settings and the partner's own HTTP client; what the partner
    can do is what the object it returns satisfies. An answer longer than *answer_cap* bytes
    (after decompression) is cut off as Garbled.
    """

    title: str
    settings: type[BaseModel]
    connect: Callable[[Any, "httpx.AsyncClient"], object]
    answer_cap: int = MEGABYTE
