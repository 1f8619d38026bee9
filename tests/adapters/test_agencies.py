"""Both sides were written apart from one contract: the adapters and the agencies of the sandbox agree."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from adapters.police import ADAPTER as POLICE
from adapters.webhook import ADAPTER as WEBHOOK
from contracts import (
    Alert,
    AlertKind,
    Busy,
    Conveyed,
    Garbled,
    NoAnswer,
    NotAccepted,
    Progress,
    Refused,
)
from tests.gateway.partners.servers import answer, ours, serving
from tests.sandbox.conftest import end, start_sandbox, trouble
from tests.trust import TRUST

from .police.sample import EVERY_KIND
from .webhook.sample import CHANGE, OTHER_SECRET

DESKS = ("polresta-jambi", "damkar")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a sandbox; it must not complain of anything."""
    process, address = start_sandbox("--still")
    yield address
    assert end(process) == ""


@pytest.fixture
def door(url: str) -> Iterator[httpx.Client]:
    """A client of the sandbox; afterwards every agency is as at the start."""
    with httpx.Client(base_url=url, timeout=10, trust_env=False, verify=TRUST) as client:
        yield client
        client.delete("/door/agencies").raise_for_status()
        client.delete("/door").raise_for_status()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A partner's client as the gateway makes it."""
    async with ours(answer_cap=100_000) as client:
        yield client


def wish(door: httpx.Client, path: str, **more: Any) -> None:
    """Ask something of an agency at the door."""
    door.put(f"/door/agencies/{path}", json=more).raise_for_status()


def row_of(door: httpx.Client, name: str) -> dict[str, Any]:
    """Return what the door says of an agency."""
    row: dict[str, Any] = door.get("/door/agencies").json()[name]
    return row


def connected(door: httpx.Client, http: httpx.AsyncClient, name: str, **more: Any) -> Any:
    """Return the partner, by what the door says of it."""
    row = row_of(door, name)
    address, secret = f"{door.base_url}".rstrip("/") + row["path"], row["secret"]
    if row["kind"] == "police":
        settings: dict[str, Any] = {"handover_url": address, "secret": secret, "recipient": name}
        return POLICE.connect(POLICE.settings.model_validate(settings | more), http)
    return WEBHOOK.connect(
        WEBHOOK.settings.model_validate({"hook_url": address, "secret": secret} | more), http
    )


def fresh(alert: Alert) -> Alert:
    """Return it as sent now."""
    now = datetime.now(UTC)
    return replace(alert, sent_at=now, expires_at=now + timedelta(hours=1))


def received(door: httpx.Client, name: str) -> list[dict[str, Any]]:
    """Return what arrived."""
    arrived: list[dict[str, Any]] = door.get(f"/door/agencies/{name}/received").json()["received"]
    return arrived


@pytest.mark.parametrize("name", DESKS)
async def test_every_kind_is_taken_once(door: httpx.Client, http: httpx.AsyncClient, name: str) -> None:
    """Alert, update, end, error, digest, test and heartbeat, each sent twice and kept once."""
    port = connected(door, http, name)
    for alert in map(fresh, EVERY_KIND):
        for _ in range(2):
            conveyed = await port.convey_alert(alert, key=alert.id)
            assert [each.progress for each in conveyed.receipts] == [Progress.RECEIVED]
    arrived = received(door, name)
    assert [each["id"] for each in arrived] == [alert.id for alert in EVERY_KIND]
    assert {each["attempts"] for each in arrived} == {2}
    assert [each["number"] for each in arrived] == [alert.number for alert in EVERY_KIND]


@pytest.mark.parametrize("name", DESKS)
async def test_a_repeat_that_is_a_conflict_means_taken(
    door: httpx.Client, http: httpx.AsyncClient, name: str
) -> None:
    """Where the agency's system says 409."""
    wish(door, name, repeats="conflict")
    port, alert = connected(door, http, name), fresh(EVERY_KIND[0])
    await port.convey_alert(alert, key=alert.id)
    assert await port.convey_alert(alert, key=alert.id) == Conveyed()


@pytest.mark.parametrize("name", DESKS)
async def test_secrets_change_one_side_after_the_other(
    door: httpx.Client, http: httpx.AsyncClient, name: str
) -> None:
    """First we sign with both, then they know the new one only, then we do."""
    old = row_of(door, name)["secret"]
    alerts = iter(fresh(replace(alert, incident=alert.id)) for alert in EVERY_KIND)
    both = connected(door, http, name, secret=f"{OTHER_SECRET} {old}")
    await both.convey_alert(alert := next(alerts), key=alert.id)
    wish(door, f"{name}/secrets", secrets=[OTHER_SECRET])
    await both.convey_alert(alert := next(alerts), key=alert.id)
    await connected(door, http, name, secret=OTHER_SECRET).convey_alert(alert := next(alerts), key=alert.id)
    with pytest.raises(NotAccepted):
        await connected(door, http, name).convey_alert(alert := next(alerts), key=alert.id)


@pytest.mark.parametrize(
    ("mode", "kind", "kept"),
    [
        ("refuse", NoAnswer, 0),
        ("reset_after", NoAnswer, 1),
        ("503", Busy, 0),
        ("429", Busy, 0),
        ("500_html", NoAnswer, 0),
        ("redirect", Garbled, 0),
        ("unauthorized", NotAccepted, 0),
    ],
)
@pytest.mark.parametrize("name", DESKS)
async def test_trouble_has_its_name(
    door: httpx.Client, http: httpx.AsyncClient, name: str, mode: str, kind: type[Exception], kept: int
) -> None:
    """And the attempt after it finds one copy."""
    port, alert = connected(door, http, name), fresh(EVERY_KIND[0])
    trouble(door, name, mode, times=1)
    with pytest.raises(kind):
        await port.convey_alert(alert, key=alert.id)
    assert len(received(door, name)) == kept
    await port.convey_alert(alert, key=alert.id)
    assert [each["attempts"] for each in received(door, name)] == [1 + kept]


