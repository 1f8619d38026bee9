"""Our reader against an independent FHIR R4 server over a real socket."""

import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.hospital import ADAPTER
from adapters.hospital.settings import Settings
from contracts import BedState, CapacityReport, Need
from tests.trust import TRUST

from .hospitals import PHYSICAL, ROLE, V2

pytestmark = pytest.mark.slow

STATES = {
    "U": BedState.FREE,
    "O": BedState.OCCUPIED,
    "H": BedState.SOON,
    "K": BedState.SOON,
    "I": BedState.ISOLATED,
    "C": BedState.CLOSED,
    None: BedState.UNKNOWN,
}
WARDS = {
    "icu": ("ICU", Need.ICU),
    "nicu": ("PEDNICU", Need.NICU),
    "igd": ("ER", Need.IGD),
    "mawar": ("HU", Need.WARD),
}
BEDS = 300
START_WITHIN = 60.0  # seconds, on a busy machine


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the server in a folder of its own, on loopback only; yield its base."""
    home, port = tmp_path_factory.mktemp("sekmet"), free_port()
    base = f"http://127.0.0.1:{port}/fhir"
    (home / "settings.yaml").write_text(
        f"base_url: {base}\nhost: 127.0.0.1\nport: {port}\nsimulator: {{enabled: false}}\n"
    )
    program = Path(sys.executable).with_name("sekmet")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [program, "serve", "--host", "127.0.0.1", "--port", str(port)],
            cwd=home, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        wait_for(f"{base}/metadata", process, home / "log")
        yield base
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(url, timeout=5, verify=TRUST).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"no answer within {START_WITHIN} s: {log.read_text()}")


def place(key: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return a Location as a hospital would store it."""
    return {
        "resourceType": "Location",
        "id": key,
        "status": "active",
        "mode": "instance",
        "name": key,
        "physicalType": {"coding": [{"system": PHYSICAL, "code": kind}]},
        **more,
    }


def hospital() -> tuple[list[dict[str, Any]], Counter[tuple[Need, BedState]]]:
    """Return four wards with rooms and beds, and how many beds of each need and state there are."""
    dice = random.Random(112)
    places = [
        place(ward, "wa", type=[{"coding": [{"system": ROLE, "code": code}]}])
        for ward, (code, _) in WARDS.items()
    ]
    places += [
        place(f"{ward}-r{number}", "ro", partOf={"reference": f"Location/{ward}"})
        for ward in WARDS
        for number in range(8)
    ]
    truth: Counter[tuple[Need, BedState]] = Counter()
    for number in range(BEDS):
        ward, state = dice.choice(list(WARDS)), dice.choice(list(STATES))
        bed = place(f"bed-{number}", "bd", partOf={"reference": f"Location/{ward}-r{dice.randrange(8)}"})
        if state is not None:
            bed["operationalStatus"] = {"system": V2, "code": state}
        places.append(bed)
        truth[WARDS[ward][1], STATES[state]] += 1
    return places, truth


@pytest.fixture(scope="module")
def truth(server: str) -> Counter[tuple[Need, BedState]]:
    """Load the hospital into the server; return what a reader must find."""
    places, counts = hospital()
    entries = [
        {"resource": one, "request": {"method": "PUT", "url": f"Location/{one['id']}"}} for one in places
    ]
    for start in range(0, len(entries), 100):
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries[start : start + 100]}
        response = httpx.post(server, json=bundle, timeout=60, verify=TRUST)
        assert response.status_code == 200, response.text[:500]
    return counts


async def read(server: str, **settings: Any) -> CapacityReport:
    """Read the server once with a plain client."""
    configured = Settings.model_validate({"base_url": server, **settings})
    async with httpx.AsyncClient(timeout=60, verify=TRUST) as client:
        report = await ADAPTER.connect(configured, client).report_capacity()  # type: ignore[attr-defined]  # the port is known
    assert isinstance(report, CapacityReport)
    return report


def set_state(bed: str, code: str) -> None:
    """Change a bed on the server, as the hospital would."""
    stored = httpx.get(bed).json()
    stored["operationalStatus"]["code"] = code
    assert httpx.put(bed, json=stored).status_code == 200


@pytest.mark.parametrize("page_size", [7, 1000])
async def test_every_bed_of_an_independent_server_is_counted(
    server: str, truth: Counter[tuple[Need, BedState]], page_size: int
) -> None:
    """Some fifty small pages, or one: the same beds, exactly."""
    report = await read(server, page_size=page_size)
    assert Counter((bed.need, bed.state) for bed in report.beds) == truth
    assert (len(report.beds), report.complete) == (BEDS, True)
    assert report.remarks == ("no_state",)
    assert report.as_of is not None


async def test_a_taken_bed_is_seen_at_once(server: str, truth: Counter[tuple[Need, BedState]]) -> None:
    """One bed changes; the next reading knows, and the figure is younger."""
    before = await read(server)
    free = next(bed for bed in before.beds if bed.state is BedState.FREE)
    set_state(f"{server}/Location/{free.id}", "O")
    after = await read(server)
    set_state(f"{server}/Location/{free.id}", "U")
    assert {bed.id: bed.state for bed in after.beds}[free.id] is BedState.OCCUPIED
    assert before.as_of is not None
    assert after.as_of is not None
    assert after.as_of >= before.as_of


async def test_a_hospital_the_server_does_not_know_has_no_beds_there(
    server: str, truth: Counter[tuple[Need, BedState]]
) -> None:
    """Its filter finds nothing, the plain question finds beds of nobody: none is taken for ours."""
    report = await read(server, organization="99000001")
    assert (report.beds, report.complete) == ((), False)
    assert {"no_beds", "owner_unknown"} <= set(report.remarks)
