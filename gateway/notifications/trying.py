"""Trying out the link to a partner by one test message: no row, no number, nothing has happened."""

from collections.abc import Mapping
from typing import Any

from contracts import Alert, AlertKind, Conveyed, TakesAlerts
from gateway.access.guard import Principal
from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import perform
from gateway.partners.registry import NOTIFY, Partner
from gateway.problems import Problem

from . import standing_entries
from .link import message
from .room import NotificationRoom

DEADLINE_S = 10.0

# What a person is told, by the outcome's word or, where nothing was sent, by why.
_WORDS: Mapping[str, str] = {
    "answered": "its system took the test",
    "standing": "not sent: it is neither live nor onboarding",
    "no_system": "not sent: it has no system",
    "breaker_open": "not sent: it has failed too often just now, try again in a minute",
    "bulkhead_full": "not sent: too much is on its way to it",
    "late": "no answer in time; it may have the test",
    "unreachable": "it cannot be reached",
    "no_answer": "it gave no answer; it may have the test",
    "busy": "it asks for patience",
    "refused": "it said no",
    "not_accepted": "it does not accept our credentials",
    "garbled": "its answer cannot be read",
    "cannot_convey": "its wire has no word for a test",
}


async def send_test(
    room: NotificationRoom, partner_id: str, *, by: Principal, request: str
) -> tuple[Partner, Outcome[Conveyed]]:
    """
    Send it, and return to whom and what came of it; the attempt and its outcome stand in the log.

    Raises Problem `no-such-partner`, `partner-takes-no-alerts`, CannotWrite: then nothing was sent.
    """
    partner = room.registry.partners.get(partner_id)
    if partner is None:
        raise Problem("no-such-partner")
    port = partner.port
    if not isinstance(port, TakesAlerts):
        raise Problem("partner-takes-no-alerts", partner=partner.id)
    test = message(room, partner, AlertKind.TEST, drill=True)
    outcome: Outcome[Conveyed] = await perform(
        partner,
        NOTIFY,
        lambda: port.convey_alert(test, key=test.id),
        deadline=Deadline.after(DEADLINE_S),
        witness=_Test(room, partner, test, by, request),
        drill=True,
    )
    if outcome.word == "not_asked":
        entry = standing_entries.tested(partner.id, test, outcome, actor=by.actor, request=request)
        await room.recorder.record(entry)
    return partner, outcome


def words(partner: Partner, outcome: Outcome[Any]) -> str:
    """Say what came of it, and where to telephone if nothing did."""
    which = outcome.reason if outcome.word == "not_asked" else outcome.word
    said = _WORDS.get(which or "", outcome.word)
    if outcome.error is not None and outcome.word == "refused":
        said = f"{said} ({outcome.error})"
    return said if outcome.word == "answered" or not partner.phone else f"{said}; telephone {partner.phone}"


class _Test:
    """Writes down one test."""

    def __init__(
        self, room: NotificationRoom, partner: Partner, test: Alert, by: Principal, request: str
    ) -> None:
        self._room = room
        self._partner = partner
        self._test = test
        self._by = by
        self._request = request

    async def intent(self) -> None:
        entry = standing_entries.testing(
            self._partner.id, self._test, actor=self._by.actor, request=self._request
        )
        await self._room.database.record(entry)

    async def outcome(self, outcome: Outcome[Any]) -> None:
        entry = standing_entries.tested(
            self._partner.id, self._test, outcome, actor=self._by.actor, request=self._request
        )
        await self._room.recorder.record(entry)
