"""Heartbeats go to whoever was told nothing for long, and whoever stays quiet is telephoned."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from contracts import AlertKind, CannotConvey, PartnerError, Refused, Unreachable
from gateway.alarms import Alarms
from gateway.notifications import unwatched
from gateway.notifications.heartbeat import ALARM, Heartbeats
from gateway.partners.breaker import Breaker
from gateway.partners.registry import NOTIFY
from gateway.partners.shape import Channel, Standing, Telling
from tests.gateway.gate import until

from .agencies import Agency, Centre, partner
from .conftest import Started

MINUTE = timedelta(minutes=1)


def texts(alarms: Alarms) -> dict[str, str]:
    """Return the alarms that stand."""
    return {alarm.name: alarm.text for alarm in alarms.current()}


class Ward:
    """A centre with one agency, in a time that a test moves on."""

    def __init__(self, started: Started, clock: time_machine.Traveller, *faults: PartnerError) -> None:
        self.agency = Agency(*faults)
        self.clock = clock
        self.centre = Centre(*started, partner("bpbd", self.agency))
        self.beats = Heartbeats(self.centre.room)

    async def after(self, minutes: float) -> list[AlertKind]:
        """Let that time pass, look, and return the kinds of all that was sent."""
        self.clock.shift(minutes * MINUTE)
        await self.beats.once()
        return [alert.kind for alert in self.agency.alerts]

    @property
    def alarms(self) -> dict[str, str]:
        """Return the alarms that stand."""
        return texts(self.centre.room.alarms)


@pytest.fixture
def clock() -> Any:
    """A clock that ticks and can be moved on."""
    with time_machine.travel(datetime.now(UTC), tick=True) as moved:
        yield moved


BEAT = AlertKind.HEARTBEAT


async def test_one_each_five_minutes_and_it_says_the_newest_number(
    started: Started, clock: time_machine.Traveller
) -> None:
    """So that the partner can find gaps; it is no row, and has no number of its own."""
    ward = Ward(started, clock)
    await ward.centre.tell("i-flood", 1)
    await ward.centre.tell("i-fire", 1)
    await ward.centre.deliver()
    told = [AlertKind.ALERT] * 2
    assert await ward.after(4) == told
    assert await ward.after(2) == [*told, BEAT]
    assert await ward.after(4) == [*told, BEAT]
    assert await ward.after(2) == [*told, BEAT, BEAT]
    beat = ward.agency.alerts[-1]
    assert (beat.number, beat.drill, beat.reply_to) == (2, False, None)
    assert len(await ward.centre.rows()) == 2


async def test_a_message_that_arrived_takes_its_place(
    started: Started, clock: time_machine.Traveller
) -> None:
    """Nothing is said that was said already."""
    ward = Ward(started, clock)
    assert await ward.after(0) == [BEAT]
    clock.shift(4 * MINUTE)
    await ward.centre.tell("i-flood", 1)
    await ward.centre.deliver()
    assert await ward.after(2) == [BEAT, AlertKind.ALERT]
    assert await ward.after(4) == [BEAT, AlertKind.ALERT, BEAT]


async def test_three_in_a_row_that_fail_raise_the_alarm_with_the_number_to_ring(
    started: Started, clock: time_machine.Traveller
) -> None:
    """Not two; and the first that arrives clears it."""
    ward = Ward(started, clock, *[Unreachable() for _ in range(3)])
    for alarmed in (False, False, True):
        await ward.after(6)
        assert (ALARM in ward.alarms) is alarmed
    assert ward.alarms[ALARM] == "no answer to 3 heartbeats: telephone BPBD (0741-112)"
    await ward.after(6)
    assert ward.alarms == {}


async def test_a_message_that_arrived_clears_the_alarm_as_well(
    started: Started, clock: time_machine.Traveller
) -> None:
    """It listens."""
    ward = Ward(started, clock, *[Unreachable() for _ in range(3)])
    for _ in range(3):
        await ward.after(6)
    clock.shift(4 * MINUTE)
    await ward.centre.tell("i-flood", 1)
    await ward.centre.deliver()
    await ward.after(2)
    assert ward.alarms == {}


async def test_an_open_breaker_is_no_answer_either(started: Started, clock: time_machine.Traveller) -> None:
    """Nobody has got through lately."""
    ward = Ward(started, clock)
    breaker = Breaker(now=lambda: 0.0)
    ward.centre.room.registry.partners["bpbd"].breakers[NOTIFY] = breaker
    for _ in range(5):
        breaker.failed(breaker.admit() or 0)
    for _ in range(3):
        await ward.after(6)
    assert ALARM in ward.alarms


async def test_a_wire_without_a_word_for_it_is_never_asked_again(
    started: Started, clock: time_machine.Traveller
) -> None:
    """CAP has none."""
    ward = Ward(started, clock, *[CannotConvey("kind") for _ in range(9)])
    for _ in range(4):
        await ward.after(6)
    assert (len(ward.agency.faults), ward.alarms) == (8, {})


async def test_a_no_is_an_answer(started: Started, clock: time_machine.Traveller) -> None:
    """It listens, and likes no heartbeats."""
    ward = Ward(started, clock, *[Refused("no", code="400") for _ in range(4)])
    for _ in range(4):
        await ward.after(6)
    assert ward.alarms == {}


async def test_each_round_and_each_turn_is_in_the_log(
    started: Started, clock: time_machine.Traveller
) -> None:
    """A round in which nothing was due is none."""
    ward = Ward(started, clock, Unreachable(), Unreachable())
    for _ in range(4):
        await ward.after(6)
        await ward.after(1)
    entries = ward.centre.notebook.of("partner.heartbeat")
    assert [entry.detail for entry in entries if entry.partner is None] == [
        {"unreachable": 1},
        {"unreachable": 1},
        {"answered": 1},
        {"answered": 1},
    ]
    turns = [(entry.outcome, entry.detail) for entry in entries if entry.partner == "bpbd"]
    assert turns == [("unreachable", {"before": None}), ("answered", {"before": "unreachable"})]


@pytest.mark.parametrize(
    ("how", "telling"),
    [
        (Standing.PLANNED, Telling()),
        (Standing.ONBOARDING, Telling()),
        (Standing.SUSPENDED, Telling()),
        (Standing.LIVE, Telling(incidents=False, follows=True, source_system="cad")),
        (Standing.LIVE, Telling(channels=(Channel.INBOX,))),
    ],
)
async def test_nobody_else_gets_one(started: Started, how: Standing, telling: Telling) -> None:
    """Only who is live, and told of incidents by wire."""
    agency = Agency()
    centre = Centre(*started, partner("bpbd", agency, how, telling))
    await Heartbeats(centre.room).once()
    assert agency.alerts == []


async def test_only_the_process_that_leads_sends_them(
    started: Started, clock: time_machine.Traveller
) -> None:
    """One that does not forgets what it had counted: whoever leads counts for itself."""
    ward = Ward(started, clock, *[Unreachable() for _ in range(3)])
    asked: list[bool] = []

    async def elsewhere() -> bool:
        asked.append(True)
        return len(asked) > 1

    beats = Heartbeats(ward.centre.room, every_s=0, elsewhere=elsewhere)
    for _ in range(2):
        await beats.once()
    going = asyncio.create_task(beats.run(look_s=0.001))
    await until(lambda: asked)
    await until(lambda: len(asked) > 5)
    going.cancel()
    assert (ward.agency.faults, ward.agency.alerts, ward.alarms) == ([], [], {})


class TestTheInbox:
    """Somebody must come for what is urgent."""

    @pytest.mark.parametrize("channels", [(Channel.INBOX,), (Channel.INBOX, Channel.MESSAGE)])
    async def test_what_lies_there_for_ten_minutes_raises_the_alarm(
        self, started: Started, clock: time_machine.Traveller, channels: tuple[Channel, ...]
    ) -> None:
        """With whom to ring."""
        centre = Centre(*started, partner("bpbd", None, Standing.LIVE, Telling(channels=channels)))
        await centre.tell("i-flood", 1)
        await unwatched.look(centre.room)
        assert texts(centre.room.alarms) == {}
        clock.shift(10 * MINUTE)
        await unwatched.look(centre.room)
        (text,) = texts(centre.room.alarms).values()
        assert text == "nobody has come for what is urgent in 10 minutes: telephone BPBD (0741-112)"

    async def test_it_is_cleared_once_nothing_lies_there(
        self, started: Started, clock: time_machine.Traveller
    ) -> None:
        """Held is another alarm."""
        centre = Centre(*started, partner("bpbd", None, Standing.LIVE, Telling(channels=(Channel.INBOX,))))
        await centre.tell("i-flood", 1)
        clock.shift(11 * MINUTE)
        await unwatched.look(centre.room)
        await centre.put("bpbd", Standing.SUSPENDED)
        await unwatched.look(centre.room)
        assert texts(centre.room.alarms) == {}

    async def test_what_is_not_urgent_may_lie(self, started: Started, clock: time_machine.Traveller) -> None:
        """A fallen tree does not wake anybody."""
        centre = Centre(*started, partner("bpbd", None, Standing.LIVE, Telling(channels=(Channel.INBOX,))))
        await centre.tell("i-tree", 1, urgent=False)
        clock.shift(60 * MINUTE)
        await unwatched.look(centre.room)
        assert texts(centre.room.alarms) == {}
