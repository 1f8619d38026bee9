"""What an agency says to a message: a step, by a named officer or by a machine, in the words of its wire."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from .envelope import SENDER
from .message import Message
from .table import AgencyRow

MEDIA_TYPES = {"police": "application/vnd.gerbang.handover+json", "webhook": "application/json"}
MACHINE = ("received", "integrated")
STEPS = (*MACHINE, "read", "accepted", "refused", "dispatched", "on_scene", "closed")

_POLICE = {"refused": "REJECTED", "on_scene": "ONSCENE"}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Saying:
    """One step; *named*: the officer on duty stands behind it; *report* is the agency's own number."""

    step: str
    named: bool = True
    reason: str | None = None
    report: str | None = None

    @property
    def is_human(self) -> bool:
        """Whether a person or duty post is named."""
        return self.named and self.step not in MACHINE


def written(row: AgencyRow, message: Message, saying: Saying, at: datetime) -> bytes:
    """Return the body that is sent to 112."""
    told = _envelope(row, message, saying, at) if row.kind == "police" else _receipt(row, message, saying, at)
    return json.dumps(told, ensure_ascii=False).encode()


def _receipt(row: AgencyRow, message: Message, saying: Saying, at: datetime) -> dict[str, Any]:
    receipt = {
        "id": message.id,
        "state": saying.step,
        "at": at.isoformat(),
        "by": row.officer if saying.is_human else None,
        "post": row.post if saying.is_human else None,
        "reference": saying.report,
        "reason": saying.reason,
    }
    return {name: value for name, value in receipt.items() if value is not None}


def _envelope(row: AgencyRow, message: Message, saying: Saying, at: datetime) -> dict[str, Any]:
    officer = {"name": row.officer, "rank": row.rank, "unit": row.post}
    ack = {
        "distributionID": f"{SENDER}_{message.id}",
        "step": _POLICE.get(saying.step, saying.step.upper()),
        "at": at.isoformat(),
        "officer": officer if saying.is_human else None,
        "policeReportNumber": saying.report,
        "reason": _reason(saying) if saying.step == "refused" else None,
        "disposition": _reason(saying) if saying.step == "closed" else None,
    }
    return {
        "distributionID": f"{row.id}_{next(_numbers)}",
        "senderID": row.id,
        "dateTimeSent": at.isoformat(),
        "distributionStatus": message.status,
        "distributionKind": "Ack",
        "content": {"ack": {name: value for name, value in ack.items() if value is not None}},
    }


def _reason(saying: Saying) -> str:
    default = "NO_UNIT" if saying.step == "refused" else "HANDLED"
    return (saying.reason or default).upper()
