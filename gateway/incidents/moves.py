"""
What each event makes of an incident: pure steps, carried out by `committing`.

A step says what changes, which picture comes of it if partners are to hear, and who. Whether the event is
possible at all is the table's to say (`states`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts import AlertKind, Category, Severity
from contracts.audit import Scalar
from gateway.areas.areas import Areas

from .facts import Facts
from .news import difference, sorted_anew, with_news
from .orders import News, Outcome, Void
from .placing import in_the_clear
from .rows import Incident
from .states import Event


@dataclass(frozen=True, slots=True)
class Now:
    """An incident as a move finds it; *facts* are None where the key they were sealed under was erased."""

    incident: Incident
    facts: Facts | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """
    What is to become of it.

    *picture* is the kind of a new one, of *facts*; without one nobody is told but *first*, partners for whom
    the picture that stands is the first word. *said* is what the step says of people; it is sealed in the
    entry. *code* and *detail* say the rest.
    """

    event: Event
    act: str
    changes: Mapping[str, object] = field(default_factory=dict)
    picture: AlertKind | None = None
    facts: Facts | None = None
    first: tuple[str, ...] = ()
    said: Mapping[str, Scalar] = field(default_factory=dict)
    code: str | None = None
    detail: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is changed: the name of a problem, and what it says."""

    problem: str
    detail: str | None = None


ERASED = Refusal("conflict", "What this incident held of people was erased; it can only be ended.")


def updated(now: Now, news: News, areas: Areas) -> Step | Refusal:
    """Let what is news take its place in a complete new picture."""
    if now.facts is None:
        return ERASED
    facts = with_news(now.facts, news, areas)
    return Step(
        Event.UPDATE,
        "incident.updated",
        changes={**sorted_anew(now.incident, news), **in_the_clear(facts.place)},
        picture=AlertKind.UPDATE,
        facts=facts,
        said=difference(now.facts, facts),
    )


def revised(now: Now, *, category: Category, severity: Severity, words: Facts) -> Step | Refusal:
    """Let a proposal say what its warning says now, in *words*; what else is known of it stays."""
    if now.facts is None:
        return ERASED
    facts = replace(now.facts, place=words.place, narrative=words.narrative)
    return Step(
        Event.REVISE,
        "incident.updated",
        changes={
            **sorted_anew(now.incident, News(category=category, severity=severity)),
            **in_the_clear(facts.place),
        },
        picture=AlertKind.UPDATE,
        facts=facts,
        said=difference(now.facts, facts),
        code="warning_changed",
    )


def closed(now: Now, outcome: Outcome, note: str | None) -> Step:
    """End it."""
    return _ended(Event.CLOSE, "incident.closed", AlertKind.CLOSED, now, code=str(outcome), note=note)


def cancelled(now: Now, reason: Void, note: str | None) -> Step:
    """Say that it never was."""
    return _ended(Event.CANCEL, "incident.cancelled", AlertKind.CANCEL, now, code=str(reason), note=note)


def merged(now: Now, into: str) -> Step:
    """Let it be another incident."""
    step = _ended(Event.MERGE, "incident.merged", AlertKind.CANCEL, now, code="merged", note=None)
    return replace(step, changes={**step.changes, "merged_into": into}, detail={"into": into})


def taken_over(now: Now, merged: str, heard: tuple[str, ...]) -> Step:
    """Tell whoever *heard* of the *merged* incident about this one: the work goes on under its id."""
    told = tuple(dict.fromkeys((*now.incident.told, *heard)))
    return Step(
        Event.TAKE_OVER,
        "incident.updated",
        changes={"told": told},
        first=heard,
        code="took_over",
        detail={"merged": merged},
    )


def told(now: Now, partner: str) -> Step:
    """Tell one more partner, and of every later picture."""
    everybody = tuple(dict.fromkeys((*now.incident.told, partner)))
    return Step(Event.TELL, "incident.told", changes={"told": everybody}, first=(partner,), code=partner)


def linked(now: Now, other: str) -> Step:
    """Note that it has to do with another."""
    return Step(Event.LINK, "incident.linked", detail={"other": other})


def accepted(now: Now) -> Step | Refusal:
    """Take the proposal up: everybody it concerns is told, also who has had the warning."""
    if now.facts is None:
        return ERASED
    return Step(Event.ACCEPT, "incident.opened", picture=AlertKind.UPDATE, facts=now.facts, code="accepted")


def dismissed(now: Now, *, event: Event = Event.DISMISS, code: str = "dismissed") -> Step:
    """Take the proposal down; whoever had the warning is told that nothing comes of it."""
    return _ended(event, "incident.dismissed", AlertKind.CANCEL, now, code=code, note=None)


def _ended(event: Event, act: str, kind: AlertKind, now: Now, *, code: str, note: str | None) -> Step:
    facts = None if now.facts is None else replace(now.facts, note=note or now.facts.note)
    return Step(
        event,
        act,
        changes={"outcome": code, "closed_at": now.at},
        picture=kind,
        facts=facts,
        said={"note": note} if note else {},
        code=code,
    )
