"""Receipts taken in: once, by whom they are from, with the name under the key of whom it is about."""

import asyncio

import pytest

from contracts import Progress, Receipt, Refused, Unreachable
from contracts.audit import Sealed
from gateway.access.roles import Role
from gateway.db import CannotRead
from gateway.notifications import hearing
from gateway.notifications.rows import Delivery
from gateway.people.person import ALGORITHM
from gateway.problems import Problem

from .office import FIRE, FIRST, POLICE, REQUEST, SECOND, Agency, Office, by

ACCEPTED = Progress.ACCEPTED
POLICE_KEY = by(Role.PARTNER, POLICE)


async def _delivered(office: Office, about: str = FIRST, **more: str) -> str:
    """Tell the police, and return the notification's id."""
    await office.tell(about, **more)
    await office.deliver()
    return (await office.row(about)).id


async def test_the_same_receipt_again_changes_nothing(office: Office) -> None:
    """By whatever way it comes; and leaves no second entry."""
    await _delivered(office)
    row = await office.row()
    for channel in ("callback", "callback", "phone"):
        await office.hear(row, ACCEPTED, channel, post="SPKT")
    assert len(await office.heard(row)) == 1
    assert office.acts("notification.receipt") == ["receipt:accepted"]


async def test_the_same_receipt_at_the_same_moment(office: Office) -> None:
    """Both are answered; one is kept."""
    await _delivered(office)
    row = await office.row()
    heard = await asyncio.gather(*(office.hear(row, ACCEPTED, post="SPKT") for _ in range(8)))
    assert {each.id for each in heard} == {row.id}
    assert len(await office.heard(row)) == 1


async def test_who_said_it_is_sealed_under_the_key_of_whom_it_is_about(office: Office) -> None:
    """In the row and in the log; nothing of it stands in the clear."""
    person = await office.people.of_case(FIRST)
    await _delivered(office, subject=person.pseudonym)
    row = await office.row()
    await office.hear(row, ACCEPTED, by="Bripka Contoh", reference="LP/1")
    (heard,) = await office.heard(row)
    assert heard.sealed is not None
    sealed = Sealed(ALGORITHM, person.pseudonym, heard.sealed)
    assert person.unseal(sealed, act="notification_receipt", key=row.id) == {"by": "Bripka Contoh"}
    (entry,) = [each for each in office.notebook.entries if each.act == "notification.receipt"]
    assert entry.fields == ("by", "reference")
    assert "Contoh" not in str(entry.detail)
    await office.hear(row, ACCEPTED, by="Bripka Contoh", reference="LP/1")
    await office.hear(row, ACCEPTED, by="Bripka Lain", reference="LP/1")
    assert len(await office.heard(row)) == 2


async def test_a_name_is_not_kept_where_nobody_has_the_key(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a person has confirmed does not wait for it."""
    person = await office.people.of_case(FIRST)
    await _delivered(office, subject=person.pseudonym)

    async def away(pseudonym: str) -> None:
        raise CannotRead("keys away")

    monkeypatch.setattr(office.people, "with_pseudonym", away)
    row = await office.hear(await office.row(), ACCEPTED, by="Bripka Contoh")
    assert row.human
    (heard,) = await office.heard(row)
    assert heard.sealed is None


async def test_nobody_speaks_for_another_partner(office: Office) -> None:
    """It is refused whole, and stands in the log."""
    await office.tell(to=[POLICE, FIRE])
    police, fire = await office.row(), await office.row(partner=FIRE)
    said = [Receipt(police.id, ACCEPTED, post="SPKT"), Receipt(fire.id, ACCEPTED, post="SPKT")]
    with pytest.raises(Problem, match="not-your-notification"):
        await hearing.hear(
            office.room,
            said,
            channel="callback",
            proof="machine",
            by=POLICE_KEY,
            partner=POLICE,
            request=REQUEST,
        )
    assert office.acts("notification.refused", "notification.receipt") == ["refused:refused"]
    assert [(await office.row(partner=name)).human for name in (POLICE, FIRE)] == [False, False]


async def test_of_what_nobody_knows_nothing_is_heard(office: Office) -> None:
    """It may be another house's."""
    with pytest.raises(Problem, match="no-such-notification"):
        await hearing.hear(
            office.room,
            [Receipt("n-aaaaaaaaaaaaa", ACCEPTED)],
            channel="callback",
            proof="machine",
            by=POLICE_KEY,
            partner=POLICE,
            request=REQUEST,
        )


async def test_several_at_once_are_one_change(office: Office) -> None:
    """Each leaves its entry."""
    ids = [await _delivered(office, about) for about in (FIRST, SECOND)]
    said = [Receipt(ids[0], Progress.READ, post="SPKT"), Receipt(ids[1], ACCEPTED, post="SPKT")]
    said.append(Receipt(ids[0], ACCEPTED, post="SPKT"))
    rows = await hearing.hear(
        office.room, said, channel="callback", proof="machine", by=POLICE_KEY, partner=POLICE, request=REQUEST
    )
    assert [(row.id, row.progress) for row in rows] == [(each, ACCEPTED) for each in ids]
    assert len(office.acts("notification.receipt")) == 3


async def test_a_word_about_what_never_seemed_to_arrive_proves_that_it_did(
    office: Office, police: Agency
) -> None:
    """Its answer was lost; the lane goes on, and it is not sent again."""
    police.script = [Unreachable("reset")]
    await office.tell()
    await office.tell(sequence=2, kind="closed")
    await office.deliver()
    first, closed = await office.rows(FIRST)
    assert closed.due_at is None
    await office.hear(first, Progress.RECEIVED)
    first, closed = await office.rows(FIRST)
    assert (first.delivery, first.due_at, first.progress) == (Delivery.DELIVERED, None, Progress.RECEIVED)
    assert closed.due_at is not None
    await office.pass_time(60)
    await office.deliver()
    assert [alert.sequence for alert in police.alerts] == [2]


async def test_a_word_on_the_telephone_leaves_the_message_to_go_out(office: Office, police: Agency) -> None:
    """The system should have it, too."""
    police.script = [Unreachable("away")]
    await office.tell()
    await office.deliver()
    row = await office.hear(await office.row(), ACCEPTED, "phone", by="Bripka Contoh")
    assert (row.delivery, row.human, row.channel) == (Delivery.QUEUED, True, "phone")
    await office.pass_time(10)
    await office.deliver()
    row = await office.row()
    assert (row.delivery, row.channel, row.watch) == (Delivery.DELIVERED, "wire", None)
    assert len(police.alerts) == 1


@pytest.mark.parametrize("end", ["expired", "dead"])
async def test_a_late_word_is_recorded_and_reopens_nothing(office: Office, police: Agency, end: str) -> None:
    """The call ends with it."""
    police.script = [Refused("no", code="no")] if end == "dead" else []
    await office.tell()
    await office.pass_time(0 if end == "dead" else 4000)
    await office.deliver()
    row = await office.row()
    assert (str(row.delivery), row.call) == (end, True)
    row = await office.hear(row, ACCEPTED, by="Bripka Contoh")
    assert (str(row.delivery), row.call, row.alarm, row.due_at) == (end, False, None, None)
    assert len(await office.heard(row)) == 1
