"""The turn at a partner's system: written before it is sent and after, under one id, in its lane's order."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import pytest
from sqlalchemy import Connection, event

from contracts import (
    Alert,
    Busy,
    CannotConvey,
    Conveyed,
    Garbled,
    NoAnswer,
    NotAccepted,
    PartnerError,
    Progress,
    Receipt,
    Refused,
    Unreachable,
)
from gateway.db import CannotWrite
from gateway.db.values import microseconds
from gateway.notifications import delivering, picking, store
from gateway.notifications.rows import Delivery, Notification
from gateway.partners.registry import NOTIFY
from gateway.partners.shape import Channel, Rungs

from .office import FIRE, FIRST, POLICE, SECOND, WELFARE, Agency, Office, partner


async def test_the_intent_stands_before_and_the_outcome_after(office: Office, police: Agency) -> None:
    """The intent names what of somebody is told."""
    seen: list[list[str]] = []
    police.heard = lambda alert: seen.append(office.acts())
    await office.tell()
    await office.deliver()
    assert seen == [["accepted:queued", "conveying:intended"]]
    assert office.acts() == ["accepted:queued", "conveying:intended", "conveyed:answered"]
    (intent,) = [each for each in office.notebook.entries if each.act == "notification.conveying"]
    assert intent.fields == ("address", "narrative", "point")
    row = await office.row()
    assert (row.delivery, row.channel, row.attempts, row.due_at) == (Delivery.DELIVERED, "wire", 1, None)
    assert row.delivered_at is not None


async def test_what_the_notification_knows_goes_before_what_its_composer_says(
    office: Office, police: Agency
) -> None:
    """Where receipts go, whom to ring, what came before."""
    await office.tell()
    await office.deliver()
    await office.tell(sequence=2, kind="update")
    await office.deliver()
    first, second = police.alerts
    assert (second.reply_to, second.callback) == (
        "https://gerbang.test/v1/callbacks/polresta/receipts",
        "112",
    )
    assert [(each.id, each.sent_at) for each in second.replaces] == [(first.id, first.sent_at)]
    assert (second.urgent, second.live, second.delayed, second.number) == (True, False, False, 2)
    assert first.replaces == ()


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (Unreachable("refused"), "unreachable:refused"),
        (NoAnswer("reset"), "no_answer:reset"),
        (Busy("later"), "busy:later"),
        (PartnerError("odd"), "failed:odd"),
    ],
)
async def test_a_failure_is_tried_again_by_the_ladder(
    office: Office, police: Agency, fault: PartnerError, trouble: str
) -> None:
    """Three seconds after the first attempt, seven after the second; under the same id."""
    police.script = [fault, fault]
    await office.tell()
    began = datetime.now(UTC)
    await office.deliver()
    row = await office.row()
    assert (row.delivery, row.attempts, row.failures, row.trouble) == (Delivery.QUEUED, 1, 1, trouble)
    assert row.alarm is None
    assert _seconds(row, began) == pytest.approx(3, abs=2)
    await office.pass_time(3)
    await office.deliver()
    assert _seconds(await office.row(), began) == pytest.approx(7, abs=2)
    await office.pass_time(7)
    await office.deliver()
    assert (await office.row()).delivery is Delivery.DELIVERED
    assert len(police.taken) == 1


def _seconds(row: Notification, since: datetime) -> float:
    assert row.due_at is not None
    return (row.due_at - since).total_seconds()


async def test_what_is_not_answered_in_time_is_tried_again(
    office: Office, police: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have arrived: the id is the same."""

    async def hang(alert: Alert, *, key: str) -> Conveyed:
        await asyncio.sleep(60)
        return Conveyed()

    monkeypatch.setattr(delivering, "URGENT_S", 0.05)
    await office.tell()
    with monkeypatch.context() as patched:
        patched.setattr(police, "convey_alert", hang)
        await office.deliver()
    row = await office.row()
    assert (row.delivery, row.trouble, row.failures) == (Delivery.QUEUED, "late:deadline", 1)
    assert office.acts("notification.conveyed") == ["conveyed:late"]


