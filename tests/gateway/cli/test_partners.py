"""`gerbang partners`: what the running gateway says, in words, and the status a script can go by."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gateway.__main__ import main
from gateway.cli import partners

Answers = dict[str, tuple[int, Any]]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answers], list[httpx.Request]]:
    """Let the verbs speak to a gateway that answers so; return what it was asked."""

    def begin(answers: Answers) -> list[httpx.Request]:
        asked: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            status, body = answers[f"{request.method} {request.url.path}"]
            return httpx.Response(status, json=body)

        made = httpx.MockTransport(answer)
        monkeypatch.setattr(partners, "link", lambda: httpx.Client(base_url="http://gate", transport=made))
        return asked

    return begin


def partner(**more: Any) -> dict[str, Any]:
    """Return a partner as the gateway lists it."""
    usual: dict[str, Any] = {"id": "bpbd", "kind": "bpbd", "name": "BPBD Kota", "standing": "planned"}
    return usual | {"standing_since": None, "held": 0, "waiting": 0, "alarmed": 0, "dead": 0} | more


def changed(**more: Any) -> dict[str, Any]:
    """Return what a change of standing did."""
    usual: dict[str, Any] = {"partner": "bpbd", "name": "BPBD Kota", "before": "planned", "standing": "live"}
    counts = dict.fromkeys(("released", "superseded", "in_digest", "digests", "over", "expired", "held"), 0)
    return usual | counts | {"finished": True} | more


def test_each_partner_is_a_line(
    gateway: Callable[[Answers], object], capsys: pytest.CaptureFixture[str]
) -> None:
    """With what lies with it; what is not known is no 0."""
    rows = [
        partner(held=50, alarmed=50),
        partner(id="rs-b", kind=None, name="RS B", standing="live", standing_since="2026-11-30T05:00:00Z"),
        partner(id="damkar", held=None, waiting=None, alarmed=None, dead=None),
    ]
    gateway({"GET /v1/partners": (200, {"partners": rows})})
    assert main(["partners", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "bpbd  bpbd  planned  BPBD Kota  50 held, 50 alarmed",
        "rs-b  telephone  live since 2026-11-30T05:00:00Z  RS B",
        "damkar  bpbd  planned  BPBD Kota  ? held, ? waiting, ? alarmed, ? dead",
    ]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        (["golive", "bpbd"], {"standing": "live", "reason": "golive"}),
        (["golive", "bpbd", "--reason", "lulus uji"], {"standing": "live", "reason": "lulus uji"}),
        (
            ["standing", "bpbd", "suspended", "--reason", "pindah"],
            {"standing": "suspended", "reason": "pindah"},
        ),
    ],
)
def test_what_is_wanted_is_what_is_asked(
    gateway: Callable[[Answers], list[httpx.Request]], verb: list[str], body: dict[str, str]
) -> None:
    """To live is a standing like the others."""
    asked = gateway({"POST /v1/partners/bpbd/standing": (200, changed())})
    assert main(["partners", *verb]) == 0
    assert [json.loads(request.content) for request in asked] == [body]


def test_going_live_says_what_became_of_what_waited(
    gateway: Callable[[Answers], object], capsys: pytest.CaptureFixture[str]
) -> None:
    """In words, and nothing of what was not."""
    done = changed(released=25, in_digest=15, digests=1, expired=10, finished=False)
    gateway({"POST /v1/partners/bpbd/standing": (200, done)})
    main(["partners", "golive", "bpbd"])
    assert capsys.readouterr().out.splitlines() == [
        "BPBD Kota (bpbd): planned -> live",
        "  25 go out now, each with its newest picture, marked as delayed",
        "  15 were over before they could be told: one digest tells of them",
        "  10 came too late to be of use, and are closed with that reason",
        "  the rest follows by itself within seconds",
    ]


@pytest.mark.parametrize(
    ("done", "line"),
    [
        (changed(), "  nothing had waited"),
        (changed(standing="suspended", held=3), "  3 are held from now on: it is NOT told, telephone"),
    ],
)
def test_other_changes_say_so_as_well(
    gateway: Callable[[Answers], object],
    capsys: pytest.CaptureFixture[str],
    done: dict[str, Any],
    line: str,
) -> None:
    """Each in its line."""
    gateway({"POST /v1/partners/bpbd/standing": (200, done)})
    main(["partners", "standing", "bpbd", done["standing"], "--reason", "uji"])
    assert capsys.readouterr().out.splitlines()[1:] == [line]


@pytest.mark.parametrize(("taken", "status"), [(True, 0), (False, 1)])
def test_a_test_says_what_came_of_it(
    gateway: Callable[[Answers], object], capsys: pytest.CaptureFixture[str], taken: bool, status: int
) -> None:
    """And so does the status."""
    done = {"partner": "bpbd", "name": "BPBD Kota", "taken": taken, "words": "its system took the test"}
    done |= {"elapsed_ms": 12, "receipts": [{"state": "received", "reference": None}]}
    gateway({"POST /v1/partners/bpbd/test": (200, done)})
    assert main(["partners", "test", "bpbd"]) == status
    assert capsys.readouterr().out.splitlines() == [
        "BPBD Kota (bpbd): its system took the test, 12 ms",
        "  receipt: received",
    ]


def test_a_refusal_is_said_in_the_problems_words(
    gateway: Callable[[Answers], object], capsys: pytest.CaptureFixture[str]
) -> None:
    """With the status of a mistake."""
    gateway({"POST /v1/partners/bpbd/standing": (404, {"title": "There is no such partner"})})
    assert main(["partners", "golive", "bpbd"]) == 2
    assert "404: There is no such partner" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../keys", "a", "BPBD", "bpbd/standing"])
def test_what_is_no_id_is_not_asked_about(
    gateway: Callable[[Answers], list[httpx.Request]], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """It would become part of an address."""
    asked = gateway({})
    for verb in (["golive", name], ["test", name]):
        assert main(["partners", *verb]) == 2
    assert asked == []
    assert "is no partner's id" in capsys.readouterr().err
