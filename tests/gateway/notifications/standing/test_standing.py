"""Going live, being held, being suspended: nobody is shown as told before they were, and nothing is lost."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from contracts import AlertKind, Unreachable
from gateway.db import Database
from gateway.notifications import aligning, sweeping
from gateway.notifications.counting import burdens
from gateway.notifications.rows import Delivery, Notification
from gateway.partners import standing_store
from gateway.partners.burden import Burden
from gateway.partners.shape import Channel, Standing, Telling
from gateway.partners.standing import StandingBook
from gateway.partners.standing_store import Stands
from gateway.problems import Problem
from tests.gateway.gate import Notebook

from .agencies import REQUEST, Agency, Centre, partner

HELD, QUEUED, DELIVERED = Delivery.HELD, Delivery.QUEUED, Delivery.DELIVERED
PLANNED, ONBOARDING, LIVE, SUSPENDED = Standing


@pytest.fixture
def agency() -> Agency:
    """The agency's system, once it is spoken to."""
    return Agency()


@pytest.fixture
def centre(started: tuple[Database, Notebook], agency: Agency) -> Centre:
    """A centre whose disaster agency is planned."""
    return Centre(*started, partner("bpbd", agency, PLANNED))


def count(rows: list[Notification]) -> Counter[str]:
    """Return how many rows by delivery and reason."""
    return Counter(f"{row.delivery}:{row.reason or ''}" for row in rows)


class TestTheStoryOfBpbd:
    """Planned, then live, then suspended, then back."""

    async def _before(self, centre: Centre) -> None:
        """Hold 10 that expire, 15 that are over when it goes live, and 25 that go on."""
        long_ago = datetime.now(UTC) - timedelta(days=2)
        for number in range(10):
            await centre.tell(f"i-expired{number}", 1, at=long_ago)
        for number in range(15):
            await centre.tell(f"i-over{number}", 1)
            centre.incidents.end(f"i-over{number}")
        for number in range(25):
            await centre.tell(f"i-open{number}", 1)

    async def test_until_it_is_live_it_is_told_nothing_and_somebody_is_to_ring(
        self, centre: Centre, agency: Agency
    ) -> None:
        """Each held since it was accepted, with the alarm that says why."""
        await self._before(centre)
        await centre.deliver()
        assert agency.alerts == []
        rows = await centre.rows()
        assert {(row.delivery, row.call, row.alarm) for row in rows} == {(HELD, True, "not_connected")}
        assert all(row.held_since == row.accepted_at and row.delivered_at is None for row in rows)

    async def test_going_live_tells_what_is_open_once_what_is_over_in_one_digest(
        self, centre: Centre, agency: Agency
    ) -> None:
        """And closes what came too late, with that reason."""
        await self._before(centre)
        held_since = {row.about: row.held_since for row in await centre.rows()}
        done = await centre.put("bpbd", LIVE)
        assert (done.before, done.standing, done.finished) == (PLANNED, LIVE, True)
        assert (done.released, done.in_digest, done.digests, done.expired) == (25, 15, 1, 10)
        await centre.deliver()
        alerts, (digest,) = agency.of(AlertKind.ALERT), agency.of(AlertKind.DIGEST)
        assert sorted(alert.incident or "" for alert in alerts) == sorted(f"i-open{n}" for n in range(25))
        assert all(alert.delayed and alert.held_since == held_since[alert.incident or ""] for alert in alerts)
        assert len({alert.id for alert in alerts}) == 25
        assert sorted(over.incident for over in digest.over) == sorted(f"i-over{n}" for n in range(15))
        assert len(agency.alerts) == 26
        assert count(await centre.rows()) == {
            "delivered:": 26,
            "cancelled:in_digest": 15,
            "expired:expired_while_held": 10,
        }

    async def test_each_row_that_changes_has_its_entry_and_the_change_one(self, centre: Centre) -> None:
        """All by the request that made it live."""
        await self._before(centre)
        await centre.put("bpbd", LIVE)
        assert Counter(centre.acts()) == {
            "partner.standing_changed": 1,
            "notification.released": 25,
            "notification.cancelled": 15,
            "notification.expired": 10,
            "notification.accepted": 1,
        }

    async def test_suspended_it_is_told_nothing_more_and_back_it_hears_once(
        self, centre: Centre, agency: Agency
    ) -> None:
        """What came meanwhile is held with the alarm, and goes out when it is back."""
        await centre.put("bpbd", LIVE)
        await centre.tell("i-flood", 1)
        await centre.put("bpbd", SUSPENDED, "sedang dipindah")
        await centre.tell("i-fire", 1)
        await centre.deliver()
        rows = await centre.rows()
        assert [(row.about, row.delivery, row.call, row.alarm) for row in rows] == [
            ("i-flood", HELD, True, "suspended"),
            ("i-fire", HELD, True, "suspended"),
        ]
        assert agency.alerts == []
        done = await centre.put("bpbd", LIVE)
        assert done.released == 2
        await centre.deliver()
        assert {(alert.incident, alert.delayed) for alert in agency.alerts} == {
            ("i-flood", True),
            ("i-fire", True),
        }
        assert len(agency.alerts) == 2
        assert [row.alarm for row in await centre.rows()] == [None, None]


