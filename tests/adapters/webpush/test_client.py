"""One attempt: what is sent, and what the answer means."""

import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import respx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from adapters.webpush.client import WebPush
from adapters.webpush.settings import Settings
from contracts import Busy, CannotConvey, Garbled, NotAccepted, PartnerError, Refused
from tests.trust import TRUST

from .browser import ENDPOINT, Browser, bytes_of
from .sample import BROWSER, KEY, SETTINGS, WAKE

NOW = WAKE.until.timestamp() - 600


@pytest.fixture
async def way() -> AsyncIterator[WebPush]:
    """Give a way whose clock stands ten minutes before the end of all use."""
    async with httpx.AsyncClient(verify=TRUST) as client:
        yield WebPush(Settings.model_validate(SETTINGS), client, now=lambda: NOW)


async def sent(way: WebPush, **changes: Any) -> httpx.Request:
    """Wake somebody; return the request that left."""
    with respx.mock(using="httpx") as router:
        route = router.post(url__startswith="https://").respond(201, headers={"location": "/m/1"})
        await way.wake(replace(WAKE, **changes), key=KEY)
    request: httpx.Request = route.calls.last.request
    return request


def claims_of(authorization: str) -> dict[str, Any]:
    """Verify a VAPID header as a push service does (RFC 8292 section 4.2); return its claims."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    signed, _, signature = parts["t"].rpartition(".")
    raw = bytes_of(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(parts["k"]))
    point = utils.encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.verify(point, signed.encode(), ec.ECDSA(SHA256()))
    head, _, body = signed.partition(".")
    assert json.loads(bytes_of(head))["alg"] == "ES256"
    return dict(json.loads(bytes_of(body)))


async def test_only_the_browser_reads_what_is_sent(way: WebPush) -> None:
    """Title, text and link arrive, sealed; the service sees none of them."""
    request = await sent(way)
    assert json.loads(BROWSER.open(request.content)) == {
        "title": WAKE.title,
        "text": WAKE.text,
        "link": WAKE.link,
        "urgent": True,
    }
    assert b"r-abcdefghij" not in request.content + bytes(str(request.headers), "utf-8")
    assert str(request.url) == ENDPOINT


async def test_the_service_learns_how_long_and_how_urgent(way: WebPush) -> None:
    """TTL ends with the use of the message; Topic is the key's own and of the form of RFC 8030."""
    headers = (await sent(way)).headers
    assert (headers["ttl"], headers["urgency"], headers["content-encoding"]) == ("600", "high", "aes128gcm")
    assert len(headers["topic"]) == 32
    assert (await sent(way)).headers["topic"] == headers["topic"]
    assert (await sent(way, urgent=False)).headers["urgency"] == "normal"


async def test_what_is_of_no_more_use_is_not_kept(way: WebPush) -> None:
    """A TTL is never negative, and never longer than a day."""
    late = WAKE.until.fromtimestamp(NOW - 5, WAKE.until.tzinfo)
    far = WAKE.until.fromtimestamp(NOW + 10**7, WAKE.until.tzinfo)
    assert (await sent(way, until=late)).headers["ttl"] == "0"
    assert (await sent(way, until=far)).headers["ttl"] == "86400"


async def test_we_say_who_we_are(way: WebPush) -> None:
    """Signed by the key that browsers subscribe for, for this service alone, for half a day."""
    authorization = (await sent(way)).headers["authorization"]
    claims = claims_of(authorization)
    assert claims["aud"] == "https://updates.push.services.mozilla.com"
    assert NOW < claims["exp"] <= NOW + 24 * 3600
    assert claims["sub"] == SETTINGS["contact"]
    assert f"k={way.application_server_key}" in authorization
    forged = urlsafe_b64encode(bytes(64)).decode().rstrip("=")
    broken = authorization.replace(authorization.partition(",")[0].rpartition(".")[2], forged)
    with pytest.raises(InvalidSignature):
        claims_of(broken)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (404, Refused, "gone"),
        (410, Refused, "gone"),
        (400, Refused, "status_400"),
        (413, Refused, "status_413"),
        (401, NotAccepted, None),
        (403, NotAccepted, None),
        (429, Busy, None),
        (503, Busy, None),
        (200, Garbled, None),
    ],
)
async def test_what_the_answer_means(
    way: WebPush, status: int, kind: type[PartnerError], code: str | None
) -> None:
    """Gone is its own code: the contact ends with it."""
    with respx.mock(using="httpx") as router:
        router.post(ENDPOINT).respond(status, headers={"retry-after": "30"})
        with pytest.raises(kind) as refusal:
            await way.wake(WAKE, key=KEY)
    assert getattr(refusal.value, "code", None) == code
    assert getattr(refusal.value, "retry_after", 30) == 30


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://updates.push.services.mozilla.com/a",
        "https://push.services.mozilla.com/a",
        "https://updates.push.services.mozilla.com.evil.example/a",
        "https://push.apple.com/a",
        "https://evilpush.apple.com.example/a",
        "https://user@fcm.googleapis.com/a",
        "https://127.0.0.1/a",
        "https://fcm.googleapis.com:x/a",
        "//fcm.googleapis.com/a",
        "file:///etc/passwd",
        "https://[fcm.googleapis.com/a",
        "",
    ],
)
async def test_an_endpoint_elsewhere_is_not_spoken_to(way: WebPush, endpoint: str) -> None:
    """Browsers hand us endpoints: somebody could hand us any address."""
    address = Browser().address(endpoint)
    assert not way.reaches(address)
    with respx.mock(using="httpx"), pytest.raises(CannotConvey):
        await way.wake(replace(WAKE, to=address), key=KEY)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://web.push.apple.com/QA",
        "https://fcm.googleapis.com/fcm/send/a:b",
        "https://wns2-sg2p.notify.windows.com/w/?token=a",
        ENDPOINT,
    ],
)
def test_the_services_of_the_great_browsers_are(way: WebPush, endpoint: str) -> None:
    """As their endpoints look."""
    assert way.reaches(Browser().address(endpoint))


@pytest.mark.parametrize(
    "address", ["mailto:a@b.example", "tel:+62812000000", "push:", "push:{}", "push:\ud800"]
)
def test_other_addresses_are_another_ways(way: WebPush, address: str) -> None:
    """Nothing is raised for them either."""
    assert not way.reaches(address)


async def test_plain_http_is_for_this_machine_and_where_it_is_allowed() -> None:
    """The demo's push service is the sandbox."""
    address = Browser().address("http://127.0.0.1:9000/push/1")
    async with httpx.AsyncClient(verify=TRUST) as client:
        here = Settings.model_validate(SETTINGS | {"services": ["127.0.0.1"]})
        assert WebPush(here, client).reaches(address)
        assert not WebPush(Settings.model_validate(SETTINGS), client).reaches(address)


async def test_keys_that_are_none_cannot_be_sealed_for(way: WebPush) -> None:
    """A subscription is as hostile as any input."""
    told = {"endpoint": ENDPOINT, "keys": {"p256dh": "AAAA", "auth": "AAAA"}}
    with pytest.raises(CannotConvey):
        await way.wake(replace(WAKE, to="push:" + json.dumps(told)), key=KEY)
