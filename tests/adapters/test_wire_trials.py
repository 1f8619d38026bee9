"""What is tried on a partner's endpoint: one that refuses every false proof, and ones that do not."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook as Oracle
from standardwebhooks.webhooks import WebhookVerificationError

from contracts import Busy, NotKept, OffersTrials, PartnerError
from tests.adapters.test_conformance import adapter, sample

KINDS = ["police", "webhook"]
NAMES = ["signature.missing", "signature.wrong", "signature.old", "signature.body"]


async def tried(kind: str, answer: Callable[[httpx.Request], httpx.Response]) -> dict[str, str | None]:
    """Try everything on *answer*; return what went wrong with each trial."""
    found: dict[str, str | None] = {}
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        settings = adapter(kind).settings.model_validate(sample(kind).SETTINGS)
        port: Any = adapter(kind).connect(settings, client)
        assert isinstance(port, OffersTrials)
        for trial in port.conformance():
            try:
                found[trial.name] = None if await trial.run() else "nothing said"
            except NotKept as instead:
                found[trial.name] = str(instead)
    return found


def careful(kind: str) -> Callable[[httpx.Request], httpx.Response]:
    """Return an endpoint that believes what the partners' library believes."""

    def answer(request: httpx.Request) -> httpx.Response:
        try:
            Oracle(sample(kind).SETTINGS["secret"]).verify(request.content, dict(request.headers))
        except WebhookVerificationError:
            return httpx.Response(401)
        return httpx.Response(202)

    return answer


@pytest.mark.parametrize("kind", KINDS)
def test_a_careful_endpoint_keeps_every_promise(kind: str) -> None:
    """Nothing is wrong with it."""
    assert asyncio.run(tried(kind, careful(kind))) == dict.fromkeys(NAMES)


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_believes_anything_keeps_none(kind: str) -> None:
    """Each says so; what it was sent was a test of a drill."""
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.content)
        return httpx.Response(202)

    found = asyncio.run(tried(kind, answer))
    assert found == dict.fromkeys(NAMES, "it was taken: status 202")
    told = [json.loads(body) for body in sent]
    assert all(body.get("drill") or body["distributionStatus"] == "Test" for body in told)


@pytest.mark.parametrize("kind", KINDS)
async def test_one_in_trouble_has_shown_nothing(kind: str) -> None:
    """Neither kept nor broken: the fault is told."""
    with pytest.raises(Busy):
        await tried(kind, lambda _: httpx.Response(503))


@pytest.mark.parametrize("kind", KINDS)
async def test_one_that_is_not_there_refuses_nothing(kind: str) -> None:
    """A 404 answers everybody alike."""
    with pytest.raises(PartnerError):
        await tried(kind, lambda _: httpx.Response(404))
