"""One audited eligibility exchange over a stub of VClaim: intent, question, outcome, answer; no cache."""

import json
from pathlib import Path

from .bars import Bar
from .cost import Cost, Subject, compare
from .houses import House, Program, Sandbox, known_to, partners_file, pid_of, port_of
from .load import Order, question
from .machine import pin
from .vclaim_stub import NIKS

PATH = "/v1/eligibility-checks"
CONNECTIONS = 64
MOST_US = 1000.0
REFERENCE_US = 95.0  # of the baseline, measured on the idle machine on which the bar was set
USUAL_LIMITS = "limits = { concurrency = 8, queue = 16 }"
ROOM_FOR_64 = "limits = { concurrency = 64, queue = 200 }"


def measure(folder: Path) -> list[Bar]:
    """Measure the exchange, and in turn the capacity bench's baseline: how fast this machine is today."""
    with Sandbox(folder) as sandbox, Program(folder, "vclaim_stub") as insurer:
        partners = _partners(folder, sandbox, insurer)
        with House(folder, sandbox, partners_file=str(partners), eligibility_cache_s="0") as house:
            pin(pid_of(house), 0)
            file = folder / "capacity.json"
            file.write_bytes(known_to(house).content)
            _demand_coverage(house)
            with Program(folder, "baseline", str(file), core=0) as baseline:
                costs = compare(
                    {
                        "baseline": Subject(
                            baseline.pid, Order(baseline.port, [question("GET", "/v1/capacity")])
                        ),
                        "gateway": Subject(pid_of(house), order(house, CONNECTIONS)),
                    }
                )
    return _bars(costs["gateway"], costs["baseline"])


def order(house: House, connections: int) -> Order:
    """Return the order to ask *house* about many people over so many connections."""
    key = house.keys["dispatcher"]
    bodies = [json.dumps({"nik": nik, "purpose": "ETREAT"}).encode() for nik in NIKS]
    questions = [question("POST", PATH, key=key, body=body) for body in bodies]
    return Order(port_of(house), questions, connections=connections)


def _partners(folder: Path, sandbox: Sandbox, insurer: Program) -> Path:
    """Write a partner file with the stub in the insurer's place, and room for all connections at once."""

    def change(block: str) -> str:
        if 'kind = "bpjs"' not in block:
            return block
        return block.replace(sandbox.url, f"http://127.0.0.1:{insurer.port}").replace(
            USUAL_LIMITS, ROOM_FOR_64
        )

    return partners_file(folder, sandbox=sandbox.url, change=change)


def _demand_coverage(house: House) -> None:
    with house.client("dispatcher") as dispatcher:
        answer = dispatcher.post(PATH, json={"nik": NIKS[0], "purpose": "ETREAT"}).raise_for_status().json()
    assert (answer["coverage"], answer["mode"]) == ("ACTIVE", "live"), answer


def _bars(gateway: Cost, baseline: Cost) -> list[Bar]:
    return [
        Bar("eligibility.cpu", f"exchange, {CONNECTIONS} connections, as it was", gateway.cpu_us, "us"),
        Bar("eligibility.cpu.baseline", "prebuilt capacity answer", baseline.cpu_us, "us"),
        Bar("eligibility.ratio", "", gateway.cpu_us / baseline.cpu_us, "x"),
        Bar(
            # The bar is in microseconds of a machine on which the baseline took REFERENCE_US; shared machines
            # have been half as quick an hour later, so the verdict is on what the two cost beside each other.
            "eligibility.cpu.unhurried",
            f"were this machine as quick as when the bar was set: baseline {REFERENCE_US:.0f} us",
            gateway.cpu_us / baseline.cpu_us * REFERENCE_US,
            "us",
            at_most=MOST_US,
        ),
        Bar("eligibility.rate", "answers per second", gateway.rate, "/s"),
        Bar("eligibility.p50", "", gateway.p50_ms, "ms"),
        Bar("eligibility.p99", "", gateway.p99_ms, "ms"),
    ]
