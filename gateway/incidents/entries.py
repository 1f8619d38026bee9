"""
The declared sets of this room: what each action leaves in the audit log.

Beside them every notification that a change causes leaves its own `notification.accepted`, by the room of
notifications.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from contracts import Entry
from contracts.audit import Scalar
from gateway.access.guard import Principal
from gateway.people import Person, about

from .doing import Doer
from .rows import Incident

# The house tests hold it against a running gateway.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {
    "open an incident": ("incident.opened",),
    "open it again": ("incident.opened",),
    "list open incidents": ("incident.listed",),
    "list proposed incidents": ("incident.listed",),
    "find an incident": ("incident.listed",),
    "read an incident": ("incident.shown",),
    "update an incident": ("incident.updated",),
    "update what has changed": ("incident.refused",),
    "tell one more partner": ("incident.told",),
    "link two incidents": ("incident.linked",),
    "merge two incidents": ("incident.merged", "incident.updated"),
    "close an incident": ("incident.closed",),
    "close it again": ("incident.refused",),
    "cancel an incident": ("incident.cancelled",),
    "propose an incident": ("incident.proposed",),
    "accept a proposal": ("incident.opened",),
    "dismiss a proposal": ("incident.dismissed",),
    "revise a proposal": ("incident.updated",),
    "withdraw a proposal": ("incident.dismissed",),
}

PURPOSE = "ETREAT"  # HL7 v3 PurposeOfUse, emergency treatment: the nearest there is to an alert


def made(
    incident: Incident,
    act: str,
    outcome: str,
    doer: Doer,
    *,
    person: Person | None = None,
    said: Mapping[str, Scalar] | None = None,
    code: str | None = None,
    detail: Mapping[str, Scalar] | None = None,
    hearers: Collection[str] = (),
) -> Entry:
    """Return the entry of a change; *said* is what it says of people, sealed, and *hearers* who is told."""
    entry = Entry(
        act=act,
        outcome=outcome,
        actor=doer.actor,
        purpose=PURPOSE,
        object_type="incident",
        object_id=incident.id,
        subject=incident.subject,
        code=code,
        request=doer.request,
        detail={
            "category": str(incident.category),
            "severity": str(incident.severity),
            "sequence": incident.sequence,
            **({"partners": tuple(sorted(hearers))} if hearers else {}),
            **({"drill": True} if incident.drill else {}),
            **(detail or {}),
        },
    )
    return about(entry, person, said) if person and said else entry


def refused(incident: Incident, doer: Doer, problem: str) -> Entry:
    """Return the entry of a change that was not made."""
    return made(incident, "incident.refused", "refused", doer, code=problem)


def repeated(incident: Incident, doer: Doer) -> Entry:
    """Return the entry of a question that had made its incident before."""
    return made(incident, "incident.opened", "repeated", doer)


def listed(what: str, count: int, *, by: Principal, request: str) -> Entry:
    """Return the entry of a look at a list; *what* is which."""
    return Entry(
        "incident.listed", "listed", by.actor, request=request, detail={"what": what, "count": count}
    )


def shown(incident: Incident, names: Collection[str], *, by: Principal, request: str) -> Entry:
    """Return the entry of a look at a whole incident; *names* are the personal data it showed."""
    entry = Entry(
        act="incident.shown",
        outcome="shown",
        actor=by.actor,
        purpose=PURPOSE,
        object_type="incident",
        object_id=incident.id,
        subject=incident.subject,
        request=request,
    )
    return replace(entry, fields=tuple(sorted(names)))
