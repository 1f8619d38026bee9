"""The person's clock in the room: alarms, wakes and the telephone, until a person there confirms."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts import Progress, Receipt, Refused, Unreachable
from gateway.notifications import confirming
from gateway.notifications.rows import Delivery
from gateway.partners.shape import Channel

from .office import FIRE, PLANNED, POLICE, WELFARE, Agency, Office, partner


async def test_what_does_not_arrive_takes_the_next_way_and_alarms(office: Office, police: Agency) -> None:
    """After 30 s: the duty officers get a message, the operators an alarm."""
    police.script = [Unreachable("refused")] * 3
    await office.tell()
    await office.deliver()
    assert await office.watch() == 0
    await office.pass_time(30)
    assert await office.watch() == 1
    row = await office.row()
    assert (row.alarm, row.call, row.watch) == ("undelivered", False, "call")
    assert office.wakes.woken == [(POLICE, "alert_waiting", row.id), ("operators", "undelivered", row.id)]
    await office.deliver()
    await office.pass_time(60)
    await office.watch()
    row = await office.row()
    assert (row.alarm, row.call, row.watch) == ("call_now", True, None)
    assert office.acts("notification.alarmed") == ["alarmed:alarmed"] * 2


async def test_what_arrives_late_ends_its_alarm_but_not_the_call(office: Office, police: Agency) -> None:
    """Nobody there has confirmed."""
    police.script = [Unreachable("refused")]
    await office.tell()
    await office.deliver()
    await office.pass_time(30)
    await office.watch()
    await office.deliver()
    row = await office.row()
    assert (row.delivery, row.alarm, row.watch) == (Delivery.DELIVERED, None, "call")
    assert office.wakes.called_off == [row.id]
    await office.pass_time(60)
    await office.watch()
    row = await office.row()
    assert (row.alarm, row.call, row.watch) == ("call_now", True, "remind")


async def test_what_nobody_reads_wakes_the_duty_officers_again_and_again(office: Office) -> None:
    """A minute after it arrived, then every two for twenty."""
    await office.tell()
    await office.deliver()
    woken = []
    for _ in range(30):
        await office.pass_time(60)
        await office.watch()
        woken.append(len([each for each in office.wakes.woken if each[0] == POLICE]))
    assert woken[:6] == [1, 1, 2, 2, 3, 3]
    assert woken[-1] == 11
    row = await office.row()
    assert (row.watch, row.call, row.alarm) == (None, True, "call_now")
    assert [each[1] for each in office.wakes.woken if each[0] == "operators"] == ["call_now"]


async def test_where_no_message_leads_the_operators_are_reminded(office: Office) -> None:
    """There is nobody else to wake."""
    await office.tell(to=[FIRE])
    await office.deliver()
    for _ in range(4):
        await office.pass_time(61)
        await office.watch()
    assert [each[:2] for each in office.wakes.woken] == [("operators", "call_now")] * 2


async def test_an_inbox_nobody_opens_has_its_duty_officers_woken(office: Office) -> None:
    """As for a wire that leads nowhere."""
    await office.tell(to=[WELFARE])
    row = await office.row(partner=WELFARE)
    await office.pass_time(30)
    await office.watch()
    assert office.wakes.woken == [(WELFARE, "alert_waiting", row.id), ("operators", "undelivered", row.id)]


@pytest.mark.parametrize(
    "progress", [Progress.RECEIVED, Progress.INTEGRATED, Progress.READ, Progress.ACCEPTED]
)
@pytest.mark.parametrize("channel", ["wire", "callback"])
async def test_a_machines_receipt_never_stops_the_ladder(
    office: Office, police: Agency, progress: Progress, channel: str
) -> None:
    """Whatever word it uses: without a name or a post nobody stands behind it."""
    await _ladder_goes_on(office, police, progress, channel)


async def _ladder_goes_on(office: Office, police: Agency, progress: Progress, channel: str) -> None:
    await office.tell()
    row = await office.row()
    if channel == "wire":
        police.script = [[Receipt(row.id, progress)]]
    await office.deliver()
    if channel == "callback":
        await office.hear(row, progress)
    await office.pass_time(91)
    while await office.watch():
        pass
    row = await office.row()
    assert (row.call, row.alarm, row.human) == (True, "call_now", False)
    assert (POLICE, "alert_waiting", row.id) in office.wakes.woken


async def test_the_mutant_in_which_it_does_is_caught(
    office: Office, police: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above fails where a machine counts as a person."""
    monkeypatch.setattr(Receipt, "is_human", property(lambda receipt: True))
    with pytest.raises(AssertionError):
        await _ladder_goes_on(office, police, Progress.ACCEPTED, "callback")


