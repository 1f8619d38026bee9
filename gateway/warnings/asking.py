"""Ask the authorities what is in force: one exchange each, all at once."""

import asyncio
from collections.abc import Sequence

from contracts import ReportsWarnings, WarningReport
from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import NOTHING_PERSONAL, perform
from gateway.partners.registry import Partner

OPERATION = "report_warnings"


async def ask_all(partners: Sequence[Partner], *, deadline_s: float) -> list[Outcome[WarningReport]]:
    """Return how each partner's exchange ended; what is published discloses nothing of anybody."""
    deadline = Deadline.after(deadline_s)
    return list(await asyncio.gather(*(_ask(partner, deadline) for partner in partners)))


async def _ask(partner: Partner, deadline: Deadline) -> Outcome[WarningReport]:
    port = partner.port
    assert isinstance(port, ReportsWarnings)  # noqa: S101  only such partners are handed in
    return await perform(
        partner, OPERATION, port.report_warnings, deadline=deadline, witness=NOTHING_PERSONAL
    )
