"""An agency's officer answers, seconds later or on command, in its system's words, with the key it has."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.sandbox.referring import until
from tests.sandbox.telling import DAMKAR, POLICE, Json, Told, case, event, new_id


class Centre(ThreadingHTTPServer):
    """112's address for receipts: notes what it is told; answers 503 to the first *deaf* attempts."""

    def __init__(self, deaf: int) -> None:
        super().__init__(("127.0.0.1", 0), _Heard)
        self.deaf = deaf
        self.attempts: list[tuple[str, str, Json]] = []
        self.media_types: set[str] = set()

    @property
    def url(self) -> str:
        """Where receipts go."""
        return f"http://127.0.0.1:{self.server_port}/receipts"

    def told(self) -> list[Json]:
        """Return the bodies."""
        return [body for _, _, body in self.attempts]


class _Heard(BaseHTTPRequestHandler):
    server: Centre

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.attempts.append((self.path, self.headers["authorization"], body))
        self.server.media_types.add(self.headers["content-type"])
        self.send_response(503 if len(self.server.attempts) <= self.server.deaf else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Say nothing."""


@pytest.fixture
def centre(request: pytest.FixtureRequest) -> Iterator[Centre]:
    """A server on loopback, deaf to as many attempts as the parameter says."""
    server = Centre(getattr(request, "param", 0))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def damkar(sandbox: httpx.Client, centre: Centre) -> Iterator[Told]:
    """The fire brigade, with a key to tell 112; it says nothing by itself."""
    yield from _telling(Told(sandbox, DAMKAR))


@pytest.fixture
def police(sandbox: httpx.Client, centre: Centre) -> Iterator[Told]:
    """The police, as above."""
    yield from _telling(Told(sandbox, POLICE))


def _telling(agency: Told) -> Iterator[Told]:
    agency.behave(officer="silent")
    agency.client.put(f"{agency.door}/callback", json={"token": "rahasia-contoh"}).raise_for_status()
    yield agency
    agency.client.delete("/door/agencies").raise_for_status()


def alert(agency: Told, centre: Centre, **more: Any) -> str:
    """Tell of a fire; return the message's id."""
    message = new_id()
    agency.tell(message, event(message, reply_to=centre.url, **more)).raise_for_status()
    return message


def handed_over(agency: Told, centre: Centre, **more: Any) -> str:
    """Hand a case over; return the message's id."""
    message = new_id()
    envelope = case(message, case_id=message, **more)
    envelope["content"]["replyTo"] = centre.url
    agency.tell(message, envelope).raise_for_status()
    return message


@pytest.mark.parametrize(
    ("officer", "states"),
    [
        ("machine", ["received", "integrated"]),
        ("reads", ["read"]),
        ("accepts", ["read", "accepted"]),
        ("refuses", ["read", "refused"]),
        ("handles", ["read", "accepted", "dispatched", "on_scene", "closed"]),
    ],
)
def test_the_officer_follows_the_script(
    damkar: Told, centre: Centre, officer: str, states: list[str]
) -> None:
    """One step after the other, to where the message said, with the agency's key."""
    damkar.behave(officer=officer, after_s=0.02, reason="armada penuh")
    message = alert(damkar, centre)
    until(lambda: [told["state"] for told in centre.told()], states)
    assert {told["id"] for told in centre.told()} == {message}
    assert {token for _, token, _ in centre.attempts} == {"Bearer rahasia-contoh"}
    named = {(told.get("by"), told.get("post")) for told in centre.told()}
    assert named == {(None, None) if officer == "machine" else ("Sari Contoh", "Pos Utama")}
    until(lambda: damkar.received()["callback"], {"delivered": len(states), "failed": 0})


def test_the_police_say_it_in_their_words(police: Told, centre: Centre) -> None:
    """Envelopes of kind Ack, the police report's number with the end of the case."""
    police.behave(officer="handles", after_s=0.02)
    message = handed_over(police, centre)
    until(lambda: len(centre.told()), 5)
    acks = [told["content"]["ack"] for told in centre.told()]
    assert [ack["step"] for ack in acks] == ["READ", "ACCEPTED", "DISPATCHED", "ONSCENE", "CLOSED"]
    assert {ack["distributionID"] for ack in acks} == {f"id.jambi.112_{message}"}
    assert acks[0]["officer"] == {"name": "Andi Contoh", "rank": "Bripka", "unit": "Piket SPKT"}
    assert (acks[-1]["policeReportNumber"], acks[-1]["disposition"]) == ("LP/1/CONTOH", "HANDLED")
    assert {told["senderID"] for told in centre.told()} == {POLICE}
    assert centre.media_types == {"application/vnd.gerbang.handover+json"}
    assert len({told["distributionID"] for told in centre.told()}) == 5


def test_a_repeat_is_answered_once(damkar: Told, centre: Centre) -> None:
    """The officer saw one message."""
    damkar.behave(officer="reads", after_s=0.02)
    message = alert(damkar, centre)
    damkar.tell(message, event(message, reply_to=centre.url)).raise_for_status()
    until(lambda: len(centre.told()), 1)
    assert damkar.received()["duplicates"] == 1
    alert(damkar, centre)
    until(lambda: len(centre.told()), 2)


def test_what_needs_nobody_is_only_noted(damkar: Told, centre: Centre) -> None:
    """A closing is read; a test, a heartbeat and a change of somebody's ladder are answered by no person."""
    damkar.behave(officer="handles", after_s=0.01)
    for kind in ("test", "heartbeat", "closed"):
        last = alert(damkar, centre, kind=kind)
    until(lambda: [(told["id"], told["state"]) for told in centre.told()], [(last, "read")])


def test_on_command(damkar: Told, police: Told, centre: Centre) -> None:
    """One step now; the door shows how 112 answered. Without a name it is nobody's word."""
    message, other = alert(damkar, centre), handed_over(police, centre)
    said = damkar.client.post(
        f"{damkar.door}/{message}", json={"step": "accepted", "named": False}
    ).raise_for_status()
    assert said.json() == {"step": "accepted", "status": 200, "answer": "{}"}
    wish = {"step": "refused", "reason": "other_jurisdiction", "report": "LP/7"}
    police.client.post(f"{police.door}/{other}", json=wish).raise_for_status()
    unnamed, refused = centre.told()
    assert "by" not in unnamed
    ack = refused["content"]["ack"]
    assert (ack["step"], ack["reason"], ack["policeReportNumber"]) == (
        "REJECTED",
        "OTHER_JURISDICTION",
        "LP/7",
    )


def test_another_address_stands_in_place_of_the_messages(damkar: Told, centre: Centre) -> None:
    """For those that name none, or one that leads elsewhere."""
    wish = {"token": "rahasia-contoh", "url": f"{centre.url}/elsewhere"}
    damkar.client.put(f"{damkar.door}/callback", json=wish).raise_for_status()
    message = new_id()
    damkar.tell(message, event(message)).raise_for_status()
    damkar.client.post(f"{damkar.door}/{message}", json={"step": "read"}).raise_for_status()
    assert [path for path, _, _ in centre.attempts] == ["/receipts/elsewhere"]


@pytest.mark.parametrize("centre", [3], indirect=True)
def test_it_tries_three_times_more(damkar: Told, centre: Centre) -> None:
    """Three 503 and then heard: one step told, four attempts."""
    damkar.behave(officer="reads", after_s=0)
    alert(damkar, centre)
    until(lambda: damkar.received()["callback"], {"delivered": 1, "failed": 0})
    assert len(centre.attempts) == 4


def test_nothing_is_said_without_a_key(damkar: Told, centre: Centre) -> None:
    """Neither by itself nor on command; and what was never sent has no answer."""
    message = alert(damkar, centre)
    assert damkar.client.post(f"{damkar.door}/nobody", json={"step": "read"}).status_code == 422
    assert damkar.client.post(f"{damkar.door}/{message}", json={"step": "seen"}).status_code == 422
    damkar.client.delete(f"{damkar.door}/callback").raise_for_status()
    assert damkar.client.post(f"{damkar.door}/{message}", json={"step": "read"}).status_code == 422
    damkar.behave(officer="reads", after_s=0)
    alert(damkar, centre)
    assert damkar.received()["callback"] is None
    assert centre.attempts == []


def test_nobody_listens(damkar: Told) -> None:
    """The door says so."""
    wish = {"token": "rahasia-contoh", "url": "http://127.0.0.1:9/"}
    damkar.client.put(f"{damkar.door}/callback", json=wish).raise_for_status()
    message = new_id()
    damkar.tell(message, event(message)).raise_for_status()
    said = damkar.client.post(f"{damkar.door}/{message}", json={"step": "read"}).json()
    assert (said["status"], said["answer"]) == (None, None)
    assert damkar.received()["callback"] == {"delivered": 0, "failed": 1}
