"""Whole questions, made from the API's own description: a route added tomorrow is asked tomorrow."""

import json
import random
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

CANARY_NIKS = ("1571015203909901", "1571024107860003", "1571101708019977")
CANARY_NOKARTU = "0009876543217"
CANARY_NAME = "Zulaikha Purnamawangsa"
CANARIES = (*CANARY_NIKS, CANARY_NOKARTU, CANARY_NAME)

PATIENTS = (
    {"name": CANARY_NAME, "nik": CANARY_NIKS[0], "birth_date": "1990-03-12", "sex": "female"},
    {"name": CANARY_NAME, "nik": CANARY_NIKS[1]},
    {"nik": CANARY_NIKS[2]},
    {"nokartu": CANARY_NOKARTU, "age_years": 70},
    {},
)
TICKED = ["reduced_consciousness"]
BY_TELEPHONE = ["rsud-sayoeti"]  # the others' systems are away here, and are tried again and again

EARLIER = (datetime.now(UTC) - timedelta(days=1)).isoformat()
LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()

# What a good value of each parameter and field looks like; a new one must be named here.
GOOD: Mapping[str, Sequence[Any]] = {
    "need": ("icu", "igd", "ward"),
    "lat": (-1.6101, "-1.6", 0),
    "lon": (103.6131, "103.6", 0),
    "sex": ("male", "female"),
    "fresh": ("false", "false", "false", "true"),
    "deadline_ms": (100, 2000),
    "hospital": ("rsud-sayoeti", "rs-siloam"),
    "free": (0, 3),
    "told_by": ("Perawat jaga (contoh)",),
    "expires_at": ((datetime.now(UTC) + timedelta(hours=1)).isoformat(),),
    "nik": CANARY_NIKS,
    "nokartu": (CANARY_NOKARTU,),
    "birth_date": ("1990-03-12",),
    "service_date": (datetime.now(UTC).date().isoformat(),),
    "purpose": ("ETREAT", "TREAT", "COVERAGE"),
    "role": ("dispatcher", "auditor"),
    "holder": ("Meja contoh",),
    "days": (1, 30),
    "from": (EARLIER,),
    "to": (LATER,),
    "since": (EARLIER,),
    "until": (LATER,),
    "act": ("eligibility.asked", "capacity.asked"),
    "subject": ("p-" + "0a" * 12,),
    "partner": ("bpjs",),
    "request": ("abcdefghijklmnop" * 2,),
    "limit": (1, 100),
    "format": ("record", "record", "record", "fhir"),
    "reason": ("Polda Jambi, perkara contoh",),
    "key": ("abcdefghij",),
    "day": ("2026-11-25",),
    "channel": ("email", "phone"),
    "office": ("Inspektorat",),
    "login": tuple(
        f"meja{letter}{other}" for letter in "abcdefghij" for other in "abcdefghijklmnopqrstuvwxyz"
    ),
    "display_name": ("Meja contoh",),
    "renew_totp": (False, True),
    "address": ("tel:+6281200000001", "mailto:jaga@contoh.example", "mailto:piket@contoh.example"),
    "language": ("id", "en"),
    "task": ("t-1",),
    "waiting": ("true", "false"),
    "named": ("T-1",),
    "then": ("draft", "submit", "break_glass"),
    "criteria": (TICKED, TICKED, []),
    "patient": PATIENTS,
    "hospitals": (BY_TELEPHONE, BY_TELEPHONE, ["rs-siloam"], ["rsud-sayoeti", "rsu-rimbo-medika"]),
    "rule": ("first", "person"),
    "kelas": ("1", "vip"),
    "diagnosis": ("I61.9",),
    "situation": (f"{CANARY_NAME}, GCS 9",),
    "transport": ("Ambulans 7",),
    "callback_phone": ("0741 555",),
    "source_ref": tuple({"system": "112", "ticket": f"T-{number}"} for number in range(20)),
    "drill": (True, False),
    "note": (f"{CANARY_NAME} {CANARY_NIKS[1]}", "Contoh"),
    "screen": ("0" * 64,),
    "decision": ("approve", "reject"),
    "verdict": ("sesuai", "tidak_sesuai"),
    "state": ("accepted", "declined", "failed"),
    "person": ("Perawat jaga (contoh)",),
    "at": (EARLIER,),
    "bed_held_until": (LATER,),
    "category": ("other", "public_facility", "other", "crime", "psychiatric"),
    "severity": ("minor", "severe", "unknown"),
    "urgent": (True, False, None),
    "precision_m": (10, 100_000),
    "landmark": ("Tugu Keris",),
    "area_code": ("15.71", "15.71.01"),
    "narrative": (f"{CANARY_NAME} {CANARY_NIKS[1]}", "Contoh"),
    "cautions": (["armed"], []),
    "casualties": ({"injured": 2}, {"dead": 0, "missing": None}),
    "caller": ({"name": CANARY_NAME, "phone": "081200000001"}, {"phone": "0741 555123"}),
    "reported_at": (EARLIER,),
    "outcome": ("handled", "nothing_found"),
    "accept": (True, False),
    "open": ("true", "false"),
    "proposed": ("true", "false"),
    "alarmed": ("true",),
    "dead": ("true",),
    "touching": ("true", "false"),
    "ended": ("true", "false"),
    "post": ("Piket",),
    "by": ("Petugas Contoh",),
    "reference": ("LP-7",),
    "partner_ref": ("LP-7",),
    "standing": ("live", "planned", "onboarding", "suspended"),
    "If-Match": ('"2"', '"2"', 'W/"2"', '"3"'),
    "Idempotency-Key": tuple(f"order-{number}" for number in range(20)),
}
# Inside a body a number is a number, and an address is a place.
PICTURE: Mapping[str, Sequence[Any]] = {
    "lat": (-1.6101, 0),
    "lon": (103.6131, 0),
    "address": (f"Rumah {CANARY_NAME}", "Jl. Contoh 5"),
}
PROGRESS: Mapping[str, Sequence[Any]] = {
    "state": ("read", "accepted", "refused", "closed"),
    "reason": ("Tidak ada petugas",),
}
FIRST_VERSION = ('"1"', '"1"', 'W/"1"', '"2"')
# Where the same name means another thing.
GOOD_OF: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "POST /v1/audit/subject-access": {"purpose": ("PATRQT", "HLEGAL", "HCOMPL")},
    "POST /v1/audit/breach-scope": {"purpose": ("HCOMPL", "HLEGAL"), "until": (LATER,)},
    "POST /v1/audit/erasures": {"nik": CANARY_NIKS[1:], "reason": ("no_longer_needed", "subject_request")},
    "POST /v1/audit/rotations": {"key": ("signing", "sealing")},
    # Inside a body a number is a number.
    "POST /v1/referrals": {"lat": (-1.6101, 0), "lon": (103.6131, 0)},
    "POST /v1/referrals/{referral}/choice": {"hospital": BY_TELEPHONE, "If-Match": ('"3"',)},
    "POST /v1/referrals/{referral}/answers": {"channel": ("phone", "radio"), "reason": ("full",)},
    **{
        f"{method} /v1/callbacks/{{partner}}/{rest}": {"partner": BY_TELEPHONE}
        for method, rest in (("POST", "fhir"), ("PUT", "fhir/Task/{task}"), ("POST", "referrals"))
    },
    "POST /v1/incidents": PICTURE,
    "POST /v1/incidents/{incident}/updates": {**PICTURE, "If-Match": FIRST_VERSION},
    "POST /v1/incidents/{incident}/close": {"If-Match": FIRST_VERSION},
    "POST /v1/incidents/{incident}/cancel": {
        "If-Match": FIRST_VERSION,
        "reason": ("prank", "false_alarm"),
    },
    "POST /v1/incidents/{incident}/merge": {"If-Match": FIRST_VERSION},
    "POST /v1/incidents/{incident}/proposal": {"If-Match": FIRST_VERSION},
    "POST /v1/incidents/{incident}/tell": {"partner": ("satpol-pp", "rsud-sayoeti")},
    "GET /v1/notifications": {"partner": ("bpbd", "rsud-sayoeti")},
    "POST /v1/notifications/{notification}/receipts": {**PROGRESS, "channel": ("phone", "radio")},
    "GET /v1/inbox": {"since": (0, 5)},
    "POST /v1/inbox/{notification}/receipts": PROGRESS,
    "POST /v1/callbacks/{partner}/receipts": {**PROGRESS, "partner": BY_TELEPHONE},
    "POST /v1/partners/{partner}/standing": {"partner": ("dinsos", "bpbd"), "reason": ("Uji coba",)},
    "POST /v1/partners/{partner}/test": {"partner": ("dinsos", "damkar")},
}
NOT_TOGETHER = ({"nik", "nokartu", "subject"}, {"nik", "nokartu"})
# Belongs to one role only, and the role never stands in GOOD.
NEVER_GOOD: Mapping[str, Set[str]] = {"POST /v1/keys": {"partner"}, "POST /v1/accounts": {"partner"}}


