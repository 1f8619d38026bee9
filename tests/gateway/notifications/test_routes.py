"""HTTP in: who may, what is refused and how, and that the same again is answered the same."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts import Garbled, Progress, Receipt, Refused
from gateway.access.roles import Role
from gateway.callbacks import receipt_routes
from gateway.notifications import inbox_routes, routes
from gateway.partners.shape import Channel
from tests.gateway.gate import Gate, key_for

from .office import FIRE, FIRST, PLANNED, POLICE, SECOND, WELFARE, Agency, Office, partner

UNKNOWN = "n-aaaaaaaaaaaaa"


@asynccontextmanager
async def callers(office: Office) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Give what makes a caller of a role, of a partner where it is one."""
    keys: dict[tuple[Role, str | None], str] = {}
    made = []
    at = datetime.now(UTC)
    for role in Role:
        for name in (POLICE, FIRE, WELFARE) if role is Role.PARTNER else (None,):
            key, text = key_for(role, at=at, **({"partner": name} if name else {}))
            made.append(key)
            keys[role, name] = text
    gate = Gate(made)
    gate.clock.at = at
    for router in (routes.router, inbox_routes.router, receipt_routes.router):
        gate.app.include_router(router)
    gate.app.state.notifications = office.room
    async with gate:
        yield lambda role, name=None: gate.caller(keys[role, name])


class Fluent(Agency):
    """An agency whose system has words of its own."""

    def read_receipts(self, media_type: str, body: bytes) -> tuple[Receipt, ...]:
        """Return what a line `id;word` says."""
        name, _, word = body.decode().partition(";")
        if media_type != "text/csv" or word != "siap":
            raise Garbled("unknown_word")
        return (Receipt(name, Progress.ACCEPTED, post="Pos 1"),)


async def test_an_operator_enters_what_was_said_on_the_telephone(office: Office) -> None:
    """It counts as the partner's own word."""
    await office.tell(to=[PLANNED])
    row = await office.row(partner=PLANNED)
    said = {"channel": "phone", "state": "accepted", "person": "Petugas Contoh", "partner_ref": "B/1"}
    async with callers(office) as caller:
        for _ in range(2):
            answer = await caller(Role.OPERATOR).post(f"/v1/notifications/{row.id}/receipts", json=said)
            assert answer.status_code == 200
    line = answer.json()["notification"]
    assert (line["state"], line["shown"], line["needs_phone_call"]) == ("accepted", "handled", False)
    assert (line["human_confirmed"], line["reference"]) == (True, "B/1")
    (heard,) = line["receipts"]
    assert (heard["channel"], heard["proof"], heard["state"]) == ("phone", "operator_statement", "accepted")
    assert "Contoh" not in answer.text
    assert "BELUM menerima" in line["words"]["id"]


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"channel": "phone", "state": "accepted"}, "body", "nobody_named"),
        ({"channel": "phone", "state": "received", "post": "Pos 1"}, "body", "machine_state"),
        ({"channel": "callback", "state": "read", "post": "Pos 1"}, "body.channel", "enum"),
        ({"channel": "phone", "state": "sent", "post": "Pos 1"}, "body.state", "enum"),
        ({"channel": "phone", "state": "read", "post": "1571015203909901"}, "body.post", "long_number"),
        (
            {"channel": "phone", "state": "read", "post": "Pos 1", "at": "2100-01-01T00:00:00Z"},
            "body.at",
            "future",
        ),
        ({"channel": "phone", "state": "read", "post": "Pos 1", "nik": "x"}, "body.nik", "extra_forbidden"),
    ],
)
async def test_what_cannot_be_a_persons_word_is_refused(
    office: Office, said: dict[str, str], field: str, code: str
) -> None:
    """By name."""
    async with callers(office) as caller:
        answer = await caller(Role.OPERATOR).post(f"/v1/notifications/{UNKNOWN}/receipts", json=said)
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


async def test_of_an_unknown_notification_nothing_is_entered(office: Office) -> None:
    """404 by name."""
    said = {"channel": "phone", "state": "read", "post": "Pos 1"}
    async with callers(office) as caller:
        for path, body in (("receipts", said), ("replay", None), ("alarm-seen", None)):
            answer = await caller(Role.OPERATOR).post(f"/v1/notifications/{UNKNOWN}/{path}", json=body)
            assert answer.status_code == 404
            assert answer.json()["type"] == "urn:gerbang:problem:no-such-notification"


async def test_an_alarm_is_taken_and_the_call_stays(office: Office) -> None:
    """Until a person there has spoken."""
    await office.tell(to=[PLANNED])
    row = await office.row(partner=PLANNED)
    async with callers(office) as caller:
        for _ in range(2):
            answer = await caller(Role.DISPATCHER).post(f"/v1/notifications/{row.id}/alarm-seen")
            assert answer.status_code == 200
    line = answer.json()["notification"]
    assert (line["alarm"], line["needs_phone_call"]) == (None, True)
    assert office.acts("notification.alarm_seen") == ["alarm_seen:not_connected"]


