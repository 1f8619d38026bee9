"""
The events against IHE BALP 1.1.4 as WE read it (balp_rules): ours alone, no validator stands behind it.

Each rule is broken here once on purpose, and must say so.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest

from .acts import RECORDS, events
from .balp_rules import (
    DCM,
    DISCLOSURE,
    EVERY,
    PATIENT_QUERY,
    QUERY,
    READ,
    REFUSAL,
    SCT,
    SIDES_AND_THING,
    UPDATE,
    Event,
    Rule,
    broken_rules,
)

QUERIES = (
    "alarms,checkpoint,log read,breach,beds,hospitals,holds,keys,partners,referrals,account.listed".split(",")
)
QUERIES += "incidents,notifications,box".split(",")
ABOUT_SOMEBODY = "log of one,breached,covered,nobody knows,no insurer,my data,given".split(",")
REFUSALS = "no key,old key,wrong role,a flood,not theirs,held,referral refused,not its news".split(",")
REFUSALS += "passkey.refused,session.refused,session.step_up_refused".split(",")
REFUSALS += ["overtaken", "not theirs to say"]
FOLLOWED: list[tuple[str, Mapping[str, Rule]]] = [
    *((name, QUERY) for name in QUERIES),
    *((name, PATIENT_QUERY) for name in ABOUT_SOMEBODY),
    ("told", UPDATE),
    ("asked", DISCLOSURE),
    ("telling", DISCLOSURE),
    ("handing over", DISCLOSURE),
    ("fetched", DISCLOSURE),
    ("referral shown", READ),
    ("incident shown", READ),
    *((name, REFUSAL) for name in REFUSALS),
    *((name, EVERY) for name in RECORDS),
]

Break = Callable[[Event], object]

_OTHER = {"system": DCM, "code": "110100"}


def _top(**fields: Any) -> Break:
    return lambda event: event.update(fields)


def _in(place: str, number: int, **fields: Any) -> Break:
    return lambda event: event[place][number].update(fields)


def _lose(place: str, number: int, *names: str) -> Break:
    return lambda event: [event[place][number].pop(name) for name in names]


def _drop(place: str, number: int) -> Break:
    return lambda event: event[place].pop(number)


def _twice(place: str, number: int) -> Break:
    return lambda event: event[place].insert(0, event[place][number])


def _also(code: str) -> Break:
    agent = {"type": {"coding": [{"system": SCT, "code": code}]}, "requestor": False}
    return lambda event: event["agent"].append(agent)  # such an agent must say who


# An event, its rules, how it is broken, and the rule that must say so.
BREAKS: list[tuple[str, Mapping[str, Rule], Break, str]] = [
    ("beds", EVERY, lambda event: event.pop("outcome"), "an outcome and its words"),
    ("beds", EVERY, lambda event: event.pop("outcomeDesc"), "an outcome and its words"),
    ("beds", EVERY, _in("agent", 0, requestor=False), "one requestor"),
    ("beds", EVERY, _in("agent", 1, requestor=True), "one requestor"),
    ("beds", EVERY, _twice("entity", 1), "a request id at most"),
    ("beds", EVERY, _in("entity", 1, what={"identifier": {"value": ""}}), "a request id at most"),
    ("beds", EVERY, _drop("entity", -1), "the entry last, with its leaf"),
    ("beds", QUERY, _top(type=_OTHER), "a RESTful operation"),
    ("beds", QUERY, _drop("subtype", 0), "a search, once"),
    ("beds", QUERY, _twice("subtype", 0), "a search, once"),
    ("beds", QUERY, _top(action="R"), "executed"),
    ("beds", QUERY, _drop("agent", 0), "two agents"),
    ("beds", QUERY, _drop("agent", 0), "one client"),
    ("beds", QUERY, _twice("agent", 0), "one client"),
    ("beds", QUERY, _lose("agent", 0, "who"), "one client"),
    ("beds", QUERY, _in("agent", 0, media=_OTHER), "one client"),
    ("beds", QUERY, _in("agent", 1, type={"coding": [_OTHER]}), "one server"),
    ("beds", QUERY, _lose("agent", 1, "network"), "one server"),
    ("beds", QUERY, _lose("agent", 1, "who"), "one server"),
    ("beds", QUERY, _twice("entity", 0), "one question"),
    ("beds", QUERY, _lose("entity", 0, "role"), "one question"),
    ("beds", QUERY, _in("entity", 0, role=_OTHER), "one question"),
    ("beds", QUERY, _in("entity", 0, what={}), "one question"),
    ("beds", QUERY, _in("entity", 0, detail=[]), "one question"),
    ("covered", PATIENT_QUERY, _drop("entity", 0), "one patient"),
    ("covered", PATIENT_QUERY, _twice("entity", 0), "one patient"),
    ("covered", PATIENT_QUERY, _lose("entity", 0, "what"), "one patient"),
    ("covered", PATIENT_QUERY, _in("entity", 0, what={"type": "Person"}), "one patient"),
    ("covered", PATIENT_QUERY, _in("entity", 0, role=_OTHER), "one patient"),
    ("told", UPDATE, _top(type=_OTHER), "a RESTful operation"),
    ("told", UPDATE, _drop("subtype", 0), "an update"),
    ("told", UPDATE, _top(action="E"), "updated"),
    ("told", UPDATE, _drop("agent", 0), "one client"),
    ("told", UPDATE, _drop("agent", 1), "one server"),
    ("told", UPDATE, _lose("entity", 0, "what"), "one thing"),
    ("told", UPDATE, _in("entity", 0, role=_OTHER), "one thing"),
    ("asked", DISCLOSURE, _top(meta={"profile": []}), "its profile"),
    ("asked", DISCLOSURE, _top(modifierExtension=[]), "no modifier"),
    ("asked", DISCLOSURE, _top(type={"system": DCM, "code": "110107"}), "an export"),
    ("asked", DISCLOSURE, _drop("subtype", 0), "a disclosure, once"),
    ("asked", DISCLOSURE, _twice("subtype", 0), "a disclosure, once"),
    ("asked", DISCLOSURE, _top(action="C"), "read"),
    ("asked", DISCLOSURE, lambda event: event.update(agent=event["agent"][:1]), "two agents"),
    ("asked", DISCLOSURE, _in("agent", 0, who={"display": "else"}), "the observer is the one source"),
    ("asked", DISCLOSURE, _lose("agent", 0, "network"), "the observer is the one source"),
    ("asked", DISCLOSURE, _drop("agent", 0), "the observer is the one source"),
    ("asked", DISCLOSURE, _lose("agent", 1, "network"), "one recipient"),
    ("asked", DISCLOSURE, _lose("agent", 1, "who"), "one recipient"),
    ("asked", DISCLOSURE, _twice("agent", 1), "one recipient"),
    ("asked", DISCLOSURE, _also("159541003"), "a custodian at most"),
    ("asked", DISCLOSURE, _also("429577009"), "an authorizer at most"),
    ("asked", DISCLOSURE, lambda event: event.update(entity=event["entity"][:1]), "two entities"),
    ("asked", DISCLOSURE, _drop("entity", 0), "one patient"),
    ("asked", DISCLOSURE, _twice("entity", 0), "one patient"),
    ("referral shown", READ, _drop("subtype", 0), "a read"),
    ("referral shown", READ, _top(action="E"), "looked at"),
    ("referral shown", READ, _drop("entity", 0), "one patient"),
    ("wrong role", REFUSAL, _top(type=_OTHER), "a security alert"),
    ("wrong role", REFUSAL, _drop("subtype", 0), "a decision"),
    ("wrong role", REFUSAL, _top(action="R"), "executed"),
    ("wrong role", REFUSAL, _top(outcome="0"), "failed"),
    ("wrong role", REFUSAL, _in("agent", 0, type={"coding": [_OTHER]}), "one client"),
    ("wrong role", REFUSAL, _lose("agent", 0, "who"), "one client"),
    ("wrong role", REFUSAL, _in("agent", 1, who={"display": "else"}), "the observer is the one authorizer"),
    ("wrong role", REFUSAL, _in("agent", 1, requestor=True), "the observer is the one authorizer"),
    ("wrong role", REFUSAL, _in("agent", 1, network={}), "the observer is the one authorizer"),
]


@pytest.fixture(scope="module")
def table() -> dict[str, Event]:
    """The event of every record of the table."""
    return events()


@pytest.mark.parametrize(("name", "rules"), FOLLOWED)
def test_an_event_keeps_its_patterns_rules(
    table: dict[str, Event], name: str, rules: Mapping[str, Rule]
) -> None:
    """As we read them."""
    assert broken_rules(table[name], rules) == []


@pytest.mark.parametrize(("name", "rules", "change", "rule"), BREAKS)
def test_a_broken_rule_is_seen(
    table: dict[str, Event], name: str, rules: Mapping[str, Rule], change: Break, rule: str
) -> None:
    """An event that was sound, one change, and the rule says so."""
    event = deepcopy(table[name])
    change(event)
    assert rule in broken_rules(event, rules)


def test_every_rule_can_be_broken() -> None:
    """No rule says yes to everything."""
    wanted = {(id(rules), rule) for _, rules in FOLLOWED for rule in rules}
    inherited = {(id(PATIENT_QUERY), rule) for rule in QUERY}
    inherited |= {(id(READ), rule) for rule in SIDES_AND_THING}
    assert {(id(rules), rule) for _, rules, _, rule in BREAKS} == wanted - inherited


def test_every_event_with_two_sides_follows_a_pattern(table: dict[str, Event]) -> None:
    """None is left out of the list above."""
    followed = {name for name, rules in FOLLOWED if rules is not EVERY}
    assert {name for name, event in table.items() if len(event["agent"]) > 1} == followed