class TestOneLane:
    """What becomes of the messages about one incident."""

    async def test_only_the_newest_picture_goes_out_and_it_is_the_first_word(
        self, centre: Centre, agency: Agency
    ) -> None:
        """It was an update of what the agency never heard."""
        await centre.tell("i-flood", 1)
        await centre.tell("i-flood", 2, "update")
        await centre.tell("i-flood", 3, "update")
        done = await centre.put("bpbd", LIVE)
        await centre.deliver()
        assert [(a.kind, a.sequence, a.replaces) for a in agency.alerts] == [(AlertKind.ALERT, 3, ())]
        assert (done.released, done.superseded) == (1, 1)
        rows = await centre.rows()
        assert [row.delivery for row in rows] == [Delivery.SUPERSEDED, Delivery.SUPERSEDED, DELIVERED]
        assert rows[0].reason == rows[2].id
        assert [row.call for row in rows] == [False, False, True]

    async def test_somebody_is_to_ring_until_a_person_there_confirms(self, centre: Centre) -> None:
        """That a machine has it now changes nothing; the person's clock runs from the release."""
        await centre.tell("i-flood", 1)
        await centre.put("bpbd", LIVE)
        (row,) = await centre.rows()
        assert (row.call, row.alarm, row.watch) == (True, None, "undelivered")
        await centre.deliver()
        (row,) = await centre.rows()
        assert (row.delivery, row.call, row.watch) == (DELIVERED, True, "remind")

    async def test_what_is_not_urgent_need_not_be_told_by_telephone_any_more(self, centre: Centre) -> None:
        """It is on its way."""
        await centre.tell("i-tree", 1, urgent=False)
        await centre.put("bpbd", LIVE)
        (row,) = await centre.rows()
        assert (row.call, row.alarm, row.watch) == (False, None, None)

    async def test_who_has_had_the_first_word_hears_the_end_itself(
        self, centre: Centre, agency: Agency
    ) -> None:
        """Not in a digest: it has the case open."""
        await centre.put("bpbd", LIVE)
        await centre.tell("i-flood", 1)
        await centre.deliver()
        await centre.put("bpbd", SUSPENDED)
        await centre.tell("i-flood", 2, "update")
        await centre.tell("i-flood", 3, "closed", urgent=False)
        centre.incidents.end("i-flood")
        done = await centre.put("bpbd", LIVE)
        await centre.deliver()
        assert (done.released, done.in_digest, done.digests) == (1, 0, 0)
        assert [(alert.kind, alert.sequence) for alert in agency.alerts] == [
            (AlertKind.ALERT, 1),
            (AlertKind.CLOSED, 3),
        ]
        assert [each.id for each in agency.alerts[1].replaces] == [agency.alerts[0].id]

    async def test_the_end_goes_out_however_late(self, centre: Centre, agency: Agency) -> None:
        """A case that stays open for ever helps nobody."""
        await centre.put("bpbd", LIVE)
        await centre.tell("i-flood", 1)
        await centre.deliver()
        await centre.put("bpbd", SUSPENDED)
        await centre.tell("i-flood", 2, "cancel", at=datetime.now(UTC) - timedelta(days=2))
        await centre.put("bpbd", LIVE)
        await centre.deliver()
        assert [alert.kind for alert in agency.alerts] == [AlertKind.ALERT, AlertKind.CANCEL]

    async def test_a_last_word_says_that_it_is_over_even_before_the_incident_does(
        self, centre: Centre, agency: Agency
    ) -> None:
        """It closed between the question and the commit."""
        await centre.tell("i-flood", 1)
        await centre.tell("i-flood", 2, "closed", urgent=False)
        done = await centre.put("bpbd", LIVE)
        await centre.deliver()
        assert (done.in_digest, done.digests) == (1, 1)
        assert agency.alerts == []  # nothing is over by the incident's own word: there is nothing to say

    async def test_what_may_have_arrived_before_the_suspension_keeps_its_id(
        self, centre: Centre, agency: Agency
    ) -> None:
        """So that the partner keeps one copy."""
        await centre.put("bpbd", LIVE)
        await centre.tell("i-flood", 1)
        agency.faults.append(Unreachable())
        await centre.deliver()
        (before,) = await centre.rows()
        await centre.put("bpbd", SUSPENDED)
        await centre.put("bpbd", LIVE)
        await centre.deliver()
        assert [alert.id for alert in agency.alerts] == [before.id]

    async def test_what_was_promised_meanwhile_takes_the_place_of_what_was_held(
        self, centre: Centre, agency: Agency
    ) -> None:
        """Another replica is live already: its update goes out, as the first word."""
        await centre.tell("i-flood", 1)
        await _said_elsewhere(centre, LIVE)
        await centre.tell("i-flood", 2, "update")
        await StandingBook(centre.room.database, centre.room.registry).load()
        await sweeping.sweep(centre.room)
        await centre.deliver()
        assert [(a.kind, a.sequence) for a in agency.alerts] == [(AlertKind.ALERT, 2)]


