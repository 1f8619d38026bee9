"""SMS and WhatsApp gateways: what is sent, and what the answer means."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import respx

from adapters.message import ADAPTER
from adapters.message.settings import Settings
from adapters.message.texts import Texts
from contracts import Busy, CannotConvey, Garbled, NoAnswer, NotAccepted, PartnerError, Refused
from tests.trust import TRUST

from .sample import KEY, SETTINGS, WAKE

WIRE = Path(__file__).parents[2] / "wire" / "message"
URL = SETTINGS["send_url"]


@pytest.fixture
async def way() -> AsyncIterator[Texts]:
    """Give a gateway."""
    async with httpx.AsyncClient(verify=TRUST) as client:
        connected = ADAPTER.connect(Settings.model_validate(SETTINGS), client)
        assert isinstance(connected, Texts)
        yield connected


async def test_it_sends_address_text_and_reference(way: Texts) -> None:
    """Byte for byte what the example of the wire says, with our token."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202)
        await way.wake(WAKE, key=KEY)
    request = route.calls.last.request
    assert json.loads(request.content) == json.loads((WIRE / "request.json").read_text())
    assert request.headers["authorization"] == "Bearer synthetic-gateway-token"


@pytest.mark.parametrize("status", [200, 201])
async def test_a_repeat_is_known_by_its_reference(way: Texts, status: int) -> None:
    """The gateway has it already and says so."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(status, content=(WIRE / "accepted.json").read_bytes())
        await way.wake(WAKE, key=KEY)


@pytest.mark.parametrize(
    "body", [b'{"id": "7"}', b'{"status": "sent"}', b'{"id": "7", "status": "failed"}', b"\xff", b"[1]"]
)
async def test_a_success_that_says_nothing_is_none(way: Texts, body: bytes) -> None:
    """A login page answers 200 as well."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(200, content=body)
        with pytest.raises(Garbled):
            await way.wake(WAKE, key=KEY)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (410, Refused, "gone"),
        (404, Refused, "status_404"),
        (422, Refused, "status_422"),
        (401, NotAccepted, None),
        (429, Busy, None),
        (500, NoAnswer, None),
    ],
)
async def test_what_a_refusal_means(
    way: Texts, status: int, kind: type[PartnerError], code: str | None
) -> None:
    """The number asked about stands in the gateway's text and not in ours."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(status, json={"message": "+6281200000001 is unknown"})
        with pytest.raises(kind) as refusal:
            await way.wake(WAKE, key=KEY)
    assert getattr(refusal.value, "code", None) == code
    assert "81200000001" not in f"{refusal.value!r} {refusal.value}"


async def test_a_long_text_is_not_cut(way: Texts) -> None:
    """A link cut in two leads nowhere."""
    with pytest.raises(CannotConvey, match="too_long"):
        await way.wake(replace(WAKE, text="x" * 480), key=KEY)


async def test_it_leads_to_telephones_only(way: Texts) -> None:
    """Mail has its own way."""
    assert way.reaches("tel:+6281200000001")
    assert not way.reaches("mailto:a@b.example")
    with pytest.raises(CannotConvey):
        await way.wake(replace(WAKE, to="mailto:a@b.example"), key=KEY)