@dataclass(slots=True)
class Question:
    """A question as a server would hand it over; *pairs* are the body's, their values as JSON text."""

    method: str
    path: bytes
    query: list[tuple[str, str]] = field(default_factory=list)
    raw_query: bytes | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    pairs: list[tuple[bytes, bytes]] | None = None
    raw_body: bytes | None = None
    chunks: int = 1
    gives_up: bool = False

    @property
    def query_string(self) -> bytes:
        """The query as it stands in the address."""
        return urlencode(self.query).encode() if self.raw_query is None else self.raw_query

    @property
    def body(self) -> bytes:
        """The body as it is sent."""
        if self.raw_body is not None:
            return self.raw_body
        if self.pairs is None:
            return b""
        return b"{%s}" % b",".join(b"%s:%s" % pair for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, who may use it, and what it takes."""

    method: str
    path: str
    roles: tuple[str, ...]
    parameters: tuple[Mapping[str, Any], ...]
    fields: tuple[str, ...] | None
    required: frozenset[str]

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def weight(self) -> int:
        """How often it is asked: the more there is to break, the more often."""
        return 1 + 2 * len(self.parameters) + 4 * len(self.fields or ())

    def whole(self, chance: random.Random, *, there: Mapping[str, Sequence[str]]) -> Question:
        """Return a question that is good as it stands, the optional parts now and then."""
        good = {**GOOD, **GOOD_OF.get(self.name, {}), **there}
        path = self.path
        question = Question(self.method, b"")
        for each in self._chosen(chance):
            name, value = each["name"], str(chance.choice(good[each["name"]]))
            if each["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(value))
            elif each["in"] == "query":
                question.query.append((name, value))
            else:
                question.headers.append((name.lower().encode(), value.encode()))
        question.path = path.encode()
        if self.fields is not None:
            question.headers.append((b"content-type", b"application/json"))
            question.pairs = self._pairs(chance, good)
        return question

    def _chosen(self, chance: random.Random) -> list[Mapping[str, Any]]:
        optional = [each for each in self.parameters if each["name"] != "cursor"]  # only an answer has one
        return [each for each in optional if each["required"] or chance.random() < 0.5]

    def _pairs(self, chance: random.Random, good: Mapping[str, Sequence[Any]]) -> list[tuple[bytes, bytes]]:
        names = [name for name in self.fields or () if name in self.required or chance.random() < 0.5]
        for rivals in NOT_TOGETHER:
            if rivals <= set(self.fields or ()):
                chosen = chance.choice(sorted(rivals))
                names = [*(name for name in names if name not in rivals), chosen]
                break
        never = NEVER_GOOD.get(self.name, ())
        names = [name for name in names if name not in never and name != "cursor"]
        return [(_json(name), _json(chance.choice(good[name]))) for name in names]


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Return every operation of an OpenAPI *document*; one that asks for no role is anybody's."""
    return [
        _operation(document, method.upper(), path, each)
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    ]


def _operation(
    document: Mapping[str, Any], method: str, path: str, described: Mapping[str, Any]
) -> Operation:
    schema = None
    if "requestBody" in described:
        schema = _schema(document, described["requestBody"]["content"]["application/json"]["schema"])
    return Operation(
        method,
        path,
        tuple(described.get("x-roles", ("dispatcher",))),
        tuple(described.get("parameters", ())),
        None if schema is None else tuple(schema["properties"]),
        frozenset() if schema is None else frozenset(schema.get("required", ())),
    )


def _schema(document: Mapping[str, Any], named: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of that name, of several forms the first."""
    schema: Mapping[str, Any] = document["components"]["schemas"][named["$ref"].rsplit("/", 1)[1]]
    return schema if "properties" in schema else _schema(document, schema["anyOf"][0])


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