async def _said_elsewhere(centre: Centre, standing: Standing) -> None:
    """Have another replica say how it stands, and stop there."""
    said = Stands("bpbd", standing, datetime.now(UTC), "k-other")
    await centre.room.database.maintain(lambda connection: standing_store.put(connection, said) and None)


class TestDrills:
    """They go to whoever is trying things out, and never mix with what has happened."""

    async def test_onboarding_gets_drills_and_nothing_else(self, centre: Centre, agency: Agency) -> None:
        """Those held before, too."""
        await centre.tell("i-drill", 1, drill=True)
        await centre.tell("i-flood", 1)
        done = await centre.put("bpbd", ONBOARDING)
        assert (done.released, done.held) == (1, 0)
        await centre.deliver()
        assert [(alert.incident, alert.drill) for alert in agency.alerts] == [("i-drill", True)]
        assert [row.about for row in await centre.rows(HELD)] == ["i-flood"]

    async def test_back_to_onboarding_holds_what_has_happened(self, centre: Centre, agency: Agency) -> None:
        """A drill on its way goes on."""
        await centre.put("bpbd", LIVE)
        await centre.tell("i-flood", 1)
        await centre.tell("i-drill", 1, drill=True)
        done = await centre.put("bpbd", ONBOARDING)
        assert done.held == 1
        await centre.deliver()
        assert [alert.incident for alert in agency.alerts] == ["i-drill"]

    async def test_a_drill_that_is_over_stands_in_no_digest(self, centre: Centre, agency: Agency) -> None:
        """Nobody need hear of it any more."""
        await centre.tell("i-drill", 1, drill=True)
        centre.incidents.end("i-drill")
        done = await centre.put("bpbd", LIVE)
        assert (done.over, done.digests) == (1, 0)
        assert count(await centre.rows()) == {"cancelled:drill_over": 1}


