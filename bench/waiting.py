"""A thousand referrals that wait for an approval: what they cost at rest, and when their timers fire."""

import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx

from .bars import Bar
from .houses import House, Sandbox

WAITING = 1_000
REMINDER_S = 45.0
LATEST_S = 2.0
REST_S = 10.0
BODY = {"need": "icu", "then": "submit", "patient": {"name": "Contoh Pasien"}, "situation": "Contoh. " * 20}


def measure(folder: Path) -> list[Bar]:
    """Fill, rest, pull the plug, start again a moment before the timers run out."""
    with Sandbox(folder) as sandbox, _quiet(folder, sandbox) as house:
        _head(house)
        empty_cpu, empty_memory = _at_rest(house)
        began = time.time()
        _fill(house)
        took = time.time() - began
        full_cpu, full_memory = _at_rest(house)
        assert time.time() - began < REMINDER_S, "the timers ran out while it was measured"
        house.kill()
        time.sleep(max(0.0, began + REMINDER_S - time.time()))
        house.start()
        ready = time.time()
        late = _lateness(house, ready)
    return [
        Bar("waiting.late", f"latest of {WAITING} reminders after kill -9", max(late), "s", at_most=LATEST_S),
        Bar("waiting.late.median", "", sorted(late)[len(late) // 2], "s"),
        Bar("waiting.memory", f"resident, {WAITING} waiting", full_memory, "MB"),
        Bar("waiting.memory.empty", "resident, none waiting", empty_memory, "MB"),
        Bar("waiting.cpu", f"of one core at rest, {WAITING} waiting", full_cpu, "%"),
        Bar("waiting.cpu.empty", "of one core at rest, none waiting", empty_cpu, "%"),
        Bar("waiting.fill", f"to create and submit {WAITING}, 16 at once", took, "s"),
    ]


def _head(house: House) -> None:
    """Give the head a telephone, so that each reminder also wakes somebody."""
    with house.client("admin") as admin:
        order = {"login": "kepala", "display_name": "Kepala contoh", "role": "approver"}
        made = admin.post("/v1/accounts", json=order).raise_for_status().json()
        path = f"/v1/accounts/{made['account']['id']}/contacts"
        admin.post(path, json={"address": "tel:+6281100000001"}).raise_for_status()


def _fill(house: House) -> None:
    with house.client("dispatcher") as dispatcher, ThreadPoolExecutor(16) as hands:
        for answer in hands.map(lambda _: dispatcher.post("/v1/referrals", json=BODY), range(WAITING)):
            assert answer.status_code == httpx.codes.CREATED, answer.text


def _quiet(folder: Path, sandbox: Sandbox) -> House:
    return House(
        folder,
        sandbox,
        capacity_refresh_s="3600",
        approval_reminder_s=str(REMINDER_S),
        approval_deputy_s="86000",
        approval_run_out_s="86400",
    )


def _at_rest(house: House) -> tuple[float, float]:
    """Return the share of a core (%) over some seconds, and the resident memory (MB)."""
    assert house.process is not None
    time.sleep(3)
    before = _cpu_s(house.process.popen.pid)
    time.sleep(REST_S)
    share = (_cpu_s(house.process.popen.pid) - before) / REST_S * 100
    return share, _resident(house.process.popen.pid)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _lateness(house: House, ready: float) -> list[float]:
    """Return how long after its time, or after the start, each reminder was written."""
    deadline = time.time() + 30
    query = (
        "SELECT e.at_us, r.submitted_at_us FROM referral_event e JOIN referral r ON r.id = e.referral"
        " WHERE e.event = 'reminder'"
    )
    while True:
        with closing(sqlite3.connect(house.data / "gerbang.db", timeout=10)) as connection:
            rows = connection.execute(query).fetchall()
        if len(rows) == WAITING:
            break
        assert time.time() < deadline, f"{len(rows)} of {WAITING} reminders"
        time.sleep(0.5)
    return [at / 1e6 - max(since / 1e6 + REMINDER_S, ready) for at, since in rows]
