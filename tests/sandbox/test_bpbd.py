"""The simulated BPBD over a real socket: what it takes, what it refuses, what it says back."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from adapters.bpbd import ADAPTER
from adapters.bpbd.receipts import receipts_of
from adapters.bpbd.settings import Settings
from adapters.bpbd.translate import message_of
from adapters.cap.build import build
from adapters.wire_signing import Signer
from contracts import (
    Alert,
    AlertKind,
    Busy,
    Earlier,
    OffersTrials,
    PartnerError,
    Progress,
    Receipt,
    Refused,
    TakesAlerts,
)
from sandbox.bpbd.station import SECRET
from tests.adapters.bpbd import sample
from tests.adapters.cap.oracle import takes
from tests.sandbox.conftest import trouble
from tests.trust import TRUST

CAP = {"Content-Type": "application/cap+xml"}
FIRST = "n-aaaaaaaaaaaaa"


@pytest.fixture
def bpbd(sandbox: httpx.Client) -> Iterator[httpx.Client]:
    """The sandbox; BPBD is as at the start afterwards."""
    yield sandbox
    sandbox.delete("/door/bpbd/habits").raise_for_status()


def settings_of(client: httpx.Client) -> Settings:
    """Return what the adapter needs to speak to it."""
    told = sample.SETTINGS | {"cap_url": f"{client.base_url}/bpbd/cap", "secret": SECRET}
    return Settings.model_validate(told)


def alert(number: int = 1, **changes: Any) -> Alert:
    """Return an alert of now."""
    at = datetime.now(UTC)
    named = {
        "id": FIRST,
        "number": number,
        "sequence": 1,
        "sent_at": at,
        "expires_at": at + timedelta(hours=1),
    }
    return replace(sample.ALERT, **(named | changes))


def update_of(first: Alert, **changes: Any) -> Alert:
    """Return the next picture."""
    named = {"id": "n-bbbbbbbbbbbbb", "kind": AlertKind.UPDATE, "sequence": 2, "number": first.number + 1}
    return replace(first, **(named | {"replaces": (Earlier(first.id, first.sent_at),)} | changes))


def told(client: httpx.Client, *alerts: Alert, timeout_s: float = 5) -> list[tuple[Receipt, ...]]:
    """Tell BPBD by the real adapter; return the receipts of each answer."""

    async def tell() -> list[tuple[Receipt, ...]]:
        async with httpx.AsyncClient(trust_env=False, verify=TRUST, timeout=timeout_s) as http:
            port = ADAPTER.connect(settings_of(client), http)
            assert isinstance(port, TakesAlerts)
            return [(await port.convey_alert(each, key=each.id)).receipts for each in alerts]

    return asyncio.run(tell())


def raw(client: httpx.Client, body: bytes, message: str = FIRST, secret: str = SECRET) -> httpx.Response:
    """Post bytes of our own, well signed."""
    signer = Signer(Settings.model_validate(sample.SETTINGS | {"secret": secret}).secret)
    return client.post("/bpbd/cap", content=body, headers=CAP | signer.headers(message, body))


def written(one: Alert) -> bytes:
    """Return it as the adapter writes it."""
    profile = Settings.model_validate(sample.SETTINGS).profile()
    return build(message_of(one, profile))


def received(client: httpx.Client) -> dict[str, Any]:
    """Return what the door shows."""
    shown: dict[str, Any] = client.get("/door/bpbd/received").raise_for_status().json()
    return shown


def test_it_takes_a_message_once_however_often_it_comes(bpbd: httpx.Client) -> None:
    """A bare Ack for the first, the same for the repeat."""
    one = alert()
    first, again = told(bpbd, one, one)
    assert [each.progress for each in (*first, *again)] == [Progress.RECEIVED] * 2
    (kept,) = received(bpbd)["messages"]
    assert (kept["id"], kept["attempts"], kept["incident"]) == (FIRST, 2, one.incident)


def test_every_kind_is_taken(bpbd: httpx.Client) -> None:
    """Alert, update, closing, drill, digest, test, sign of life."""
    one = alert()
    two = update_of(one)
    later = {"sent_at": one.sent_at, "expires_at": one.expires_at}
    every = [replace(sample.EVERY[name], **later) for name in ("drill", "digest", "test", "heartbeat")]
    closed = update_of(two, id="n-ccccccccccccc", sequence=3, kind=AlertKind.CLOSED)
    every = [replace(each, incident=each.incident and "i-other") for each in every]
    told(bpbd, one, two, closed, *every)
    assert {each["kind"] for each in received(bpbd)["messages"]} == {
        *("alert", "update", "closed", "digest", "test", "heartbeat"),
    }


def test_what_does_not_follow_is_refused(bpbd: httpx.Client) -> None:
    """A reference to what never came, a picture older than the one that is here, another text of one name."""
    one = alert()
    told(bpbd, one)
    for wrong, code in (
        (update_of(one, replaces=(Earlier("n-never", one.sent_at),)), "unknown_reference"),
        (update_of(one, incident="i-another"), "unknown_reference"),
        (update_of(one, sequence=1), "out_of_order"),
        (replace(one, narrative="lain"), "id_reused"),
    ):
        with pytest.raises(Refused) as refusal:
            told(bpbd, wrong)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<scope>Private", b"<scope>Public", "profile"),
        (b"gerbang-bpbd-1", b"other", "profile"),
        (b"Air setinggi", b"1571015203909901", "profile"),
        (b"<status>Actual", b"<status>actual", "schema"),
        (b"<sent>", b"<sent>x", "schema"),
        (b"<alert ", b"<!DOCTYPE alert><alert ", "schema"),
        (b"</alert>", b"", "schema"),
        (b"cap:1.2", b"cap:1.1", "schema"),
    ],
)
def test_what_is_no_message_of_the_profile_is_refused(
    bpbd: httpx.Client, old: bytes, new: bytes, code: str
) -> None:
    """With an Error that is valid CAP itself."""
    answer = raw(bpbd, written(alert()).replace(old, new))
    assert answer.status_code in (400, 422)
    assert takes(answer.content)
    assert f"<value>{code}</value>" in answer.text
    assert received(bpbd)["refused"] == {code: 1}


def test_what_is_over_is_refused(bpbd: httpx.Client) -> None:
    """It came too late to be of use."""
    past = datetime.now(UTC) - timedelta(hours=2)
    answer = raw(bpbd, written(alert(sent_at=past, expires_at=past + timedelta(minutes=1))))
    assert "<value>expired</value>" in answer.text


def test_a_wrong_signature_is_refused(bpbd: httpx.Client) -> None:
    """Until it believes that secret as well."""
    body, other = written(alert()), sample.SECRET
    assert raw(bpbd, body, secret=other).status_code == 401
    bpbd.put("/door/bpbd/secrets", json={"secrets": [SECRET, other]}).raise_for_status()
    assert raw(bpbd, body, secret=other).status_code == 202
    assert bpbd.post("/bpbd/cap", content=body, headers=CAP).status_code == 401
    assert bpbd.post("/bpbd/cap", content=body).status_code == 415


def test_until_it_has_a_system_nothing_is_there(bpbd: httpx.Client) -> None:
    """As on the first day."""
    bpbd.put("/door/bpbd/habits", json={"has_system": False}).raise_for_status()
    with pytest.raises(Refused) as refusal:
        told(bpbd, alert())
    assert refusal.value.code == "status_404"


@pytest.mark.parametrize("mode", ["hang", "refuse", "reset_after", "503", "html", "garbage", "cut"])
def test_trouble_at_the_door(bpbd: httpx.Client, mode: str) -> None:
    """Each ends in an error with a name."""
    trouble(bpbd, "bpbd", mode)
    with pytest.raises(PartnerError) as failed:
        told(bpbd, alert(), timeout_s=0.5)
    assert isinstance(failed.value, Busy) == (mode == "503")


class Ear:
    """Somebody who takes Acks as 112 does."""

    def __init__(self) -> None:
        heard = self.heard = list[tuple[str, bytes]]()

        class _Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                heard.append((f"{self.headers['authorization']} {self.headers['content-type']}", body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/callbacks/bpbd/receipts"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, count: int) -> list[Receipt]:
        """Return what was said once *count* Acks are here."""
        until = time.monotonic() + 5
        while len(self.heard) < count and time.monotonic() < until:
            time.sleep(0.02)
        receipts = [receipts_of(body, sender=sample.SETTINGS["sender"]) for _, body in self.heard]
        return [each for (each,) in receipts]

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    """An address for Acks."""
    listening = Ear()
    yield listening
    listening.close()


def test_its_officer_answers(bpbd: httpx.Client, ear: Ear) -> None:
    """Read, accepted, with a name and a number; valid CAP with our key."""
    habits = {"officer": "accepts", "after_s": 0.05}
    bpbd.put("/door/bpbd/habits", json=habits).raise_for_status()
    bpbd.put("/door/bpbd/callback", json={"token": "gb_contoh", "url": ear.url}).raise_for_status()
    told(bpbd, alert(number=7))
    read, accepted = ear.wait_for(2)
    assert [read.progress, accepted.progress] == [Progress.READ, Progress.ACCEPTED]
    assert accepted.is_human
    assert accepted.reference == "PUSDALOPS/CONTOH/7"
    assert ear.heard[0][0] == "Bearer gb_contoh application/cap+xml"
    assert all(takes(body) for _, body in ear.heard)


def test_it_says_what_it_is_told_to_say(bpbd: httpx.Client, ear: Ear) -> None:
    """One step by the door, also by nobody in particular."""
    bpbd.put("/door/bpbd/callback", json={"token": "gb_contoh", "url": ear.url}).raise_for_status()
    told(bpbd, alert())
    for step in ({"step": "refused", "reason": "bukan wilayah kami"}, {"step": "read", "named": False}):
        bpbd.post(f"/door/bpbd/{FIRST}", json=step).raise_for_status()
    refused, read = ear.wait_for(2)
    assert (refused.progress, refused.reason) == (Progress.REFUSED, "bukan wilayah kami")
    assert not read.is_human
    assert bpbd.post(f"/door/bpbd/{FIRST}", json={"step": "flown"}).status_code == 422
    assert bpbd.post("/door/bpbd/n-never", json={"step": "read"}).status_code == 422


def test_gaps_are_shown(bpbd: httpx.Client) -> None:
    """Numbers that never came."""
    told(bpbd, alert(number=3), alert(number=6, id="n-ddddddddddddd", incident="i-other"))
    assert received(bpbd)["gaps"] == [4, 5]


def test_it_keeps_what_the_profile_promises(bpbd: httpx.Client) -> None:
    """Each trial of `gerbang partners check`; a receiver that takes anything fails them."""

    async def tried() -> dict[str, str | None]:
        async with httpx.AsyncClient(trust_env=False, verify=TRUST) as http:
            port = ADAPTER.connect(settings_of(bpbd), http)
            assert isinstance(port, OffersTrials)
            return {trial.name: await trial.run() for trial in port.conformance()}

    found = asyncio.run(tried())
    assert found["cap.doctype"] == "status 400"
    assert found["cap.references"] == "status 422"
    assert {name.partition(".")[0] for name in found} == {"signature", "cap"}
