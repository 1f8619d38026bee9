"""A hospital tells of its Tasks by itself: the bare resource by PUT, again when it was not heard."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.sandbox.referring import Hospital, forgotten, new_ask, until


class Listener(ThreadingHTTPServer):
    """Notes what it is told; answers 503 to the first *deaf* attempts."""

    def __init__(self, deaf: int) -> None:
        super().__init__(("127.0.0.1", 0), _Heard)
        self.deaf = deaf
        self.attempts: list[tuple[str, str, dict[str, Any]]] = []


class _Heard(BaseHTTPRequestHandler):
    server: Listener

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.attempts.append((self.path, self.headers["authorization"], body))
        self.send_response(503 if len(self.server.attempts) <= self.server.deaf else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Say nothing."""


@pytest.fixture
def listener(request: pytest.FixtureRequest) -> Iterator[Listener]:
    """A server on loopback, deaf to as many attempts as the parameter says."""
    server = Listener(getattr(request, "param", 0))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hospital(sandbox: httpx.Client, listener: Listener) -> Iterator[Hospital]:
    """RS Siloam, telling the listener."""
    with forgotten(sandbox):
        wish = {"url": f"http://127.0.0.1:{listener.server_port}/tell/", "token": "rahasia-contoh"}
        sandbox.put("/door/referrals/rs-siloam/push", json=wish).raise_for_status()
        yield Hospital(sandbox, "rs-siloam")


def test_each_change_by_the_hospital_is_told(hospital: Hospital, listener: Listener) -> None:
    """What we write ourselves is not told; what it decides is, whole and with the token."""
    hospital.wish("accept_then_fail", then_after_s=0.3)
    task = hospital.ask(new_ask())
    until(lambda: [told[2]["status"] for told in listener.attempts], ["accepted", "failed"])
    path, token, last = listener.attempts[-1]
    assert (path, token) == (f"/tell/Task/{task['id']}", "Bearer rahasia-contoh")
    assert last == hospital.task(task["id"])
    assert until(lambda: hospital.kept()["push"], {"delivered": 2, "failed": 0})


@pytest.mark.parametrize("listener", [3], indirect=True)
def test_it_tries_three_times_more(hospital: Hospital, listener: Listener) -> None:
    """Three 503 and then heard: one Task delivered, four attempts."""
    hospital.wish("accept")
    hospital.ask(new_ask())
    until(lambda: hospital.kept()["push"], {"delivered": 1, "failed": 0})
    assert len(listener.attempts) == 4


@pytest.mark.parametrize("listener", [99], indirect=True)
def test_then_it_gives_up(hospital: Hospital, listener: Listener) -> None:
    """Nobody hears: four attempts, then the Task is lost to whoever does not read."""
    hospital.wish("accept")
    hospital.ask(new_ask())
    until(lambda: hospital.kept()["push"], {"delivered": 0, "failed": 1})
    assert len(listener.attempts) == 4


def test_it_stops_when_told(hospital: Hospital, listener: Listener) -> None:
    """After DELETE nothing is told."""
    hospital.client.delete("/door/referrals/rs-siloam/push").raise_for_status()
    hospital.wish("accept")
    task = hospital.ask(new_ask())
    until(lambda: hospital.task(task["id"])["status"], "accepted")
    assert (hospital.kept()["push"], listener.attempts) == (None, [])


@pytest.mark.parametrize("wish", [{}, {"url": "http://127.0.0.1:1"}, {"url": 1, "token": "x"}])
def test_it_wants_an_address_and_a_token(sandbox: httpx.Client, wish: dict[str, object]) -> None:
    """422 for less."""
    assert sandbox.put("/door/referrals/rs-siloam/push", json=wish).status_code == 422
