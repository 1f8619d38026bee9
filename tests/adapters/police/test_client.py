"""One attempt: what is sent, and what the answer means."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import respx
from standardwebhooks.webhooks import Webhook as Oracle

from adapters.police import ADAPTER
from adapters.police.client import Police
from adapters.police.settings import Settings
from contracts import CannotConvey, Conveyed, Garbled, Progress, Receipt, Refused
from tests.trust import TRUST

from .sample import ALERT, EVERY_KIND, SETTINGS

WIRE = Path(__file__).parents[2] / "wire" / "police"
URL = SETTINGS["handover_url"]


@pytest.fixture
async def police() -> AsyncIterator[Police]:
    """Give the desk."""
    async with httpx.AsyncClient(verify=TRUST) as client:
        connected = ADAPTER.connect(Settings.model_validate(SETTINGS), client)
        assert isinstance(connected, Police)
        yield connected


async def test_every_kind_is_handed_over_signed(police: Police) -> None:
    """Under its own id, with the newest checkpoint; the machine's receipt comes back with its number."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202, content=(WIRE / "taken.json").read_bytes())
        for alert in EVERY_KIND:
            conveyed = await police.convey_alert(replace(alert, anchor="gerbang 7 abc"), key=alert.id)
            receipt = Receipt(alert.id, Progress.INTEGRATED, reference="SPKT-7")
            assert conveyed == Conveyed((receipt,))
            request = route.calls.last.request
            told = Oracle(SETTINGS["secret"]).verify(request.content, dict(request.headers))
            assert told["distributionID"] == f"id.jambi.112_{alert.id}"
            assert request.headers["webhook-id"] == alert.id
            assert request.headers["gerbang-audit-checkpoint"] == "gerbang 7 abc"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_a_success_must_say_that_a_machine_has_it(police: Police, status: int) -> None:
    """A login page answers 200 as well."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(status, text="<html>Masuk</html>")
        with pytest.raises(Garbled):
            await police.convey_alert(ALERT, key=ALERT.id)


async def test_a_repeat_is_known(police: Police) -> None:
    """Taken before: nothing new to say."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(409, content=(WIRE / "had-it.json").read_bytes())
        assert await police.convey_alert(ALERT, key=ALERT.id) == Conveyed()


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (409, (WIRE / "wrong-sequence.json").read_bytes(), "wrong_sequence"),
        (409, b"", "conflict"),
        (409, (WIRE / "had-it.json").read_bytes().replace(b"n-2k4m", b"n-3k4m"), "conflict"),
        (422, b'{"error": {"code": "EXPIRED", "distributionID": "x"}}', "expired"),
        (422, b'{"error": {"code": "BUDI", "distributionID": "x"}}', "status_422"),
        (400, b"<html>", "status_400"),
        (410, b"", "gone"),
    ],
)
async def test_a_refusal_has_its_code(police: Police, status: int, body: bytes, code: str) -> None:
    """In the contract's words, or the status."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(status, content=body)
        with pytest.raises(Refused) as refusal:
            await police.convey_alert(ALERT, key=ALERT.id)
    assert refusal.value.code == code


async def test_an_id_their_wire_cannot_carry(police: Police) -> None:
    """Nothing is sent."""
    with respx.mock(using="httpx"), pytest.raises(CannotConvey):
        await police.convey_alert(replace(ALERT, id="n.1"), key="n.1")


@pytest.mark.parametrize(
    "media_type", ["application/vnd.gerbang.handover+json", "Application/JSON; charset=utf-8"]
)
def test_their_own_words_are_read(police: Police, media_type: str) -> None:
    """Envelopes of theirs."""
    steps = police.read_receipts(media_type, (WIRE / "steps.json").read_bytes())
    assert [step.progress for step in steps] == [Progress.READ, Progress.ACCEPTED, Progress.CLOSED]


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/xml", "application/jsonl"])
def test_other_media_types_are_garbled(police: Police, media_type: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(Garbled, match="media_type"):
        police.read_receipts(media_type, (WIRE / "steps.json").read_bytes())


def test_the_examples_are_json() -> None:
    """Each of them."""
    assert all(json.loads(path.read_text("utf-8")) for path in WIRE.glob("*.json"))
