"""The trouble door: each mode is really seen by whoever asks, over a real socket."""

import socket
import time
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.door.modes import MODES
from tests.sandbox.conftest import R4_TOKEN, end, start_sandbox, trouble
from tests.trust import TRUST

HOSPITAL = "rsud-raden-mattaher"
ADDRESS = f"/rs/{HOSPITAL}/fhir/Location?_count=1"


def ask(client: httpx.Client, *, timeout: float = 5.0) -> httpx.Response:
    """Ask the hospital for one row."""
    return client.get(ADDRESS, headers=R4_TOKEN, timeout=timeout)


def test_hang_accepts_and_never_answers(sandbox: httpx.Client) -> None:
    """The connection stands, the answer does not come; afterwards all is well again."""
    trouble(sandbox, HOSPITAL, "hang", times=1)
    with pytest.raises(httpx.ReadTimeout):
        ask(sandbox, timeout=0.3)
    assert ask(sandbox).status_code == 200


def test_slow_answers_after_its_seconds(sandbox: httpx.Client) -> None:
    """Not sooner, and whole."""
    trouble(sandbox, HOSPITAL, "slow", seconds=0.4)
    before = time.monotonic()
    assert ask(sandbox).json()["total"] == 471
    assert time.monotonic() - before >= 0.4


@pytest.mark.parametrize("mode", ["refuse", "reset_after"])
def test_a_reset_is_a_reset(sandbox: httpx.Client, mode: str) -> None:
    """The kernel itself says ECONNRESET, not a polite end of the stream."""
    trouble(sandbox, HOSPITAL, mode)
    where = urlsplit(str(sandbox.base_url))
    with socket.create_connection((where.hostname, where.port), timeout=5) as line:
        line.sendall(f"GET {ADDRESS} HTTP/1.1\r\nHost: contoh\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            line.recv(1)


@pytest.mark.usefixtures("beds_restored")
def test_reset_after_has_happened_and_refuse_has_not(sandbox: httpx.Client) -> None:
    """A patch lost on the way back was carried out; one refused was not."""
    address = f"/rs/{HOSPITAL}/fhir/Location/icu-r01-b001"
    headers = {**R4_TOKEN, "Content-Type": "application/json-patch+json"}
    for mode, expected in (("refuse", False), ("reset_after", True)):
        trouble(sandbox, HOSPITAL, mode, times=1)
        change = [{"op": "add", "path": "/name", "value": mode}]
        with pytest.raises(httpx.TransportError):
            sandbox.patch(address, json=change, headers=headers)
        assert (sandbox.get(address, headers=R4_TOKEN).json()["name"] == mode) is expected


@pytest.mark.parametrize(("mode", "status"), [("503", 503), ("429", 429)])
def test_busy_says_for_how_long(sandbox: httpx.Client, mode: str, status: int) -> None:
    """Retry-After carries the door's seconds."""
    trouble(sandbox, HOSPITAL, mode, seconds=7)
    answer = ask(sandbox)
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "7")


@pytest.mark.parametrize(("mode", "status"), [("500_html", 500), ("html", 200)])
def test_pages_come_in_place_of_answers(sandbox: httpx.Client, mode: str, status: int) -> None:
    """An error page, and worse: a page with status 200."""
    trouble(sandbox, HOSPITAL, mode)
    answer = ask(sandbox)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_cut_announces_more_than_it_sends(sandbox: httpx.Client) -> None:
    """The body breaks off before its announced length."""
    trouble(sandbox, HOSPITAL, "cut")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(sandbox)


def test_empty_and_garbage_come_as_json(sandbox: httpx.Client) -> None:
    """Both with status 200 and the content type of a good answer."""
    trouble(sandbox, HOSPITAL, "empty", times=1)
    assert ask(sandbox).content == b""
    trouble(sandbox, HOSPITAL, "garbage", times=1)
    answer = ask(sandbox)
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")


def test_drip_keeps_the_line_busy_without_getting_on(sandbox: httpx.Client) -> None:
    """Bytes come one by one, so no single read times out and the whole would take minutes."""
    trouble(sandbox, HOSPITAL, "drip", seconds=0.05)
    with sandbox.stream("GET", ADDRESS, headers=R4_TOKEN, timeout=1.0) as answer:
        pieces = answer.iter_raw()
        assert [len(next(pieces)) for _ in range(5)] == [1] * 5
        assert int(answer.headers["content-length"]) > 500


def test_huge_and_bomb_exceed_every_cap(sandbox: httpx.Client) -> None:
    """12 MB, once plainly and once from a few kilobytes of gzip."""
    trouble(sandbox, HOSPITAL, "huge", times=1)
    assert len(ask(sandbox).content) > 12_000_000
    trouble(sandbox, HOSPITAL, "bomb", times=1)
    answer = ask(sandbox)
    assert int(answer.headers["content-length"]) < 50_000
    assert len(answer.content) > 12_000_000