async def test_one_that_cannot_be_said_keeps_nobody_waiting(
    office: Office, police: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its turn is broken, and somebody sees that; the others go on."""
    compose = office.pictures.compose

    async def stumble(row: Notification, *about: Any) -> Any:
        if row.about == FIRST:
            raise KeyError("a mistake of ours")
        return await compose(row, *about)

    monkeypatch.setattr(office.pictures, "compose", stumble)
    for about in (FIRST, SECOND):
        await office.tell(about)
    row = await office.row(FIRST)
    with pytest.raises(KeyError):
        await office.deliveries.carry(row.id, row.turn)
    now = await office.row(FIRST)
    assert (now.delivery, now.attempts) == (Delivery.QUEUED, 0)
    assert _seconds(now, datetime.now(UTC)) == pytest.approx(60, abs=2)
    assert await office.deliver() == 1
    assert [alert.incident for alert in police.alerts] == [SECOND]


async def test_a_partner_is_given_the_time_it_asks_for(office: Office, police: Agency) -> None:
    """A minute is a minute."""
    police.script = [Busy("later", retry_after=60)]
    await office.tell()
    began = datetime.now(UTC)
    await office.deliver()
    assert _seconds(await office.row(), began) == pytest.approx(60, abs=1)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Refused("tidak dikenal", code="unknown_category"), "tidak dikenal"),
        (CannotConvey("cautions", "no word"), "no word"),
    ],
)
async def test_what_no_attempt_would_change_is_dead_and_a_person_hears_of_it(
    office: Office, police: Agency, fault: PartnerError, reason: str
) -> None:
    """The operator is to ring; the next of the lane goes on."""
    police.script = [fault]
    await office.tell()
    await office.tell(sequence=2, kind="closed")
    await office.deliver()
    dead, closed = await office.rows(FIRST)
    assert (dead.delivery, dead.reason, dead.alarm, dead.call) == (
        Delivery.DEAD,
        reason,
        "undeliverable",
        True,
    )
    assert ("operators", "undeliverable", dead.id) in office.wakes.woken
    assert closed.due_at is not None
    await office.deliver()
    assert (await office.row()).delivery is Delivery.DELIVERED


@pytest.mark.parametrize("fault", [NotAccepted("401"), Garbled("html")])
async def test_what_a_person_must_see_to_is_tried_on_and_alarms_at_once(
    office: Office, police: Agency, fault: PartnerError
) -> None:
    """Once, however often it is tried; and the alarm ends with the arrival."""
    police.script = [fault, fault]
    await office.tell()
    for _ in range(2):
        await office.deliver()
        await office.pass_time(10)
    row = await office.row()
    assert (row.delivery, row.alarm, row.failures) == (Delivery.QUEUED, "undelivered", 2)
    assert office.acts("notification.alarmed") == ["alarmed:alarmed"]
    await office.deliver()
    row = await office.row()
    assert (row.delivery, row.alarm) == (Delivery.DELIVERED, None)
    assert row.id in office.wakes.called_off


async def test_what_was_not_taken_in_time_ends_with_an_alarm(office: Office, police: Agency) -> None:
    """It is not sent any more."""
    await office.tell()
    await office.pass_time(3601)
    await office.deliver()
    row = await office.row()
    assert (row.delivery, row.alarm, row.call, row.reason) == (Delivery.EXPIRED, "expired", True, "expired")
    assert office.acts() == ["accepted:queued", "expired:expired", "alarmed:alarmed"]
    assert police.alerts == []


async def test_where_nothing_is_left_to_say_nothing_is_said(office: Office, police: Agency) -> None:
    """Whoever it was about was erased."""
    office.pictures.gone.add(FIRST)
    await office.tell()
    await office.deliver()
    row = await office.row()
    assert (row.delivery, row.reason, row.watch) == (Delivery.CANCELLED, "nothing_to_say", None)
    assert police.alerts == []


async def test_of_two_that_carry_the_same_turn_one_sends(office: Office, police: Agency) -> None:
    """The other finds it claimed, and that is no fault."""
    await office.tell()
    row = await office.row()
    carry = office.deliveries.carry
    await asyncio.gather(carry(row.id, row.turn), carry(row.id, row.turn))
    await carry(row.id, row.turn)
    assert len(police.alerts) == 1
    assert len(office.acts("notification.conveying")) == 1


async def test_what_was_claimed_and_not_written_down_is_due_again_under_the_same_id(
    office: Office, police: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every intent has its outcome, and the partner keeps one copy."""
    await office.tell()
    row, write = await office.row(), office.room.database.write
    calls = 0

    async def second_fails(*arguments: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise CannotWrite("disk full")
        return await write(*arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(office.room.database, "write", second_fails)
        with pytest.raises(CannotWrite):
            await office.deliveries.carry(row.id, row.turn)
    assert office.acts("notification.conveyed") == ["conveyed:answered"]
    row = await office.row()
    assert (row.delivery, row.attempts) == (Delivery.QUEUED, 1)
    assert row.due_at is not None
    assert row.due_at - datetime.now(UTC) < timedelta(seconds=10)
    await office.pass_time(9)
    await office.deliver()
    assert (await office.row()).delivery is Delivery.DELIVERED
    assert len(police.alerts) == 2
    assert police.taken == [row.id]


async def test_an_intent_that_cannot_be_written_sends_nothing(
    office: Office, police: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law 4."""
    await office.tell()
    row = await office.row()

    async def fails(*_: Any, **__: Any) -> Any:
        raise CannotWrite("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(office.room.database, "write", fails)
        with pytest.raises(CannotWrite):
            await office.deliveries.carry(row.id, row.turn)
    assert police.alerts == []
    assert await office.row() == row


async def test_an_arrival_counts_whatever_was_done_to_it_meanwhile(
    office: Office, police: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was held while it was on its way: the partner has it."""

    def hold(connection: Connection) -> None:
        (row,) = store.locked(connection, [row_id]).values()
        store.put(connection, [row.id], {"delivery": Delivery.HELD, "due_at": None, "turn": row.turn + 1})

    await office.tell()
    row_id = (await office.row()).id
    database, taken = office.room.database, police.convey_alert

    async def meanwhile(alert: Any, *, key: str) -> Any:
        await database.maintain(hold)
        return await taken(alert, key=key)

    monkeypatch.setattr(police, "convey_alert", meanwhile)
    await office.deliver()
    assert (await office.row()).delivery is Delivery.DELIVERED


async def test_receipts_in_the_answer_are_taken_in_with_it(office: Office, police: Agency) -> None:
    """Only those for this very message."""
    await office.tell()
    row = await office.row()
    police.script = [[Receipt(row.id, Progress.ACCEPTED, post="SPKT"), Receipt("n-other", Progress.CLOSED)]]
    await office.deliver()
    row = await office.row()
    assert (row.progress, row.human) == (Progress.ACCEPTED, True)
    (heard,) = await office.heard(row)
    assert (heard.channel, heard.proof, heard.post) == ("wire", "machine", "SPKT")


async def test_a_partner_that_is_configured_no_more_is_told_by_telephone(
    office: Office, open_office: Callable[..., Office]
) -> None:
    """What was queued for it cannot be sent."""
    await office.tell()
    after = open_office(partner(FIRE, Agency()))
    await after.deliver()
    row = await after.row()
    assert (row.delivery, row.reason, row.alarm) == (Delivery.DEAD, "no_partner", "undeliverable")


async def test_a_partner_whose_wire_is_gone_is_left_to_its_other_ways(
    office: Office, open_office: Callable[..., Office]
) -> None:
    """It comes for it."""
    await office.tell()
    after = open_office(partner(POLICE, None, Channel.WIRE, Channel.INBOX))
    assert await after.deliver() == 1
    row = await after.row()
    assert (row.delivery, row.due_at, row.attempts) == (Delivery.QUEUED, None, 0)


class TestWhoseTurnItIs:
    """What is due, of whom, and how many."""

    async def test_no_more_of_a_partner_than_it_has_places(self, open_office: Callable[..., Office]) -> None:
        """Urgent first, then the longest due; and nobody else is kept waiting."""
        slow, other = partner(POLICE, Agency(), concurrency=2), partner(FIRE, Agency())
        office = open_office(slow, other)
        for number in range(5):
            await office.tell(f"i-{number:013d}", urgent=number > 2, to=[POLICE, FIRE])
        due = await _due(office)
        assert [each.group for each in due].count(POLICE) == 2
        assert [each.group for each in due].count(FIRE) == 5
        rows = {row.id: row for row in await office.rows()}
        assert [rows[each.row].urgent for each in due] == [True] * 4 + [False] * 3

    async def test_an_open_breaker_lets_nobody_through_but_what_has_outlived_its_use(
        self, open_office: Callable[..., Office]
    ) -> None:
        """To end that takes no exchange."""
        agency = Agency(*[Unreachable("refused")] * 100)
        office = open_office(partner(POLICE, agency, concurrency=30))
        for number in range(22):
            await office.tell(f"i-{number:013d}")
        await office.deliver()
        breaker = office.room.registry.partners[POLICE].breaker(NOTIFY)
        assert breaker.state == "open"
        assert sum(row.attempts for row in await office.rows()) == 20
        await office.pass_time(60)
        assert await _due(office) == []
        await office.pass_time(3600)
        assert len(await _due(office)) == 22

    async def test_one_goes_to_find_out_whether_the_partner_is_back(
        self, open_office: Callable[..., Office]
    ) -> None:
        """The others wait for what it says."""
        office = open_office(partner(POLICE, Agency()))
        for number in range(5):
            await office.tell(f"i-{number:013d}")
        breaker = office.room.registry.partners[POLICE].breaker(NOTIFY)
        breaker._probe_at = 0.0
        assert breaker.state == "half_open"
        assert len(await _due(office)) == 1

    async def test_who_fetches_is_never_due(self, office: Office) -> None:
        """Nothing is sent there."""
        await office.tell(to=[WELFARE])
        await office.pass_time(10)
        assert await _due(office) == []

    async def test_a_limit_is_the_partners(self, open_office: Callable[..., Office]) -> None:
        """Nobody's for one that is gone."""
        office = open_office(partner(POLICE, Agency(), concurrency=3))
        assert (office.deliveries.limit(POLICE), office.deliveries.limit("gone")) == (3, None)

    async def test_what_is_due_is_found_by_an_index(self, office: Office) -> None:
        """Also with thousands that wait, and for a partner that nobody is let through to."""
        await office.tell(to=[POLICE, FIRE])
        office.room.registry.partners[FIRE].breaker(NOTIFY)._probe_at = inf
        plans = await office.room.database.read(lambda connection: _plans(connection, office))
        used = {name for plan in plans for name in re.findall("ix_notification_[a-z_]+", plan)}
        assert used == {"ix_notification_due", "ix_notification_cut_off", "ix_notification_outlived"}
        assert all("ix_notification_" in plan for plan in plans), plans


class TestCalling:
    """After an attempt a sweep is called for where something may be due that was not before."""

    @pytest.fixture
    def looked(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
        """What was called for."""
        called: list[tuple[str, ...]] = []
        monkeypatch.setattr(office.room.turns, "look", lambda *kinds: called.append(kinds))
        return called

    async def test_not_when_the_only_one_has_arrived(
        self, office: Office, looked: list[tuple[str, ...]]
    ) -> None:
        """Most attempts are like that."""
        await office.tell()
        assert await office.deliver() == 1
        assert looked == []

    async def test_when_the_next_of_its_lane_may_go(
        self, office: Office, looked: list[tuple[str, ...]]
    ) -> None:
        """It waited for this one."""
        await office.tell()
        await office.tell(sequence=2, kind="update")
        assert await office.deliver() == 1
        assert looked == [("delivery", "wake")]

    async def test_when_it_alarms(
        self, office: Office, police: Agency, looked: list[tuple[str, ...]]
    ) -> None:
        """Somebody is to be woken."""
        police.script = [Refused("no", code="no")]
        await office.tell()
        await office.deliver()
        assert looked == [("delivery", "wake")]

    async def test_when_more_waited_than_there_were_places(
        self, open_office: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each that ends makes room for one."""
        office = open_office(partner(POLICE, Agency(), concurrency=2))
        called: list[tuple[str, ...]] = []
        monkeypatch.setattr(office.room.turns, "look", lambda *kinds: called.append(kinds))
        for number in range(3):
            await office.tell(f"i-{number:013d}")
        assert await office.deliver() == 2
        assert len(called) == 2
        assert await office.deliver() == 1
        assert len(called) == 2


def _plans(connection: Connection, office: Office) -> list[str]:
    """Return how the database looks up what is due, statement by statement."""
    asked: list[tuple[str, Any]] = []
    event.listen(connection, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SET enable_seqscan = off"
        )  # for a handful of rows it would not be worth it
        connection.exec_driver_sql("SET enable_bitmapscan = off")
        asked.clear()
    picking.pick(connection, office.room.registry, microseconds(datetime.now(UTC)), 100)
    how = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    looked = [(said, values) for said, values in asked if said.startswith(("SELECT", "WITH"))]
    plans = [list(connection.exec_driver_sql(how + said, values)) for said, values in looked]
    return [" ".join(str(line) for line in plan) for plan in plans]


async def _due(office: Office) -> list[Any]:
    at_us = microseconds(datetime.now(UTC))
    return list(
        await office.room.database.read(lambda connection: office.deliveries.due(connection, at_us, 200))
    )


async def test_a_partners_own_ladder_counts(open_office: Callable[..., Office]) -> None:
    """Its attempts, and how long it is tried."""
    agency = Agency(*[Unreachable("refused")] * 2)
    rungs = Rungs(attempts_s=(0, 1), each_s=2, deliver_for_s=10)
    office = open_office(partner(POLICE, agency, rungs=rungs))
    await office.tell(SECOND)
    row = await office.row(SECOND)
    assert row.expires_at - row.accepted_at == timedelta(seconds=10)
    began = datetime.now(UTC)
    await office.deliver()
    assert _seconds(await office.row(SECOND), began) == pytest.approx(1, abs=0.5)
