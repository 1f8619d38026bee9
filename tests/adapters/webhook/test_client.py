"""One attempt: what is sent, and what the answer means."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from standardwebhooks.webhooks import Webhook as Oracle

from adapters.webhook import ADAPTER
from adapters.webhook.client import Webhook
from adapters.webhook.settings import Settings
from adapters.webhook.translate import receipts_of
from contracts import AlertKind, Busy, Conveyed, Garbled, NoAnswer, Progress, Receipt, Refused
from tests.trust import TRUST

from .sample import ALERT, CHANGE, HEARTBEAT, MORE_SETTINGS, OTHER_SECRET, SECRET, SETTINGS, TEST

WIRE = Path(__file__).parents[2] / "wire" / "webhook"
URL = SETTINGS["hook_url"]
PLAIN, THIN, CHANGING = SETTINGS, MORE_SETTINGS[0], MORE_SETTINGS[1]


def example(name: str) -> Any:
    """Read a wire example."""
    return json.loads((WIRE / f"{name}.json").read_text("utf-8"))


def partner(client: httpx.AsyncClient, settings: dict[str, Any] = SETTINGS) -> Webhook:
    """Return the partner as the gateway connects it."""
    connected = ADAPTER.connect(Settings.model_validate(settings), client)
    assert isinstance(connected, Webhook)
    return connected


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Give a client."""
    async with httpx.AsyncClient(verify=TRUST) as made:
        yield made


@pytest.mark.parametrize(
    ("settings", "ask", "name"),
    [
        (PLAIN, lambda port: port.convey_alert(ALERT, key=ALERT.id), "alert"),
        (THIN, lambda port: port.convey_alert(ALERT, key=ALERT.id), "alert-thin"),
        (PLAIN, lambda port: port.convey_change(CHANGE, key=CHANGE.id), "change"),
        (THIN, lambda port: port.convey_change(CHANGE, key=CHANGE.id), "change-thin"),
        (CHANGING, lambda port: port.convey_alert(ALERT, key=ALERT.id), "alert"),
    ],
)
async def test_it_sends_what_the_example_says_signed(
    client: httpx.AsyncClient, settings: dict[str, Any], ask: Any, name: str
) -> None:
    """The partners' own library takes it, with the secret it knows."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202)
        await ask(partner(client, settings))
    request = route.calls.last.request
    assert json.loads(request.content) == example(name)
    assert request.headers["webhook-id"] == example(name)["id"]
    for secret in settings["secret"].split():
        assert Oracle(secret).verify(request.content, dict(request.headers))["id"] == example(name)["id"]


async def test_a_thin_message_holds_nothing_of_the_incident(client: httpx.AsyncClient) -> None:
    """Not the place, not what happened; neither does a thin change hold the picture."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202)
        await partner(client, THIN).convey_alert(ALERT, key=ALERT.id)
        await partner(client, THIN).convey_change(CHANGE, key=CHANGE.id)
    alert, change = (json.loads(call.request.content) for call in route.calls)
    assert set(alert["data"]) == {"number", "kind", "incident"}
    assert set(change["data"]) == {"number", "topic", "about"}
    assert alert["dataref"] == "https://gerbang.example/v1/inbox?since=16&limit=1"