class TestChunks:
    """Many rows go in several commits, and a crash between two loses nothing."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make a chunk four rows."""
        monkeypatch.setattr(aligning, "AT_MOST", 4)

    @pytest.mark.parametrize("rows", [3, 4, 5, 8, 11])
    async def test_all_are_released_once_and_one_digest_follows(
        self, centre: Centre, agency: Agency, rows: int
    ) -> None:
        """Whatever the number, also exactly a chunk."""
        for number in range(rows):
            await centre.tell(f"i-{number}", 1)
            if number % 2:
                centre.incidents.end(f"i-{number}")
        done = await centre.put("bpbd", LIVE)
        await centre.deliver()
        assert (done.released, done.in_digest, done.digests) == ((rows + 1) // 2, rows // 2, 1)
        assert len(agency.of(AlertKind.ALERT)) == (rows + 1) // 2
        (digest,) = agency.of(AlertKind.DIGEST)
        assert len(digest.over) == rows // 2

    async def test_what_a_crash_left_the_next_start_finishes(
        self, centre: Centre, agency: Agency, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With one digest for all, and each entry once."""
        for number in range(10):
            await centre.tell(f"i-{number}", 1)
            if number % 2:
                centre.incidents.end(f"i-{number}")
        with monkeypatch.context() as crash:
            crash.setattr("gateway.notifications.standing.align_all", _killed)
            with pytest.raises(KeyboardInterrupt):
                await centre.put("bpbd", LIVE)
        assert len(await centre.rows(HELD)) == 6
        again = Centre(centre.room.database, centre.notebook, partner("bpbd", agency, PLANNED))
        again.incidents.ended = centre.incidents.ended
        await StandingBook(again.room.database, again.room.registry).load()
        await sweeping.sweep(again.room)
        await sweeping.sweep(again.room)
        await again.deliver()
        assert len(agency.of(AlertKind.ALERT)) == 5
        (digest,) = agency.of(AlertKind.DIGEST)
        assert len(digest.over) == 5
        assert len(centre.notebook.of("notification.released")) == 5
        assert len(centre.notebook.of("notification.cancelled")) == 5

    async def test_a_second_digest_tells_only_what_the_first_did_not(
        self, centre: Centre, agency: Agency
    ) -> None:
        """Suspended and live again."""
        for name in ("i-one", "i-two"):
            await centre.put("bpbd", SUSPENDED)
            await centre.tell(name, 1)
            centre.incidents.end(name)
            await centre.put("bpbd", LIVE)
            await centre.deliver()
        told = [[over.incident for over in digest.over] for digest in agency.of(AlertKind.DIGEST)]
        assert told == [["i-one"], ["i-two"]]

    async def test_a_digest_that_was_held_goes_out_as_it_was(self, centre: Centre, agency: Agency) -> None:
        """Suspended before it could leave."""
        await centre.tell("i-one", 1)
        centre.incidents.end("i-one")
        await centre.put("bpbd", LIVE)
        await centre.put("bpbd", SUSPENDED)
        await centre.deliver()
        assert agency.alerts == []
        await centre.put("bpbd", LIVE)
        await centre.deliver()
        assert [[over.incident for over in alert.over] for alert in agency.alerts] == [["i-one"]]


class TestOtherReplicas:
    """What another replica did, or did not know yet, is brought in line by the sweep."""

    async def test_what_is_queued_for_a_suspended_partner_is_held(self, centre: Centre) -> None:
        """Nothing is lost, and somebody is told to ring."""
        await centre.put("bpbd", LIVE)
        await centre.tell("i-flood", 1)
        await _said_elsewhere(centre, SUSPENDED)
        await StandingBook(centre.room.database, centre.room.registry).load()
        await sweeping.sweep(centre.room)
        (row,) = await centre.rows()
        assert (row.delivery, row.alarm, row.due_at) == (HELD, "suspended", None)

    async def test_who_has_not_heard_of_a_change_aligns_nothing(self, centre: Centre) -> None:
        """Its own idea of how the partner stands is older than the database's."""
        await centre.put("bpbd", LIVE)
        await centre.tell("i-flood", 1)
        await _said_elsewhere(centre, SUSPENDED)
        assert centre.room.registry.partners["bpbd"].standing is LIVE
        await sweeping.sweep(centre.room)
        assert [row.delivery for row in await centre.rows()] == [QUEUED]

    async def test_a_sweep_with_nothing_to_do_writes_nothing(self, centre: Centre) -> None:
        """However often."""
        await centre.tell("i-flood", 1)
        before = len(centre.notebook.entries)
        await sweeping.sweep(centre.room)
        assert len(centre.notebook.entries) == before


async def test_a_partner_with_no_way_left_is_not_released_again_and_again(
    started: tuple[Database, Notebook],
) -> None:
    """It is live and has neither system nor inbox: what it should hear waits for a way."""
    nobody = partner("bpbd", None, PLANNED, Telling(channels=(Channel.WIRE,)))
    centre = Centre(*started, nobody)
    await centre.tell("i-flood", 1)
    done = await centre.put("bpbd", LIVE)
    await sweeping.sweep(centre.room)
    assert (done.released, done.finished) == (0, True)
    assert [row.delivery for row in await centre.rows()] == [HELD]


async def test_a_partner_with_an_inbox_finds_it_there(started: tuple[Database, Notebook]) -> None:
    """Released, and nothing is due: it comes for it."""
    inbox = partner("bpbd", None, PLANNED, Telling(channels=(Channel.INBOX,)))
    centre = Centre(*started, inbox)
    await centre.tell("i-flood", 1)
    await centre.put("bpbd", LIVE)
    assert [(row.delivery, row.due_at, row.delayed) for row in await centre.rows()] == [(QUEUED, None, True)]


async def test_a_follower_hears_that_ladders_have_changed(started: tuple[Database, Notebook]) -> None:
    """Of its own, held changes the newest goes out; none is ever digested."""
    cad = Agency()
    follows = Telling(incidents=False, follows=True, source_system="cad")
    centre = Centre(*started, partner("cad", cad, PLANNED, follows))
    await centre.tell("i-flood", 1, "change", to=["cad"])
    await centre.tell("i-flood", 2, "change", to=["cad"])
    centre.incidents.end("i-flood")
    done = await centre.put("cad", LIVE)
    await centre.deliver()
    assert (done.digests, len(cad.changes)) == (0, 1)
    assert [row.call for row in await centre.rows(partner="cad")] == [False, False]


async def test_who_is_not_there_cannot_stand_anywhere(centre: Centre) -> None:
    """Nothing is written."""
    with pytest.raises(Problem) as told:
        await centre.put("polres", LIVE)
    assert told.value.name == "no-such-partner"
    assert centre.notebook.entries == []


async def test_the_same_again_is_in_the_log_as_that(centre: Centre) -> None:
    """And does nothing else."""
    await centre.put("bpbd", LIVE)
    done = await centre.put("bpbd", LIVE)
    assert (done.before, done.standing) == (LIVE, LIVE)
    outcomes = [entry.outcome for entry in centre.notebook.of("partner.standing_changed")]
    assert outcomes == ["changed", "unchanged"]
    assert centre.acts(REQUEST) == ["partner.standing_changed"] * 2


async def test_what_lies_with_each_partner_is_counted(centre: Centre, agency: Agency) -> None:
    """Held and alarmed, then on its way, then nothing."""
    await centre.tell("i-flood", 1)
    await centre.tell("i-fire", 1)
    read = centre.room.database.read
    assert await read(burdens) == {"bpbd": Burden(held=2, alarmed=2)}
    await centre.put("bpbd", LIVE)
    assert await read(burdens) == {"bpbd": Burden(waiting=2)}
    await centre.deliver()
    assert await read(burdens) == {}


async def _killed(*_: object) -> None:
    raise KeyboardInterrupt