async def test_what_is_dead_is_told_again_under_its_id(office: Office, police: Agency) -> None:
    """With both clocks wound up; what is not dead is not."""
    police.script = [Refused("tidak dikenal", code="unknown")]
    await office.tell()
    await office.deliver()
    row = await office.row()
    async with callers(office) as caller:
        answer = await caller(Role.ADMIN).post(f"/v1/notifications/{row.id}/replay")
        assert answer.json()["notification"]["state"] == "queued"
        await office.deliver()
        again = await caller(Role.ADMIN).post(f"/v1/notifications/{row.id}/replay")
        assert (again.status_code, again.json()["type"]) == (409, "urn:gerbang:problem:not-now")
    assert police.taken == [row.id]
    now = await office.row()
    assert (str(now.delivery), now.number, now.watch) == ("delivered", row.number, "remind")
    assert office.acts("notification.replayed") == ["replayed:dead"]


async def test_an_old_picture_is_not_told_after_a_newer_one(office: Office, police: Agency) -> None:
    """It would take the newer one's place."""
    police.script = [(), Refused("no", code="no")]
    await office.tell()
    await office.deliver()
    await office.tell(sequence=2, kind="update")
    await office.deliver()
    dead = await office.row()
    await office.tell(sequence=3, kind="update")
    await office.deliver()
    async with callers(office) as caller:
        answer = await caller(Role.OPERATOR).post(f"/v1/notifications/{dead.id}/replay")
    assert answer.status_code == 409


class TestLists:
    """Notifications in pages."""

    async def _pages(self, caller: httpx.AsyncClient, query: str, limit: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            answer = await caller.get(f"/v1/notifications?{query}&limit={limit}{cursor}")
            assert answer.status_code == 200, answer.text
            found += answer.json()["notifications"]
            if answer.json()["next"] is None:
                return found
            assert len(answer.json()["notifications"]) == limit
            cursor = f"&cursor={answer.json()['next']}"

    @pytest.mark.parametrize("limit", [1, 2, 50])
    async def test_each_list_has_its_own(self, office: Office, police: Agency, limit: int) -> None:
        """Page by page, nothing twice and nothing left out."""
        police.script = [Refused("no", code="no")]
        await office.tell(to=[POLICE, PLANNED])
        await office.tell(SECOND, to=[POLICE, PLANNED])
        await office.deliver()
        await office.tell(sequence=2, kind="update", to=[POLICE])
        async with callers(office) as caller:
            operator = caller(Role.OPERATOR)
            about = await self._pages(operator, f"about={FIRST}", limit)
            its = await self._pages(operator, f"partner={POLICE}", limit)
            alarmed = await self._pages(operator, "alarmed=true", limit)
            dead = await self._pages(operator, "dead=true", limit)
        assert sorted((line["partner"], line["number"]) for line in about) == [
            (PLANNED, 1),
            (POLICE, 1),
            (POLICE, 3),
        ]
        assert [line["number"] for line in its] == [3, 2, 1]
        assert sorted(line["partner"] for line in alarmed) == [PLANNED, PLANNED, POLICE]
        assert [line["state"] for line in dead] == ["dead"]

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("", "query"),
            (f"about={FIRST}&partner={POLICE}", "query"),
            ("alarmed=false", "query"),
            ("dead=true&cursor=x", "query.cursor"),
            ("dead=true&cursor=5", "query.cursor"),
            (f"partner={POLICE}&cursor=5.{UNKNOWN}", "query.cursor"),
            ("partner=1571015203909901&about=1571015203909901", "query.about"),
            ("alarmed=true&limit=201", "query.limit"),
            ("state=dead", "query.state"),
        ],
    )
    async def test_what_cannot_be_asked_is_refused_by_name(
        self, office: Office, query: str, field: str
    ) -> None:
        """One list at a time."""
        async with callers(office) as caller:
            answer = await caller(Role.OPERATOR).get(f"/v1/notifications?{query}")
        assert answer.status_code == 422
        assert field in [each["field"] for each in answer.json()["errors"]]
        assert "1571015203909901" not in answer.text


