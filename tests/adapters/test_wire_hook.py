"""One signed POST, and what the status of the answer alone says."""

from collections.abc import AsyncIterator

import httpx
import pytest
import respx
from pydantic import SecretStr

from adapters.wire_hook import CONFLICT, Hook
from adapters.wire_signing import Signer
from contracts import Busy, CannotConvey, Garbled, NoAnswer, NotAccepted, PartnerError, Refused
from tests.trust import TRUST

from .webhook.sample import SECRET

URL = "https://damkar.example/hook?token=synthetic"
BODY = b'{"id": "n-1"}'


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    """Give a partner's address."""
    async with httpx.AsyncClient(verify=TRUST) as client:
        yield Hook(client, URL, Signer(SecretStr(SECRET)), headers={"WebHook-Request-Origin": "112"})


async def test_it_sends_these_very_bytes_signed(hook: Hook) -> None:
    """What was signed is what leaves; the checkpoint only where there is one."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202)
        await hook.post("n-1", BODY)
        await hook.post("n-1", BODY, anchor="gerbang 7 abc")
    plain, anchored = (call.request for call in route.calls)
    assert plain.content == anchored.content == BODY
    assert plain.headers["content-type"] == "application/json"
    assert plain.headers["webhook-request-origin"] == "112"
    assert plain.headers["webhook-signature"].startswith("v1,")
    assert "gerbang-audit-checkpoint" not in plain.headers
    assert anchored.headers["gerbang-audit-checkpoint"] == "gerbang 7 abc"


@pytest.mark.parametrize("anchor", ["", "gerbang\n7\nabc", "gerbang 7 abc\r\nX: y", "— gerbang"])
async def test_a_checkpoint_that_fits_no_header_holds_nothing_back(hook: Hook, anchor: str) -> None:
    """The message goes without it."""
    with respx.mock(using="httpx") as router:
        route = router.post(URL).respond(202)
        await hook.post("n-1", BODY, anchor=anchor)
    assert "gerbang-audit-checkpoint" not in route.calls.last.request.headers


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, CONFLICT])
async def test_taken_and_conflict_are_the_adapters_to_read(hook: Hook, status: int) -> None:
    """The answer comes back as it is."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(status, content=b"ok")
        assert (await hook.post("n-1", BODY)).status_code == status


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (301, Garbled, None),
        (307, Garbled, None),
        (400, Refused, "status_400"),
        (401, NotAccepted, None),
        (403, NotAccepted, None),
        (404, Refused, "status_404"),
        (408, NoAnswer, None),
        (410, Refused, "gone"),
        (413, CannotConvey, None),
        (415, CannotConvey, None),
        (422, Refused, "status_422"),
        (429, Busy, None),
        (500, NoAnswer, None),
        (501, NoAnswer, None),
        (502, Busy, None),
        (503, Busy, None),
        (504, Busy, None),
    ],
)
async def test_what_a_status_means(
    hook: Hook, status: int, kind: type[PartnerError], code: str | None
) -> None:
    """Nothing of the address, the secret or the partner's words is told."""
    headers = {"retry-after": "40", "location": "https://elsewhere.example/"}
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(status, headers=headers, text="Budi +6281200000001")
        with pytest.raises(kind) as refusal:
            await hook.post("n-1", BODY)
    assert getattr(refusal.value, "code", None) == code
    assert getattr(refusal.value, "retry_after", 40) == 40
    assert not [word for word in ("Budi", "synthetic", SECRET) if word in f"{refusal.value!r}"]


async def test_an_adapter_may_know_more_of_a_refusal(hook: Hook) -> None:
    """The code from the body, or the status where there is none."""
    with respx.mock(using="httpx") as router:
        router.post(URL).respond(422, content=b"EXPIRED")
        for code, expected in (("expired", "expired"), (None, "status_422")):
            with pytest.raises(Refused) as refusal:
                await hook.post("n-1", BODY, refusal=lambda _, code=code: code)
            assert refusal.value.code == expected


async def test_the_librarys_error_is_left_behind(hook: Hook) -> None:
    """It names the address, and a token may stand in it."""
    with respx.mock(using="httpx") as router:
        router.post(URL).mock(side_effect=httpx.ReadTimeout(URL))
        with pytest.raises(NoAnswer) as fault:
            await hook.post("n-1", BODY)
    assert fault.value.__cause__ is None
    assert fault.value.__suppress_context__
