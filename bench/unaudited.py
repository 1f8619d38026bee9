"""
`python -m bench.unaudited`: the gateway with a log that writes nothing, for the log's cost to be seen.

Nobody may run it: it is the "off" that the audited gateway is compared with.
"""

import sys
from collections.abc import Sequence

from sqlalchemy import Connection

from contracts import Entry
from gateway import __main__ as gerbang
from gateway.audit.logbook import Logbook


def _writes_nothing(_: Logbook, __: Connection, ___: Sequence[Entry]) -> None:
    """Take the entries, and keep none."""


def main() -> int:
    """Take the log out, then serve."""
    type.__setattr__(Logbook, "append", _writes_nothing)
    return gerbang.main(["serve"])


if __name__ == "__main__":
    sys.exit(main())
