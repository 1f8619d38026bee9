"""How a message is handed over, and what each answer means."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
import respx

from adapters.bpbd import ADAPTER
from adapters.bpbd.client import Bpbd
from adapters.bpbd.settings import Settings
from adapters.cap.build import build
from adapters.cap.read import read
from contracts import (
    Busy,
    CannotConvey,
    Conveyed,
    Garbled,
    NotAccepted,
    NotKept,
    Over,
    PartnerError,
    Progress,
    ReadsReceipts,
    Refused,
    TakesAlerts,
)
from tests.trust import TRUST

from .sample import ALERT, DIGEST, SECRET, SETTINGS

WIRE = Path(__file__).parents[2] / "wire" / "bpbd"
URL = SETTINGS["cap_url"]
ACK, ACCEPTED, ERROR = ((WIRE / f"{name}.xml").read_bytes() for name in ("ack", "ack-accepted", "error"))
OTHERS = ACK.replace(b"n-2k4m6p8r0t2v4", b"n-another")


@pytest.fixture
async def bpbd() -> AsyncIterator[Bpbd]:
    """Give a BPBD whose signatures are of one moment."""
    async with httpx.AsyncClient(verify=TRUST) as client:
        yield Bpbd(Settings.model_validate(SETTINGS), client, now=lambda: 1_795_921_200.7)


async def answered(bpbd: Bpbd, status: int, body: bytes) -> Conveyed:
    """Hand the sample over to somebody who answers so."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(status, content=body)
        return await bpbd.convey_alert(ALERT, key=ALERT.id)


async def test_it_is_one_signed_post_of_cap(bpbd: Bpbd) -> None:
    """Signed over the bytes that are sent, with the identifier as the webhook's."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202)
        await bpbd.convey_alert(replace(ALERT, anchor="gerbang.example/log 7 abc="), key=ALERT.id)
    request = route.calls.last.request
    assert request.headers["content-type"] == "application/cap+xml"
    assert request.headers["webhook-id"] == read(request.content).identifier == ALERT.id
    assert request.headers["gerbang-audit-checkpoint"] == "gerbang.example/log 7 abc="
    signed = f"{ALERT.id}.1795921200.".encode() + request.content
    key = b64decode(SECRET.removeprefix("whsec_"))
    proof = b64encode(hmac.digest(key, signed, sha256)).decode()
    assert request.headers["webhook-signature"] == f"v1,{proof}"


async def test_the_same_alert_is_the_same_message(bpbd: Bpbd) -> None:
    """Byte for byte, however often it is sent."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202)
        for _ in range(2):
            await bpbd.convey_alert(ALERT, key=ALERT.id)
    first, second = (call.request.content for call in route.calls)
    assert first == second


@pytest.mark.parametrize("body", [b"", b"OK", b"<html>", OTHERS])
async def test_202_says_it_all(bpbd: Bpbd, body: bytes) -> None:
    """Whatever stands in the body."""
    assert await answered(bpbd, 202, body) == Conveyed()


@pytest.mark.parametrize("status", [200, 201, 202, 409])
async def test_an_ack_in_the_answer_is_a_receipt(bpbd: Bpbd, status: int) -> None:
    """Also where it had the message before."""
    (receipt,) = (await answered(bpbd, status, ACK)).receipts
    assert receipt.progress is Progress.RECEIVED
    (receipt,) = (await answered(bpbd, status, ACCEPTED)).receipts
    assert receipt.is_human


@pytest.mark.parametrize("body", [b"", b"OK", OTHERS])
async def test_200_without_our_ack_is_no_yes(bpbd: Bpbd, body: bytes) -> None:
    """A login page answers 200 as well."""
    with pytest.raises(Garbled):
        await answered(bpbd, 200, body)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (200, ERROR, Refused, "unknown_reference"),
        (202, ERROR.replace(b"unknown_reference", b"?"), Refused, "cap_error"),
        (422, ERROR, Refused, "unknown_reference"),
        (400, b"nama penelepon +6281299998888", Refused, "status_400"),
        (409, b"", Refused, "status_409"),
        (409, ERROR.replace(b"112.kota-contoh.example,", b"x,"), Refused, "unknown_reference"),
        (410, b"", Refused, "gone"),
        (401, ERROR, NotAccepted, None),
        (503, ERROR, Busy, None),
    ],
)
async def test_what_a_no_means(
    bpbd: Bpbd, status: int, body: bytes, kind: type[PartnerError], code: str | None
) -> None:
    """The profile's code where one is given, else the status; never their text."""
    with pytest.raises(kind) as refusal:
        await answered(bpbd, status, body)
    assert getattr(refusal.value, "code", None) == code
    assert "81299998888" not in f"{refusal.value!r}"


async def test_what_is_too_long_for_anybody_is_not_sent(bpbd: Bpbd) -> None:
    """Nothing is cut off silently."""
    line = Over("i-bcdefghijklmn", ALERT.category, "x" * 200, ALERT.sent_at, ALERT.sent_at)
    with pytest.raises(CannotConvey, match="too_long"):
        await bpbd.convey_alert(replace(DIGEST, over=(line,) * 2000), key=DIGEST.id)


async def test_it_tells_and_listens(bpbd: Bpbd) -> None:
    """Both ports."""
    assert isinstance(bpbd, TakesAlerts)
    assert isinstance(bpbd, ReadsReceipts)


@pytest.mark.parametrize("media", ["application/cap+xml", "Application/XML; charset=utf-8", "text/xml"])
async def test_receipts_come_as_cap(bpbd: Bpbd, media: str) -> None:
    """Under any of the names XML goes by."""
    (receipt,) = bpbd.read_receipts(media, ACCEPTED)
    assert receipt.alert == ALERT.id
    with pytest.raises(Garbled):
        bpbd.read_receipts("application/json", ACCEPTED)


async def test_what_we_build_fits_the_answer_cap() -> None:
    """An answer as long as the longest message is still read."""
    assert ADAPTER.answer_cap > len(build(read(ACK)))


async def test_a_receiver_that_takes_anything_fails_every_trial(bpbd: Bpbd) -> None:
    """202 to whatever comes is no conformance."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(202)
        for trial in bpbd.conformance():
            with pytest.raises(NotKept):
                await trial.run()


async def test_who_is_away_has_broken_no_promise(bpbd: Bpbd) -> None:
    """It is said what came instead."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(503)
        with pytest.raises(Busy):
            await bpbd.conformance()[-1].run()