def test_redirect_leads_away(sandbox: httpx.Client) -> None:
    """To a host that exists nowhere."""
    trouble(sandbox, HOSPITAL, "redirect")
    answer = ask(sandbox)
    assert (answer.status_code, answer.has_redirect_location) == (302, True)


def test_times_count_down(sandbox: httpx.Client) -> None:
    """Two troubled questions, then none."""
    trouble(sandbox, HOSPITAL, "503", times=2)
    assert [ask(sandbox).status_code for _ in range(4)] == [503, 503, 200, 200]
    assert sandbox.get("/door").json()["troubles"] == {}


def test_all_hospitals_at_once_and_one_of_them_otherwise(sandbox: httpx.Client) -> None:
    """A hospital's own trouble comes before that of all; BPJS is no hospital."""
    trouble(sandbox, "hospitals", "503")
    trouble(sandbox, HOSPITAL, "empty")
    assert ask(sandbox).status_code == 200
    assert sandbox.get("/rs/rs-siloam/fhir/metadata").status_code == 503
    assert sandbox.post("/satusehat/oauth2/v1/accesstoken").status_code == 503
    assert sandbox.get("/vclaim-rest/x").status_code == 404


def test_trouble_ends_when_told(sandbox: httpx.Client) -> None:
    """DELETE of one target, or of everything."""
    trouble(sandbox, HOSPITAL, "503")
    trouble(sandbox, "vclaim", "html")
    sandbox.delete(f"/door/{HOSPITAL}").raise_for_status()
    assert set(sandbox.get("/door").json()["troubles"]) == {"vclaim"}
    sandbox.delete("/door/").raise_for_status()
    assert sandbox.get("/door").json()["troubles"] == {}


@pytest.mark.parametrize(
    ("target", "wish"),
    [
        ("nobody", {"mode": "hang"}),
        ("rsud-sayoeti", {"mode": "hang"}),
        ("vclaim", {"mode": "no_next"}),
        ("rs-mitra", {"mode": "r5"}),
        ("vclaim", {"mode": "melt"}),
        ("vclaim", {}),
        ("vclaim", {"mode": "hang", "times": -1}),
        ("vclaim", {"mode": "hang", "times": "2"}),
        ("vclaim", {"mode": "slow", "seconds": True}),
        ("vclaim", ["hang"]),
    ],
)
def test_the_door_refuses_what_cannot_happen(sandbox: httpx.Client, target: str, wish: object) -> None:
    """Unknown targets, modes that do not fit, numbers that are none: 422 with the reason."""
    answer = sandbox.put(f"/door/{target}", json=wish)
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_the_door_explains_itself(sandbox: httpx.Client) -> None:
    """It lists the targets (twelve hospitals with a system, and others) and every mode with a sentence."""
    shown = sandbox.get("/door").json()
    others = {
        "hospitals",
        "satusehat",
        "vclaim",
        "sms",
        "push",
        "agencies",
        *sandbox.get("/door/agencies").json(),
    }
    assert others < set(shown["targets"])
    assert len([name for name in shown["targets"] if name.startswith("rs")]) == 12
    assert set(shown["modes"]) == set(MODES)
    assert all(mode["says"] for mode in shown["modes"].values())


@pytest.mark.parametrize("mode", [name for name, row in MODES.items() if row.on_wire])
def test_every_wire_trouble_reaches_every_partner(sandbox: httpx.Client, mode: str) -> None:
    """No mode leaves BPJS, the platform or a messenger with a good answer."""
    targets = {
        "vclaim": "/vclaim-rest/x",
        "satusehat": "/satusehat/fhir-r4/v1/Location",
        "sms": "/sms/send",
        "push": "/push/x",
        "damkar": "/agencies/damkar/hook",
    }
    for target, address in targets.items():
        trouble(sandbox, target, mode, seconds=1.0, times=1)
        with suppress(httpx.TransportError):
            sandbox.get(address, timeout=0.3)
        assert sandbox.get("/door/journal", params={"target": target}).json()["troubled"] == 1


def test_it_stops_at_once_though_somebody_hangs() -> None:
    """The end of the sandbox does not wait for hanging connections, and says nothing of them."""
    process, url = start_sandbox("--still")
    with httpx.Client(base_url=url, trust_env=False, verify=TRUST) as client:
        trouble(client, HOSPITAL, "hang")
        where = urlsplit(url)
        with socket.create_connection((where.hostname, where.port)) as line:
            line.sendall(f"GET {ADDRESS} HTTP/1.1\r\nHost: contoh\r\n\r\n".encode())
            while not client.get("/door/journal", params={"target": HOSPITAL}).json()["under_way"]:
                time.sleep(0.02)
            before = time.monotonic()
            assert end(process) == ""
            assert time.monotonic() - before < 5
