"""
The daily report: made each morning by a process of its own, mailed out of the house, its receipt recorded.

Verifying a year's log takes minutes of a processor; beside the event loop it would slow every answer.
"""

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from contracts.audit import Entry
from contracts.clock import WIB
from gateway.alarms import Alarms
from gateway.audit.recorder import Recorder
from gateway.db import Elsewhere, alone

log = structlog.get_logger(__name__)

LOOK_S = 60.0
AGAIN = timedelta(minutes=30)  # between two tries: the mail server, or whoever reads, must not be flooded
LONGEST_S = 4 * 3600.0
ENDS_S = 5.0
TAMPERED, UNMADE, UNMAILED = "audit.tampered", "audit.report_unmade", "audit.report_unmailed"
COMMAND = (sys.executable, "-m", "gateway", "audit", "report")

DECLARED_SET = {"report": ("report.made",), "report mailed": ("report.made", "report.mailed")}


class Made(Struct, frozen=True, kw_only=True):
    """What `gerbang audit report --json` prints: the verdict, and how the mail fared if there was any."""

    code: int
    verdict: str
    size: int | None = None
    mailed: bool = False
    receipt: str | None = None
    message_id: str | None = None
    trouble: str | None = None


class DailyReport:
    """Sees that each day's report is made, at or after *hour* (WIB), into *folder*, and mailed."""

    def __init__(
        self,
        folder: Path,
        recorder: Recorder,
        alarms: Alarms,
        *,
        hour: int,
        elsewhere: Elsewhere = alone,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take who else may do it, and *now*, the time in UTC."""
        self._elsewhere = elsewhere
        self._folder = folder
        self._recorder = recorder
        self._alarms = alarms
        self._hour = hour
        self._now = now
        self._not_before = now()

    async def run(self) -> None:
        """Look every minute whether a report is due, until cancelled; a start is busy enough without one."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except Exception as exc:  # a loop's edge: a person sees it, and it is tried again
                log.exception("report.failed")
                self._failed(type(exc).__name__)

    async def look(self) -> None:
        """Make the day's report if there is none, or again if it could not be mailed."""
        local = self._now().astimezone(WIB)
        made = made_on(self._folder, local.date())
        if made is not None:
            self._judge(made)
        due = local.hour >= self._hour if made is None else bool(made.trouble)
        if due and self._now() >= self._not_before and not await self._elsewhere():
            self._not_before = self._now() + AGAIN
            await self._make()

    async def _make(self) -> None:
        made = await _ask_for_it()
        if made is None:
            self._failed("see the log")
            return
        self._alarms.clear(UNMADE)
        verdict = made.verdict.lower().replace(" ", "_")
        detail = {"code": made.code, "size": made.size}
        await self._recorder.record(Entry("report.made", verdict, detail=detail))
        self._judge(made)
        if made.mailed or made.trouble:
            await self._recorder.record(_mailed(made))

    def _failed(self, why: str) -> None:
        self._alarms.raise_(UNMADE, f"the daily audit report could not be made: {why}")

    def _judge(self, made: Made) -> None:
        """Let the alarms say what the newest report says, also after a restart."""
        if made.code == 1:
            self._alarms.raise_(TAMPERED, "the audit log is NOT what was signed: call the inspectorate")
        else:
            self._alarms.clear(TAMPERED)
        if made.trouble:
            self._alarms.raise_(UNMAILED, f"the daily audit report was not mailed: {made.trouble}")
        else:
            self._alarms.clear(UNMAILED)


def page_of(folder: Path, day: date) -> Path:
    """Return where the page of that day lies."""
    return folder / f"laporan-{day.isoformat()}.txt"


def made_on(folder: Path, day: date) -> Made | None:
    """Return how that day's report went, None when there is none that the gateway itself has made."""
    try:
        return msgspec.json.decode(page_of(folder, day).with_suffix(".json").read_bytes(), type=Made)
    except (OSError, msgspec.MsgspecError):
        return None


def _mailed(made: Made) -> Entry:
    if not made.mailed:
        return Entry("report.mailed", "failed", code="not-mailed")
    detail = {"receipt": made.receipt, "message_id": made.message_id}
    return Entry("report.mailed", "accepted", detail=detail)


async def _ask_for_it() -> Made | None:
    """Run the command, which gives way to all others; None when it fails or takes too long."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "--json", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            out, err = await process.communicate()
    except TimeoutError:
        log.error("report.unmade", reason="it took too long")  # noqa: TRY400  no fault of ours to trace
        return None
    finally:
        await _end(process)
    if process.returncode != 0:
        log.error("report.unmade", code=process.returncode, message=err.decode("utf-8", "replace")[-300:])
        return None
    return msgspec.json.decode(out.splitlines()[-1], type=Made)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Let it clear its copy of the log away; what does not end then is killed."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), ENDS_S)
    except TimeoutError:
        process.kill()
        await process.wait()