async def test_the_id_stays_over_attempts_and_the_time_does_not(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the partner keeps one copy, and an old attempt cannot be played again."""
    times = iter((1_000_000.0, 1_000_060.0))
    port = partner(client)
    monkeypatch.setattr(port._hook._signer, "_now", lambda: next(times))
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202)
        for _ in range(2):
            await port.convey_alert(ALERT, key=ALERT.id)
    first, second = (call.request.headers for call in route.calls)
    assert first["webhook-id"] == second["webhook-id"] == ALERT.id
    assert (first["webhook-timestamp"], second["webhook-timestamp"]) == ("1000000", "1000060")


async def test_the_newest_checkpoint_goes_along(client: httpx.AsyncClient) -> None:
    """Outside the city's machines it is a witness."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202)
        await partner(client).convey_alert(replace(ALERT, anchor="gerbang 7 abc"), key=ALERT.id)
        await partner(client).convey_change(replace(CHANGE, anchor="gerbang 8 abc"), key=CHANGE.id)
    said = [call.request.headers["gerbang-audit-checkpoint"] for call in route.calls]
    assert said == ["gerbang 7 abc", "gerbang 8 abc"]
    assert b"gerbang 7" not in route.calls[0].request.content


async def test_receipts_in_the_answer(client: httpx.AsyncClient) -> None:
    """A machine's, with the partner's reference."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(202, json=example("taken"))
        conveyed = await partner(client).convey_alert(ALERT, key=ALERT.id)
    (receipt,) = conveyed.receipts
    assert (receipt.alert, receipt.progress, receipt.reference) == (
        ALERT.id,
        Progress.RECEIVED,
        "DK-2026-0007",
    )
    assert receipt.at
    assert not receipt.is_human


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ok",
        b'{"receipts": [{"state": "seen"}]}',
        b'{"receipts": [{"state": "read", "at": "2026-11-29T03:00:00"}]}',
        b'{"receipts": [{"state": "read", "by": ""}]}',
        b'{"receipts": [{"state": "read", "by": "1571015203909901"}]}',
        b'{"receipts": [{"state": "read", "post": "Pos\\nUtama"}]}',
        b'{"receipts": {"state": "read"}}',
        b'{"receipts": [' + b",".join([b'{"state": "read"}'] * 11) + b"]}",
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_words_nobody_agreed_on_are_no_receipt(body: bytes) -> None:
    """The message was taken all the same: the status says so."""
    assert receipts_of(ALERT.id, body) == ()


def test_a_persons_word_in_the_answer() -> None:
    """Name, post and reason come through."""
    told = {"state": "refused", "by": "Sari Contoh", "post": "Pos Utama", "reason": "armada penuh"}
    (receipt,) = receipts_of(ALERT.id, json.dumps({"receipts": [told]}).encode())
    assert receipt == Receipt(
        ALERT.id, Progress.REFUSED, by="Sari Contoh", post="Pos Utama", reason="armada penuh"
    )
    assert receipt.is_human


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><title>Masuk", b"\n <HTML lang=id>", b"<html></html>"])
@pytest.mark.parametrize("status", [200, 202, 409])
async def test_a_page_is_not_the_receivers_answer(
    client: httpx.AsyncClient, page: bytes, status: int
) -> None:
    """A proxy wants somebody to sign in: nothing has arrived."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(status, content=page)
        with pytest.raises(Garbled, match="page"):
            await partner(client).convey_alert(ALERT, key=ALERT.id)


async def test_a_conflict_that_names_the_message_means_taken(client: httpx.AsyncClient) -> None:
    """Another one, or none, means no."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(409, json=example("had-it"))
        assert await partner(client).convey_alert(ALERT, key=ALERT.id) == Conveyed()
        with pytest.raises(Refused, match="conflict"):
            await partner(client).convey_alert(replace(ALERT, id="n-other"), key="n-other")


class TestHandshake:
    """Before a test message: are messages welcome at all?"""

    async def ask(self, client: httpx.AsyncClient, *options: httpx.Response) -> list[httpx.Request]:
        """Convey a test; return the requests that left."""
        with respx.mock(using="httpx", assert_all_called=False) as router:
            router.options(URL).mock(side_effect=list(options))
            router.post(URL).respond(202)
            try:
                await partner(client, THIN).convey_alert(TEST, key=TEST.id)
            finally:
                sent = [call.request for call in router.calls]
        return sent

    @pytest.mark.parametrize("allowed", ["*", "112.example", " 112.EXAMPLE "])
    async def test_granted(self, client: httpx.AsyncClient, allowed: str) -> None:
        """To anybody, or to us by name; then each message says whose it is."""
        answer = httpx.Response(200, headers={"WebHook-Allowed-Origin": allowed})
        asked, sent = await self.ask(client, answer)
        assert (asked.method, sent.method) == ("OPTIONS", "POST")
        assert asked.headers["webhook-request-origin"] == "112.example"
        assert sent.headers["webhook-request-origin"] == "112.example"
        assert "webhook-signature" not in asked.headers
        assert json.loads(sent.content) == example("test")

    @pytest.mark.parametrize("status", [200, 204, 404, 405, 501])
    async def test_unknown_to_the_partner(self, client: httpx.AsyncClient, status: int) -> None:
        """Its agreement says whether it wants messages."""
        assert len(await self.ask(client, httpx.Response(status))) == 2

    @pytest.mark.parametrize("allowed", ["other.example", "", "112.example.evil.example"])
    async def test_refused(self, client: httpx.AsyncClient, allowed: str) -> None:
        """Others are welcome, we are not: nothing is sent."""
        with pytest.raises(Refused) as refusal:
            await self.ask(client, httpx.Response(200, headers={"WebHook-Allowed-Origin": allowed}))
        assert refusal.value.code == "origin_refused"

    @pytest.mark.parametrize(("status", "kind"), [(503, Busy), (500, NoAnswer), (302, Garbled)])
    async def test_in_trouble(self, client: httpx.AsyncClient, status: int, kind: type[Exception]) -> None:
        """Nobody knows; asked again later."""
        with pytest.raises(kind):
            await self.ask(client, httpx.Response(status))

    async def test_only_a_test_asks(self, client: httpx.AsyncClient) -> None:
        """What is urgent costs one exchange."""
        with respx.mock(using="httpx") as router:
            router.post(URL).respond(202)
            for alert in (ALERT, HEARTBEAT):
                await partner(client).convey_alert(alert, key=alert.id)
            assert [call.request.method for call in router.calls] == ["POST", "POST"]


async def test_a_heartbeat_says_how_far_the_numbers_have_come(client: httpx.AsyncClient) -> None:
    """Whole also where messages are thin: there is nothing to fetch."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(204)
        await partner(client, THIN).convey_alert(HEARTBEAT, key=HEARTBEAT.id)
    sent = json.loads(route.calls.last.request.content)
    assert (sent["data"]["kind"], sent["data"]["number"]) == (AlertKind.HEARTBEAT, 19)
    assert "dataref" not in sent


def test_its_secrets_do_not_show() -> None:
    """Nor do both while they change."""
    shown = repr(Settings.model_validate(CHANGING))
    assert SECRET not in shown
    assert OTHER_SECRET not in shown