@pytest.mark.parametrize("mode", ["wrong_words", "html", "garbage", "empty", "huge"])
async def test_words_nobody_agreed_on(door: httpx.Client, http: httpx.AsyncClient, mode: str) -> None:
    """The police must say it in the contract's; a webhook's status is enough, but for a page or a flood."""
    alert = fresh(EVERY_KIND[0])
    for name in DESKS:
        trouble(door, name, mode, times=1)
    with pytest.raises(Garbled):
        await connected(door, http, "polresta-jambi").convey_alert(alert, key=alert.id)
    damkar = connected(door, http, "damkar")
    if mode in ("html", "huge"):
        with pytest.raises(Garbled, match=r"page|too_long"):
            await damkar.convey_alert(alert, key=alert.id)
    else:
        assert await damkar.convey_alert(alert, key=alert.id) == Conveyed()


async def test_the_police_say_why_not(door: httpx.Client, http: httpx.AsyncClient) -> None:
    """Expired, for another, older than what they have."""
    port, alert = connected(door, http, "polresta-jambi"), fresh(EVERY_KIND[1])
    other = connected(door, http, "polresta-jambi", recipient="polda-jambi")
    await port.convey_alert(alert, key=alert.id)
    late = replace(alert, id="n-late", sent_at=EVERY_KIND[0].sent_at, expires_at=EVERY_KIND[0].expires_at)
    for way, wrong, code in (
        (port, replace(alert, id="n-older", sequence=1), "wrong_sequence"),
        (other, replace(alert, id="n-other"), "not_for_us"),
        (port, late, "expired"),
    ):
        with pytest.raises(Refused) as refusal:
            await way.convey_alert(wrong, key=wrong.id)
        assert refusal.value.code == code


@pytest.mark.parametrize(("handshake", "welcome"), [("grant", True), ("unknown", True), ("refuse", False)])
async def test_the_handshake(
    door: httpx.Client, http: httpx.AsyncClient, handshake: str, welcome: bool
) -> None:
    """Before a test message."""
    wish(door, "damkar", handshake=handshake)
    port, alert = connected(door, http, "damkar"), fresh(replace(EVERY_KIND[4], id=f"n-{handshake}"))
    assert alert.kind is AlertKind.TEST
    if welcome:
        await port.convey_alert(alert, key=alert.id)
    else:
        with pytest.raises(Refused, match="origin_refused"):
            await port.convey_alert(alert, key=alert.id)
    assert len(received(door, "damkar")) == welcome


async def test_a_dispatch_system_follows(door: httpx.Client, http: httpx.AsyncClient) -> None:
    """Whole, or thin where the agreement says so."""
    now = datetime.now(UTC)
    whole = replace(CHANGE, sent_at=now, expires_at=now + timedelta(hours=1))
    thin = {"thin": True, "fetch_from": "https://gerbang.example/v1/inbox"}
    await connected(door, http, "dispatch").convey_change(whole, key=whole.id)
    second = replace(whole, id="n-second", number=19)
    await connected(door, http, "dispatch", **thin).convey_change(second, key=second.id)
    first, last = received(door, "dispatch")
    assert (first["kind"], first["about"]) == ("incident_changed", CHANGE.about)
    assert first["body"]["data"]["incident"] == dict(CHANGE.data)
    assert last["body"]["data"] == {"number": 19, "topic": "incident", "about": CHANGE.about}


@pytest.mark.parametrize("name", DESKS)
async def test_they_keep_what_partners_check_asks_for(
    door: httpx.Client, http: httpx.AsyncClient, name: str
) -> None:
    """No signature, another's, an old one, a changed body: each refused, none kept."""
    said = [await trial.run() for trial in connected(door, http, name).conformance()]
    assert said == ["status 401"] * 4
    assert received(door, name) == []


async def test_the_police_answer_step_by_step(door: httpx.Client, http: httpx.AsyncClient) -> None:
    """What their system sends, the adapter reads."""
    police, alert = connected(door, http, "polresta-jambi"), fresh(EVERY_KIND[0])
    await police.convey_alert(alert, key=alert.id)
    async with serving(answer(b"{}")) as centre:
        callback = {"token": "rahasia-contoh", "url": centre.url}
        async with httpx.AsyncClient(base_url=door.base_url, trust_env=False, verify=TRUST) as own:
            (await own.put("/door/agencies/polresta-jambi/callback", json=callback)).raise_for_status()
            for step in ("integrated", "read", "refused", "closed"):
                told = {"step": step, "report": "LP/7" if step == "closed" else None}
                await own.post(f"/door/agencies/polresta-jambi/{alert.id}", json=told)
    heard = [(line.header("content-type"), line.body) for line in centre.lines]
    (receipts,) = zip(*(police.read_receipts(*each) for each in heard), strict=True)
    assert [each.progress for each in receipts] == [
        Progress.INTEGRATED,
        Progress.READ,
        Progress.REFUSED,
        Progress.CLOSED,
    ]
    assert [each.is_human for each in receipts] == [False, True, True, True]
    assert {each.alert for each in receipts} == {alert.id}
    assert (receipts[-1].by, receipts[-1].post, receipts[-1].reference) == (
        "Bripka Andi Contoh",
        "Piket SPKT",
        "LP/7",
    )
