"""One audited capacity answer from the warm picture, against a prebuilt answer by return annotation."""

from pathlib import Path

from .bars import Bar
from .cost import Cost, Subject, compare
from .houses import House, Program, Sandbox, known_to, pid_of, port_of
from .load import Order, question
from .machine import pin

PATH = "/v1/capacity?need=icu&lat=-1.61&lon=103.6"
CONNECTIONS = 64
MOST = 2.5  # times the baseline
HOSPITALS = 16


def measure(folder: Path) -> list[Bar]:
    """Measure both programs in turn."""
    with Sandbox(folder) as sandbox, House(folder, sandbox) as house:
        pin(pid_of(house), 0)
        file = folder / "capacity.json"
        file.write_bytes(known_to(house).content)
        with Program(folder, "baseline", str(file), core=0) as baseline:
            costs = compare(
                {
                    "baseline": Subject(baseline.pid, Order(baseline.port, [question("GET", PATH)])),
                    "gateway": Subject(pid_of(house), order(house, connections=CONNECTIONS)),
                }
            )
    return _bars(costs["gateway"], costs["baseline"])


def order(house: House, *, connections: int, seconds: float = 3.0, think_s: float = 0.0) -> Order:
    """Return the order to ask *house* for beds."""
    asked = question("GET", PATH, key=house.keys["dispatcher"])
    return Order(port_of(house), [asked], connections, seconds, think_s=think_s)


def _bars(gateway: Cost, baseline: Cost) -> list[Bar]:
    ratio = gateway.cpu_us / baseline.cpu_us
    return [
        Bar("capacity.ratio", "CPU of an audited answer / of a prebuilt one", ratio, "x", at_most=MOST),
        Bar("capacity.cpu", f"{HOSPITALS} hospitals, {CONNECTIONS} connections", gateway.cpu_us, "us"),
        Bar("capacity.cpu.baseline", "prebuilt model by return annotation", baseline.cpu_us, "us"),
        Bar("capacity.rate", "answers per second", gateway.rate, "/s"),
        Bar("capacity.rate.baseline", "", baseline.rate, "/s"),
        Bar("capacity.p50", "", gateway.p50_ms, "ms"),
        Bar("capacity.p99", "", gateway.p99_ms, "ms"),
        Bar("capacity.p99.baseline", "", baseline.p99_ms, "ms"),
    ]
