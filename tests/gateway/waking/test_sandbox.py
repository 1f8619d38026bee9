"""The whole way against the sandbox, which opens and checks what it gets by code of its own."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.db import Database
from gateway.partners.kinds import find
from gateway.waking import store
from tests.adapters.webpush.sample import SETTINGS
from tests.gateway.gate import Notebook
from tests.running import Sandbox
from tests.trust import TRUST

from .conftest import HEAD, NUMBER, TELEPHONE, Office, partner_of


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run it."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
async def office(started: tuple[Database, Notebook], sandbox: Sandbox) -> AsyncIterator[Office]:
    """Give a room with both kinds of way, as the demo has them."""
    texts = {"dialect": "http", "send_url": f"{sandbox.url}/sms/send", "token": "demo-sms"}
    push = SETTINGS | {"services": ["127.0.0.1"]}
    async with httpx.AsyncClient(trust_env=False, verify=TRUST) as client:
        ports = [
            find(kind).connect(find(kind).settings.model_validate(settings), client)
            for kind, settings in (("message", texts), ("webpush", push))
        ]
        yield Office(*started, [partner_of(port, f"way-{number}") for number, port in enumerate(ports)])
    forget(sandbox, "messages")


def shown(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Return what has arrived."""
    answer = httpx.get(f"{sandbox.url}/door/messages", trust_env=False, verify=TRUST).raise_for_status()
    return list(answer.json()["messages"])


def forget(sandbox: Sandbox, what: str) -> None:
    """Have the sandbox forget messages, or end a browser's subscription."""
    httpx.delete(f"{sandbox.url}/door/{what}", trust_env=False, verify=TRUST).raise_for_status()


def subscription(sandbox: Sandbox, key: str | None) -> dict[str, Any]:
    """Have a browser of the sandbox subscribe for *key*."""
    answer = httpx.post(
        f"{sandbox.url}/door/push", json={"applicationServerKey": key}, trust_env=False, verify=TRUST
    )
    return dict(answer.raise_for_status().json())


async def test_a_text_arrives(office: Office, sandbox: Sandbox) -> None:
    """With the link, under the wake's own reference."""
    await office.has(TELEPHONE)
    await office.plan(HEAD)
    await office.sweep()
    (row,) = await office.rows()
    (message,) = shown(sandbox)
    assert (row.state, message["reference"], message["to"]) == (store.TAKEN, row.id, "+6281200000001")
    assert f"https://gerbang.example/rujukan/{NUMBER}" in message["text"]


async def test_a_push_arrives_and_can_be_read(office: Office, sandbox: Sandbox) -> None:
    """Signed by the key the browser subscribed for, sealed for it alone."""
    browser = subscription(sandbox, office.room.ways.push_key)
    await office.has("push:" + json.dumps(browser))
    await office.plan(HEAD, urgent=True)
    await office.sweep()
    (row,) = await office.rows()
    (message,) = shown(sandbox)
    assert (row.state, message["readable"], message["urgency"]) == (store.TAKEN, True, "high")
    assert json.loads(message["text"])["link"].endswith(NUMBER)


async def test_a_browser_that_has_unsubscribed_is_gone(office: Office, sandbox: Sandbox) -> None:
    """410 ends the contact."""
    browser = subscription(sandbox, office.room.ways.push_key)
    forget(sandbox, f"push/{browser['id']}")
    await office.has("push:" + json.dumps(browser))
    await office.plan(HEAD)
    await office.sweep()
    assert [row.state for row in await office.rows()] == [store.GONE]
    assert await office.plan(HEAD) == 0


def test_the_kinds_are_found_by_their_folders() -> None:
    """As partners.toml names them."""
    folders = Path(__file__).parents[3] / "adapters"
    assert all((folders / kind / "card.toml").exists() and find(kind) for kind in ("message", "webpush"))
