"""What a partner can do: one narrow Protocol per capability, and the record an adapter exports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pydantic import BaseModel

from contracts.capacity import CapacityReport
from contracts.coverage import CoverageAnswer, CoverageQuestion

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
