"""`python -m bench [NAME ...]`: measure, print, and fail when a bar is missed."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from gateway import logs

from . import machine
from .bars import Bar, table

NAMES = (
    *("parse", "transport", "audit_cost", "intake", "verify"),
    *("capacity", "eligibility", "insurer", "fanout", "restart", "waiting"),
    *("flood", "flood_two", "delivery", "ladder"),
)
VAR = Path(__file__).parent.parent / "var"  # the disk the gateway's own data would lie on


def main() -> int:
    """Run what was named, all if nothing was; return 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    names = parser.parse_args().names or list(NAMES)
    if unknown := set(names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    logs.configure(level="error")
    bars = [bar for name in names for bar in _measured(name)]
    missed = [bar.name for bar in bars if not bar.met]
    print(f"\n{table(bars)}\n\n{'missed: ' + ', '.join(missed) if missed else 'all bars met'}")
    return 1 if missed else 0


def _measured(name: str) -> list[Bar]:
    measure: Callable[[Path], list[Bar]] = import_module(f"bench.{name}").measure
    VAR.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=VAR) as folder:
        print(f"{name}: {machine.state(Path(folder))}", flush=True)
        started = time.monotonic()
        bars = measure(Path(folder))
        took = time.monotonic() - started
        print(f"{name}: done in {took:.0f} s; {machine.state(Path(folder))}\n{table(bars)}\n", flush=True)
        return bars


if __name__ == "__main__":
    sys.exit(main())
