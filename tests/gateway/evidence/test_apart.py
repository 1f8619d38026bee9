"""FHIR made in another process is the same, and what goes wrong there is said and leaves nothing behind."""

import asyncio
import sys

import pytest

from gateway.evidence import apart
from gateway.evidence.apart import CannotRender, Row, events
from gateway.evidence.fhir import ndjson
from tests.gateway.audit.material import rows

SITE = "test.gerbang.example"


def given(count: int) -> list[Row]:
    """Return entries as the log has them."""
    return [(row.log, row.seq, row.leaf, row.record) for row in rows(count)]


async def made(wanted: list[Row]) -> bytes:
    """Have them made apart."""
    return await events(wanted, site=SITE, places=asyncio.Semaphore(2))


async def test_it_is_what_would_be_made_here() -> None:
    """To the byte; of nothing, nothing."""
    assert await made(given(7)) == b"".join(ndjson(given(7), site=SITE))
    assert await made([]) == b""


async def test_a_damaged_entry_is_named_and_not_shown() -> None:
    """Its place is said, nothing of what stands there."""
    good = given(3)
    log, seq, leaf, _ = good[1]
    with pytest.raises(CannotRender, match=f"{log}/{seq}") as refused:
        await made([good[0], (log, seq, leaf, '{"nik":"1571015203909901"}'), good[2]])
    assert "1571015203909901" not in str(refused.value)


async def test_a_process_that_fails_or_hangs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its traceback; one that hangs is ended."""
    monkeypatch.setattr(apart, "COMMAND", (sys.executable, "-c", "raise ValueError('inside')"))
    with pytest.raises(CannotRender, match=r"^the process failed$"):
        await made(given(1))
    monkeypatch.setattr(apart, "LONGEST_S", 0.2)
    monkeypatch.setattr(apart, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    with pytest.raises(CannotRender, match="too long"):
        await made(given(1))
