"""
The constraints of IHE BALP 1.1.4 as WE read them: cardinalities and fixed codes, pattern by pattern.

No validator that runs here slices lists rightly, so nobody but us holds the events against these profiles.
Sources: the StructureDefinitions IHE.BasicAudit.Query, .PatientQuery, .Update, .PrivacyDisclosure.Source and
.AuthZconsent of 2025-10-31. Where an event follows a pattern without claiming its profile, the rules that it
cannot keep are left out here, by name.
"""

from collections.abc import Callable, Mapping
from typing import Any

Event = dict[str, Any]
Rule = Callable[[Event], bool]

HL7 = "http://terminology.hl7.org/CodeSystem"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
REST = "http://hl7.org/fhir/restful-interaction"
BALP = "https://profiles.ihe.net/ITI/BALP"
SCT = "http://snomed.info/sct"


def _is(coding: Any, system: str, *codes: str) -> bool:
    return isinstance(coding, dict) and coding.get("system") == system and coding.get("code") in codes


def _agents(event: Event, system: str, code: str) -> list[Event]:
    """Return the slice of agents of that type."""
    given = event.get("agent", [])
    return [
        each for each in given if any(_is(c, system, code) for c in each.get("type", {}).get("coding", []))
    ]


def _entities(event: Event, system: str, code: str) -> list[Event]:
    """Return the slice of entities of that type."""
    return [each for each in event.get("entity", []) if _is(each.get("type"), system, code)]


def _one(found: list[Event], *has: str, lacks: tuple[str, ...] = ()) -> bool:
    return len(found) == 1 and all(name in found[0] for name in has) and not set(lacks) & found[0].keys()


def _subtypes(event: Event, system: str, *codes: str) -> int:
    return sum(_is(each, system, *codes) for each in event.get("subtype", []))


def _type(system: str, code: str) -> Rule:
    return lambda event: _is(event.get("type"), system, code)


def _action(code: str) -> Rule:
    return lambda event: event.get("action") == code


def _patient(event: Event) -> bool:
    found = _entities(event, f"{HL7}/audit-entity-type", "1")
    one = _one(found, "role", "what") and _is(found[0]["role"], f"{HL7}/object-role", "1")
    return one and found[0]["what"].get("type") == "Patient"


def _question(event: Event) -> bool:
    found = _entities(event, f"{HL7}/audit-entity-type", "2")
    one = _one(found, "role", lacks=("what", "lifecycle", "detail"))
    return one and _is(found[0]["role"], f"{HL7}/object-role", "24")


def _request(event: Event) -> bool:
    found = _entities(event, f"{BALP}/CodeSystem/BasicAuditEntityType", "XrequestId")
    return len(found) <= 1 and all(each["what"]["identifier"]["value"] for each in found)


def _source(event: Event) -> bool:
    found = _agents(event, DCM, "110153")
    return _one(found, "who", "network") and found[0]["who"] == event["source"]["observer"]


def _authorizer(event: Event) -> bool:
    lacks = ("role", "altId", "name", "location", "policy", "media", "network", "purposeOfUse")
    found = _agents(event, f"{HL7}/extra-security-role-type", "authserver")
    one = _one(found, "who", lacks=lacks) and found[0]["requestor"] is False
    return one and found[0]["who"] == event["source"]["observer"]


def _optional(system: str, code: str) -> Rule:
    def rule(event: Event) -> bool:
        found = _agents(event, system, code)
        return not found or _one(found, "who")

    return rule


# Ours, not IHE's: what every event has, whatever its pattern.
EVERY: Mapping[str, Rule] = {
    "an outcome and its words": lambda event: {"outcome", "outcomeDesc"} <= event.keys(),
    "one requestor": lambda event: sum(each["requestor"] for each in event["agent"]) == 1,
    "a request id at most": _request,
    "the entry last, with its leaf": lambda event: (
        event["entity"][-1].get("detail", [{}])[0].get("type") == "leaf"
    ),
}

# Left out of the profile: entity[query].query 1..1 (the log keeps no raw question), agent[client].network
# 1..1 (nor where it came from), outcome 0 (a failure follows the pattern too, says the profile itself).
QUERY: Mapping[str, Rule] = {
    "a RESTful operation": _type(f"{HL7}/audit-event-type", "rest"),
    "a search, once": lambda event: _subtypes(event, REST, "search", "search-type", "search-system") == 1,
    "executed": _action("E"),
    "two agents": lambda event: len(event["agent"]) >= 2,
    "one client": lambda event: _one(_agents(event, DCM, "110153"), "who", lacks=("media",)),
    "one server": lambda event: _one(_agents(event, DCM, "110152"), "who", "network", lacks=("media",)),
    "one question": _question,
}
PATIENT_QUERY: Mapping[str, Rule] = {**QUERY, "one patient": _patient}

# Left out likewise: agent[client].network 1..1.
UPDATE: Mapping[str, Rule] = {
    "a RESTful operation": QUERY["a RESTful operation"],
    "an update": lambda event: _subtypes(event, REST, "update", "patch") >= 1,
    "updated": _action("U"),
    "one client": QUERY["one client"],
    "one server": QUERY["one server"],
    "one thing": lambda event: (
        _one(found := _entities(event, f"{HL7}/audit-entity-type", "2"), "role", "what")
        and _is(found[0]["role"], f"{HL7}/object-role", "3", "4", "20")
    ),
}

# IHE.BasicAudit.Read and .PatientRead, with the same left out.
SIDES_AND_THING = ("a RESTful operation", "one client", "one server", "one thing")
READ: Mapping[str, Rule] = {
    **{name: UPDATE[name] for name in SIDES_AND_THING},
    "a read": lambda event: _subtypes(event, REST, "read", "vread") >= 1,
    "looked at": _action("R"),
    "one patient": _patient,
}

# The whole profile: it is claimed.
DISCLOSURE: Mapping[str, Rule] = {
    "its profile": lambda event: (
        event["meta"]["profile"] == [f"{BALP}/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source"]
    ),
    "no modifier": lambda event: "modifierExtension" not in event,
    "an export": _type(DCM, "110106"),
    "a disclosure, once": lambda event: _subtypes(event, f"{HL7}/iso-21089-lifecycle", "disclose") == 1,
    "read": _action("R"),
    "two agents": lambda event: len(event["agent"]) >= 2,
    "the observer is the one source": _source,
    "one recipient": lambda event: _one(_agents(event, DCM, "110152"), "who", "network"),
    "a custodian at most": _optional(SCT, "159541003"),
    "an authorizer at most": _optional(SCT, "429577009"),
    "two entities": lambda event: len(event["entity"]) >= 2,
    "one patient": _patient,
}

# Left out of the profile: user, user's organization, patient, consent (a key's role decides, not a consent),
# agent[client].network 1..1 and no role, subtypes of its own list only.
REFUSAL: Mapping[str, Rule] = {
    "a security alert": _type(DCM, "110113"),
    "a decision": lambda event: (
        _subtypes(event, f"{BALP}/CodeSystem/AuthZsubType", "AuthZ-Role") == 1
        or _subtypes(event, DCM, "110126", "110132") == 1
    ),
    "executed": _action("E"),
    "failed": lambda event: event["outcome"] in ("4", "8"),
    "one client": lambda event: _one(_agents(event, DCM, "110150"), "who", lacks=("media",)),
    "the observer is the one authorizer": _authorizer,
}


def broken_rules(event: Event, rules: Mapping[str, Rule]) -> list[str]:
    """Return the rules that the event does not keep."""
    return [name for name, rule in rules.items() if not rule(event)]