@pytest.mark.parametrize("channel", ["wire", "callback", "inbox", "phone"])
@pytest.mark.parametrize("late", [False, True])
async def test_a_persons_word_always_stops_it(
    office: Office, police: Agency, channel: str, *, late: bool
) -> None:
    """Before or after the telephone was told to be used; nothing starts it again."""
    await office.tell()
    row = await office.row()
    if channel == "wire" and not late:
        police.script = [[Receipt(row.id, Progress.READ, by="Bripka Contoh")]]
    await office.deliver()
    if late:
        await office.pass_time(100)
        while await office.watch():
            pass
        assert (await office.row()).call
    if channel != "wire" or late:
        await office.hear(row, Progress.READ, channel, by="Bripka Contoh")
    before = await office.row()
    assert (before.human, before.call, before.alarm, before.watch) == (True, False, None, None)
    assert row.id in office.wakes.called_off
    await office.pass_time(3600)
    assert await office.watch() == 0
    await office.hear(row, Progress.INTEGRATED)
    now = await office.row()
    assert (now.human, now.call, now.alarm, now.watch) == (True, False, None, None)


async def test_a_confirmation_and_a_rung_at_the_same_moment(office: Office) -> None:
    """The rung that was read before it finds the clock stopped."""
    await office.tell()
    await office.deliver()
    await office.pass_time(91)
    row = await office.row()
    await office.hear(row, Progress.ACCEPTED, by="Bripka Contoh")
    await office.watches.carry(row.id, row.watch_turn)
    assert (await office.row()).call is False
    assert office.acts("notification.alarmed") == []


async def test_a_refusal_alarms_at_once_and_ends_the_ladder(office: Office) -> None:
    """The operator is to ring, and find somebody else."""
    await office.tell()
    await office.deliver()
    row = await office.row()
    await office.hear(row, Progress.REFUSED, by="Bripka Contoh", reason="semua unit terpakai")
    row = await office.row()
    assert (row.alarm, row.call, row.human, row.watch) == ("refused", True, True, None)
    assert row.reason == "semua unit terpakai"
    assert ("operators", "refused", row.id) in office.wakes.woken
    await office.hear(row, Progress.ACCEPTED, "phone", by="AKP Contoh")
    row = await office.row()
    assert (row.progress, row.alarm, row.call) == (Progress.ACCEPTED, None, False)


async def test_what_is_held_is_rung_about_at_once_and_the_word_ends_it(office: Office) -> None:
    """It stays held: its system knows nothing."""
    await office.tell(to=[PLANNED])
    row = await office.row(partner=PLANNED)
    await office.hear(row, Progress.ACCEPTED, "phone", by="Petugas Contoh")
    row = await office.row(partner=PLANNED)
    assert (row.delivery, row.call, row.alarm, row.human) == (Delivery.HELD, False, None, True)
    assert row.channel == "phone"


async def test_what_is_dead_still_takes_the_next_way(open_office: Callable[..., Office]) -> None:
    """A message to the duty officers may do what the wire will not."""
    agency = Agency(Refused("no", code="no"))
    office = open_office(partner(POLICE, agency, Channel.WIRE, Channel.MESSAGE))
    await office.tell()
    await office.deliver()
    await office.pass_time(30)
    await office.watch()
    row = await office.row()
    assert (POLICE, "alert_waiting", row.id) in office.wakes.woken
    assert (row.alarm, row.call, row.watch) == ("undeliverable", True, None)


async def test_two_that_do_the_same_rung(office: Office) -> None:
    """One does it."""
    await office.tell()
    await office.pass_time(30)
    row = await office.row()
    for _ in range(2):
        await office.watches.carry(row.id, row.watch_turn)
    assert office.acts("notification.alarmed") == ["alarmed:alarmed"]


def test_the_words_that_confirm_are_those_of_people() -> None:
    """No machine's, and no refusal."""
    expected: set[Any] = {
        Progress.READ,
        Progress.ACCEPTED,
        Progress.DISPATCHED,
        Progress.ON_SCENE,
        Progress.CLOSED,
    }
    assert expected == confirming.CONFIRMS
