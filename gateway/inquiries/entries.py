"""
The declared sets of this room. Reading the log leaves one entry; whatever opens a person's sealed data an
intent before and an outcome a person after; an erasure its beginning and its end; every other order one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts import Actor, Entry
from contracts.audit import SYSTEM, Detail

from .store import Erasure, Hold

# The house tests hold it against a running gateway.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {
    "read the log": ("audit.read",),
    "export the log as FHIR": ("audit.read",),
    "read the checkpoint": ("audit.checkpoint_read",),
    "ask for a person's data": ("subject_access.asked", "subject_access.answered"),
    "ask for nobody's data": ("subject_access.asked", "subject_access.answered"),
    "ask for a breach's scope": ("breach_scope.asked", "breach_scope.answered"),
    "place a hold": ("hold.placed",),
    "list holds": ("hold.listed",),
    "erase under a hold": ("erasure.refused",),
    "lift a hold": ("hold.lifted",),
    "lift it again": ("hold.lifted",),
    "erase": ("erasure.begun", "erasure.done"),
    "erase a stranger": ("erasure.refused",),
    "note a receipt": ("report.received",),
    "rotate the signing key": ("log.key_rotated",),
    "rotate the sealing key": ("sealing_key.rotated", "sealing_key.rotated"),
}


def looked(act: str, *, by: Actor, request: str, detail: Detail, subject: str | None = None) -> Entry:
    """Return the entry of a look at the log."""
    return Entry(act, "answered", by, request=request, detail=detail, subject=subject)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An inquiry that opens sealed data: *name* is the first part of its acts."""

    name: str
    by: Actor
    purpose: str
    request: str

    def intent(self, subject: str | None, *, detail: Detail | None = None) -> Entry:
        """Return the entry that is committed before anything is opened."""
        act = f"{self.name}.asked"
        return Entry(
            act, "intended", self.by, self.purpose, subject=subject, request=self.request, detail=detail
        )

    def outcome(self, subject: str | None, *, fields: tuple[str, ...]) -> Entry:
        """Return which *fields* of a person's data were shown, never the data."""
        act = f"{self.name}.answered"
        return Entry(
            act, "answered", self.by, self.purpose, subject=subject, request=self.request, fields=fields
        )


def begun(order: Erasure, reason: str) -> Entry:
    """Return the entry without which nothing is erased."""
    detail = {"reason": reason}
    return Entry(
        "erasure.begun", "begun", order.by, subject=order.subject, request=order.request, detail=detail
    )


def done(order: Erasure, *, found: bool) -> Entry:
    """Return the entry of an erasure's end; *found* says whether there was still a key to delete."""
    outcome = "erased" if found else "nothing_left"
    return Entry("erasure.done", outcome, order.by, subject=order.subject, request=order.request)


def refused(by: Actor, code: str, *, subject: str | None, request: str, hold: str | None = None) -> Entry:
    """Return the entry of an erasure that was not begun."""
    detail = None if hold is None else {"hold": hold}
    return Entry("erasure.refused", "refused", by, subject=subject, code=code, request=request, detail=detail)


def about_hold(act: str, outcome: str, hold: Hold, *, by: Actor, request: str) -> Entry:
    """Return an entry on *hold*; its reason is words of people and stays in its table."""
    detail = {"until": hold.until.isoformat(timespec="seconds")}
    return Entry(
        act,
        outcome,
        by,
        object_type="legal_hold",
        object_id=hold.id,
        subject=hold.subject,
        request=request,
        detail=detail,
    )


def received(*, by: Actor, request: str, detail: Detail) -> Entry:
    """Return the entry of a person's word that the daily report came."""
    return Entry("report.received", "confirmed", by, request=request, detail=detail)


def sealing_key(outcome: str, *, by: Actor = SYSTEM, request: str | None = None) -> Entry:
    """Return an entry on the change of the key that wraps all persons' keys."""
    return Entry("sealing_key.rotated", outcome, by, request=request)
