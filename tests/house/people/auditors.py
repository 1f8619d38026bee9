"""The auditor: reads, tells people what is held of them, holds and erases; an admin changes keys."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from .asking import Ask, Asking
from .questions import NIK

STRANGER = "1571015203909933"


class Auditors(Asking):
    """Who asks of the log."""

    hold: Any = None

    def audit(self, path: str, *, expect: int = 200, role: str = "auditor", **body: str) -> httpx.Response:
        """Ask or order something of the audit log."""
        return self.ask(role, "POST", f"/v1/audit/{path}", expect=expect, json=body)

    def place_hold(self) -> httpx.Response:
        """Suspend a person's erasure."""
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        answer = self.audit("holds", expect=201, nik=NIK, reason="Polda Jambi, contoh", until=until)
        self.hold = answer.json()["hold"]
        return answer

    def lift_hold(self) -> httpx.Response:
        """End that hold."""
        return self.ask("auditor", "DELETE", f"/v1/audit/holds/{self.hold['id']}")

    def checkpoint(self) -> httpx.Response:
        """Read the newest checkpoint; a new house has its first one a second after its first entry."""
        until = time.monotonic() + 5
        with self.house.client("auditor") as auditor:
            while (answer := auditor.get("/v1/audit/checkpoint")).status_code == 404:
                assert time.monotonic() < until
                time.sleep(0.2)
        assert answer.status_code == 200
        return answer

    def breach(self) -> httpx.Response:
        """Ask who was affected today."""
        now = datetime.now(UTC)
        since, until = (now - timedelta(hours=1)).isoformat(), now.isoformat()
        answer = self.audit("breach-scope", since=since, until=until, purpose="HCOMPL", key="abcdefghij")
        assert answer.json()["people"] == []
        return answer

    def script(self) -> dict[str, Ask]:
        """Return what is done, in order."""
        return {
            "read the log": lambda: self.ask("auditor", "GET", "/v1/audit?limit=3"),
            "export the log as FHIR": lambda: self.ask("auditor", "GET", "/v1/audit?limit=3&format=fhir"),
            "read the checkpoint": self.checkpoint,
            "ask for a person's data": lambda: self.audit("subject-access", nik=NIK, purpose="PATRQT"),
            "ask for nobody's data": lambda: self.audit("subject-access", nik=STRANGER, purpose="PATRQT"),
            "ask for a breach's scope": self.breach,
            "note a receipt": lambda: self.audit(
                "report-receipts", expect=201, day="2026-11-25", channel="email", office="Inspektorat"
            ),
            "place a hold": self.place_hold,
            "list holds": lambda: self.ask("auditor", "GET", "/v1/audit/holds"),
            "erase under a hold": lambda: self.audit("erasures", expect=409, nik=NIK, reason="unlawful"),
            "lift a hold": self.lift_hold,
            "lift it again": self.lift_hold,
            "erase": lambda: self.audit("erasures", nik=NIK, reason="unlawful"),
            "erase a stranger": lambda: self.audit("erasures", expect=404, nik=STRANGER, reason="unlawful"),
            "rotate the signing key": lambda: self.audit("rotations", role="admin", key="signing"),
            "rotate the sealing key": lambda: self.audit("rotations", role="admin", key="sealing"),
        }
