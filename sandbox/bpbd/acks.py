"""What BPBD says, in CAP: an Ack, with the profile's parameters where there is more to say, or an Error."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count
from xml.sax.saxutils import escape

from .cap import NAMESPACE, Message, Reference

SENDER = "pusdalops.bpbd.kota-jambi.contoh"
OFFICER, POST = "Budi Contoh", "Piket Pusdalops"
MACHINE = ("received", "integrated")
STEPS = (*MACHINE, "read", "accepted", "refused", "dispatched", "on_scene", "closed")

_WIB = timezone(timedelta(hours=7))
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Saying:
    """One step; *named*: the officer on duty stands behind it."""

    step: str
    named: bool = True
    reason: str | None = None
    reference: str | None = None


def bare_ack(message: Message, at: datetime) -> bytes:
    """Return what a machine sends by itself."""
    return _written("Ack", message.name, message.status, at)


def ack(message: Message, saying: Saying, at: datetime) -> bytes:
    """Return one step as an Ack."""
    human = saying.named and saying.step not in MACHINE
    told = {
        "GERBANG-STATE": saying.step,
        "GERBANG-BY": OFFICER if human else None,
        "GERBANG-POST": POST if human else None,
        "GERBANG-REF": saying.reference,
        "GERBANG-REASON": saying.reason,
    }
    return _written("Ack", message.name, message.status, at, told)


def error(name: Reference, code: str, why: str, at: datetime) -> bytes:
    """Return a refusal."""
    return _written("Error", name, "Actual", at, {"GERBANG-ERROR": code}, note=why)


def _written(
    kind: str,
    about: Reference,
    status: str,
    at: datetime,
    told: dict[str, str | None] | None = None,
    note: str = "",
) -> bytes:
    sent = at.astimezone(_WIB).replace(microsecond=0).isoformat()
    lines = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        f'<alert xmlns="{NAMESPACE}">',
        f"<identifier>{kind.lower()}-{next(_numbers):06}</identifier>",
        f"<sender>{SENDER}</sender><sent>{sent}</sent><status>{status}</status>",
        f"<msgType>{kind}</msgType><scope>Private</scope>",
        f"<addresses>{escape(about.sender)}</addresses>",
        f"<note>{escape(note)}</note>" if note else "",
        f"<references>{escape(','.join(about))}</references>",
        _info(told) if told else "",
        "</alert>",
    ]
    return "\n".join(line for line in lines if line).encode()


def _info(told: dict[str, str | None]) -> str:
    pairs = [
        f"<parameter><valueName>{name}</valueName><value>{escape(value)}</value></parameter>"
        for name, value in told.items()
        if value is not None
    ]
    return (
        "<info><language>id</language><category>Other</category><event>Konfirmasi</event>"
        "<urgency>Unknown</urgency><severity>Unknown</severity><certainty>Unknown</certainty>"
        f"{''.join(pairs)}</info>"
    )
