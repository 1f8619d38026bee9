"""What the audit log of a house says afterwards: exported, verified, read."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from gateway.evidence import verify
from tests.exported import lines_at
from tests.running import House

Record = dict[str, Any]


def records(house: House) -> list[Record]:
    """Return every record of the log, in order; the chain is intact and no key stands twice."""
    lines = lines_at(house.database_url)
    report = verify.verify(lines)
    assert report.code == verify.INTACT, report
    return [json.loads(line)["record"] for line in lines]


def by_request(told: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the records of each question by its request id."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in told:
        if "req" in record:
            found[record["req"]].append(record)
    return found


def acts(told: Iterable[Record]) -> list[str]:
    """Return what was done, in order."""
    return [record["act"] for record in told]