class TestPartnersSystems:
    """What a partner's own key may do."""

    async def test_the_inbox_is_the_partners_own(self, office: Office) -> None:
        """Whoever's key it is."""
        await office.tell(to=[WELFARE, POLICE])
        async with callers(office) as caller:
            answer = await caller(Role.PARTNER, WELFARE).get("/v1/inbox?since=0&limit=10")
        found = answer.json()
        assert (found["partner"], found["newest"], found["more"], found["gap"]) == (WELFARE, 1, False, False)
        assert found["items"][0]["message"]["data"]["narrative"] == "picture 1"

    async def test_an_item_is_acknowledged(self, office: Office) -> None:
        """Once or again."""
        await office.tell(to=[WELFARE])
        row = await office.row(partner=WELFARE)
        async with callers(office) as caller:
            for _ in range(2):
                answer = await caller(Role.PARTNER, WELFARE).post(
                    f"/v1/inbox/{row.id}/receipts", json={"state": "read", "by": "Petugas Contoh"}
                )
                assert answer.json()["heard"] == [
                    {"id": row.id, "number": 1, "state": "read", "human_confirmed": True}
                ]
            other = await caller(Role.PARTNER, POLICE).post(
                f"/v1/inbox/{row.id}/receipts", json={"state": "read", "by": "Petugas Contoh"}
            )
        assert (other.status_code, other.json()["type"]) == (403, "urn:gerbang:problem:not-your-notification")

    async def test_a_system_sends_one_receipt_or_several(self, office: Office) -> None:
        """In our JSON."""
        for about in (FIRST, SECOND):
            await office.tell(about)
        await office.deliver()
        first, second = [await office.row(about) for about in (FIRST, SECOND)]
        one = {"id": first.id, "state": "integrated"}
        several = [{"id": first.id, "state": "accepted", "post": "SPKT"}, {"id": second.id, "state": "read"}]
        async with callers(office) as caller:
            system = caller(Role.PARTNER, POLICE)
            answers = [
                await system.post(f"/v1/callbacks/{POLICE}/receipts", json=said) for said in (one, several)
            ]
        assert [each["state"] for answer in answers for each in answer.json()["heard"]] == [
            "integrated",
            "accepted",
            "integrated",
        ]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 422),
            (b"{", 400),
            (b"[]", 200),
            (b'{"id": "n-1", "state": "read"}', 422),
            (b'[{"id": "n-aaaaaaaaaaaaa", "state": "read"}]', 404),
            (b'[{"id": "n-aaaaaaaaaaaaa", "state": "read", "by": "1571015203909901"}]', 422),
            (b"[" + b",".join([b'{"id": "n-aaaaaaaaaaaaa", "state": "read"}'] * 101) + b"]", 422),
        ],
    )
    async def test_what_is_no_receipt_is_refused(self, office: Office, body: bytes, status: int) -> None:
        """And none of it is repeated."""
        async with callers(office) as caller:
            answer = await caller(Role.PARTNER, POLICE).post(
                f"/v1/callbacks/{POLICE}/receipts", content=body, headers={"Content-Type": "application/json"}
            )
        assert answer.status_code == status
        assert "1571015203909901" not in answer.text

    async def test_nobody_speaks_by_anothers_address(self, office: Office) -> None:
        """It stands in the log."""
        async with callers(office) as caller:
            answer = await caller(Role.PARTNER, FIRE).post(f"/v1/callbacks/{POLICE}/receipts", json=[])
        assert answer.status_code == 403
        assert office.acts("callback.refused") == ["callback.refused:refused"]

    async def test_words_of_its_own_are_read_by_its_adapter(self, open_office: Callable[..., Office]) -> None:
        """What that cannot read is refused."""
        office = open_office(partner(POLICE, Fluent()), partner(FIRE, Agency(), Channel.WIRE))
        await office.tell()
        await office.deliver()
        row = await office.row()
        kind = {"Content-Type": "text/csv; charset=utf-8"}
        async with callers(office) as caller:
            system, path = caller(Role.PARTNER, POLICE), f"/v1/callbacks/{POLICE}/receipts"
            good = await system.post(path, content=f"{row.id};siap", headers=kind)
            bad = await system.post(path, content=f"{row.id};apa", headers=kind)
            other = await caller(Role.PARTNER, FIRE).post(
                f"/v1/callbacks/{FIRE}/receipts", content="x", headers=kind
            )
        assert good.json()["heard"][0]["state"] == "accepted"
        assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "body")
        assert other.status_code == 415


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("GET", "/v1/notifications?alarmed=true", {Role.DISPATCHER, Role.OPERATOR, Role.ADMIN}),
        ("POST", f"/v1/notifications/{UNKNOWN}/receipts", {Role.DISPATCHER, Role.OPERATOR}),
        ("POST", f"/v1/notifications/{UNKNOWN}/replay", {Role.OPERATOR, Role.ADMIN}),
        ("POST", f"/v1/notifications/{UNKNOWN}/alarm-seen", {Role.DISPATCHER, Role.OPERATOR}),
        ("GET", "/v1/inbox", {Role.PARTNER}),
        ("POST", f"/v1/inbox/{UNKNOWN}/receipts", {Role.PARTNER}),
        ("POST", f"/v1/callbacks/{POLICE}/receipts", {Role.PARTNER}),
    ],
)
async def test_who_may(office: Office, method: str, path: str, roles: set[Role]) -> None:
    """Nobody else."""
    async with callers(office) as caller:
        for role in Role:
            asked = caller(role, POLICE if role is Role.PARTNER else None)
            answer = await asked.request(method, path)
            assert (answer.status_code != 403) is (role in roles), (role, answer.text)


async def test_a_time_zone_is_wanted(office: Office) -> None:
    """Nobody knows which eight o'clock."""
    at = (datetime.now(UTC) - timedelta(minutes=1)).replace(tzinfo=None).isoformat()
    said = {"channel": "phone", "state": "read", "post": "Pos 1", "at": at}
    async with callers(office) as caller:
        answer = await caller(Role.OPERATOR).post(f"/v1/notifications/{UNKNOWN}/receipts", json=said)
    assert answer.status_code == 422
