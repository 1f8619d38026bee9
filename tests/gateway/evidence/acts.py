"""
One record of every act, in the form of the log (docs/audit.md), and the events made of them.

Written by hand from the rooms' `entries` and not by them: what is here must be a valid event even if a room
changes its mind. All people are made up.
"""

import json
from hashlib import sha256
from typing import Any

from gateway.evidence.fhir import audit_event

SITE = "uji.gerbang.example"
LOG = "2026/gerbang-1"
SUBJECT = "p-" + "0a" * 12
REQUEST = "abcdefghijklmnopabcdefghijklmnop"
NIK = "1571015203909901"

Record = dict[str, Any]

_SYSTEM = {"id": "gerbang", "kind": "system", "role": "system"}
_NOBODY = {"id": "unknown", "kind": "machine", "role": "none"}
# As unreadable as any ciphertext, except to a search for it.
SEALED = {"alg": "A256GCM", "ct": "U0VBTEVELVJBSEFTSUEtMTU3MTAxNTIwMzkwOTkwMQ==", "kid": SUBJECT}


def _by(role: str) -> Record:
    return {"actor": {"id": f"key-{role}", "kind": "machine", "role": role}, "req": REQUEST}


def _about(*fields: str) -> Record:
    return {"subj": SUBJECT} | ({"fields": list(fields), "pii": SEALED} if fields else {})


def _key(name: str) -> Record:
    return {"obj": {"id": name, "type": "access_key"}}


def _on(kind: str, name: str) -> Record:
    return {"obj": {"id": name, "type": kind}}


_HOLD = {
    "obj": {"id": "abcdefghijkl", "type": "legal_hold"},
    "detail": {"until": "2027-01-01T00:00:00+00:00"},
}
_DISPATCH, _OPERATOR, _APPROVER = _by("dispatcher"), _by("operator"), _by("approver")
_AUDITOR, _ADMIN, _PARTNER = _by("auditor"), _by("admin"), _by("partner")
_REFUSED = {"outcome": "refused", "actor": _NOBODY, "req": REQUEST}
_ROUTE = {"route": "/v1/capacity", "source": "203.0.113.0/24"}
_BEDS = {
    "need": "icu",
    "fresh": False,
    "known": 12,
    "of": 16,
    "first": "rs-siloam",
    "hospitals_sha256": "5d" * 32,
}
_NOTE = f"{SITE}/audit/2025/gerbang-1\n7\nq6urq6s=\n\n\u2014 {SITE}/audit/2025/gerbang-1 q6urq6s=\n"
_YEAR_BEFORE = {
    "after": "2025/gerbang-1",
    "size": 7,
    "root": "q6urq6s=",
    "leaf": "1c" * 32,
    "checkpoint": _NOTE,
}
_OPENED = {"origin": f"{SITE}/audit/{LOG}", "vkey": f"{SITE}/audit/{LOG}+0a0b0c0d+AeHh4Q=="}
_CHECK = {"mode": "live", "service_date": "2026-11-24", "number": "nik", "attempts": 1}
_WHOM = {"purpose": "ETREAT", "partner": "bpjs", **_DISPATCH}

_HEAD = {"actor": {"id": "a-kepalakepa", "kind": "person", "role": "approver"}, "req": REQUEST}
_CASE = {**_on("referral", "r-abcdefghijkmn"), **_about()}
_TURN = {**_CASE, "req": "a-abcdefghijkmn.3", "partner": "rs-siloam"}
_ASK = {"ask": "a-abcdefghijkmn", "step": "offered", "urgency": "emergency", "drill": True}
_SEEN = {"screen_sha256": "5d" * 32, "version": 2}
_WAKE = {
    **_on("wake", "w-abcdefghijklmnop"),
    "detail": {"why": "decision_wanted", "for": "r-abcdefghijkmn", "account": "a-kepalakepa"},
}
_STRANGER = {
    "outcome": "refused",
    "actor": {"id": "unknown", "kind": "person", "role": "none"},
    "req": REQUEST,
}
_FROM = {"source": "203.0.113.0/24"}

# What becomes of a referral: the act, its outcome, and whatever else its entry has.
_REFERRED: list[tuple[str, str, Record]] = [
    ("alarm_seen", "seen", {**_OPERATOR, "code": "all_declined"}),
    ("alarmed", "raised", {"code": "all_declined"}),
    ("answered", "declined", {"partner": "rs-siloam", "code": "full", "detail": {"channel": "system"}}),
    ("approved", "approved", {**_HEAD, **_about("screen", "note"), "detail": _SEEN}),
    ("approved_by_telephone", "approved", {**_OPERATOR, **_about("note")}),
    ("arrived", "arrived", _DISPATCH),
    ("asked", "queued", {**_HEAD, "partner": "rs-siloam", "detail": {"telephone": False}}),
    ("cancelled", "cancelled", _DISPATCH),
    ("confirmed", "sesuai", _HEAD),
    ("coverage_attached", "ACTIVE", {"partner": "bpjs"}),
    ("created", "created", {**_DISPATCH, **_about("name", "nik"), "detail": {"criteria": ["shock"]}}),
    ("declined_by_all", "declined", {}),
    ("departed", "under_way", {**_DISPATCH, "code": "unanswered"}),
    ("emergency_declined", "declined", {"partner": "rs-siloam", "code": "no_refusal"}),
    ("expired", "expired", {}),
    ("fell_through", "unconfirmed", {"partner": "rs-siloam"}),
    ("glass_broken", "unconfirmed", {**_DISPATCH, "code": "reduced_consciousness"}),
    ("hospital_chosen", "accepted", {"partner": "rs-siloam"}),
    ("put_to", "sent", _OPERATOR),
    ("refused", "refused", {**_HEAD, "code": "changed-meanwhile"}),
    ("rejected", "rejected", {**_HEAD, **_about("note")}),
    ("reminded", "review_overdue", {}),
    ("reviewed", "tidak_sesuai", {**_HEAD, **_about("note")}),
    ("shown", "shown", {**_HEAD, "purpose": "ETREAT", **_about("name", "coverage")}),
    ("submitted", "submitted", _DISPATCH),
    ("taken", "sent", {"partner": "rs-siloam"}),
    ("unanswered", "silent", {"partner": "rs-siloam"}),
    ("unsure", "unconfirmed", {"partner": "rs-siloam"}),
    ("withdrawn", "withdrawn", {**_DISPATCH, "partner": "rs-siloam", "code": "not_selected"}),
    ("worsened", "accepted", {**_DISPATCH, "code": "shock"}),
    ("written_late", "unconfirmed", _about("name", "nik")),
]

# What people do with accounts: the act, its outcome, and whatever else its entry has.
_SIGNED_IN: list[tuple[str, str, Record]] = [
    ("account.created", "created", {**_ADMIN, **_on("account", "a-b"), "detail": {"role": "approver"}}),
    ("account.disabled", "no_such_account", {**_ADMIN, **_on("account", "a-b")}),
    ("account.listed", "answered", {**_ADMIN, "detail": {"count": 3}}),
    ("account.password_set", "changed", {**_HEAD, **_on("account", "a-b")}),
    ("contact.added", "added", {**_ADMIN, **_on("contact", "c-d"), "detail": {"form": "tel"}}),
    ("contact.listed", "answered", {**_ADMIN, **_on("account", "a-b"), "detail": {"count": 1}}),
    ("contact.removed", "removed", {**_ADMIN, **_on("contact", "c-d")}),
    ("deputy.named", "named", {**_HEAD, **_on("deputy", "d-e"), "detail": {"deputy": "a-b", "since_us": 1}}),
    ("deputy.revoked", "revoked", {**_HEAD, **_on("deputy", "d-e")}),
    ("passkey.added", "added", {**_HEAD, **_on("passkey", "k-f")}),
    ("passkey.refused", "refused", {**_HEAD, **_on("passkey", "k-f")}),
    ("passkey.removed", "removed", {**_HEAD, **_on("passkey", "k-f")}),
    ("session.begun", "begun", {**_HEAD, **_on("session", "s-g"), "detail": {"how": "password"}}),
    ("session.closed", "closed", {**_HEAD, **_on("session", "s-g"), "detail": {"how": "signed_out"}}),
    ("session.opened", "opened", {**_HEAD, **_on("session", "s-g"), "detail": {"how": "totp"}}),
    ("session.refused", "refused", {**_STRANGER, "code": "no_account", "detail": _FROM}),
    ("session.step_up_refused", "refused", {**_HEAD, **_on("session", "s-g"), "code": "wrong"}),
    ("session.stepped_up", "stepped_up", {**_HEAD, **_on("session", "s-g"), "detail": {"how": "passkey"}}),
    ("totp.added", "added", {**_HEAD, **_on("account", "a-b")}),
    ("totp.prepared", "prepared", {**_HEAD, **_on("account", "a-b")}),
]

_INCIDENT = {**_on("incident", "i-abcdefghijkmn"), **_about()}
_TOLD = {**_on("notification", "n-abcdefghijkmn"), **_about(), "partner": "damkar"}
_LADDER = {"about": "i-abcdefghijkmn", "kind": "alert", "number": 7, "drill": True}
_ATTEMPT = {**_TOLD, "req": "n-abcdefghijkmn.1", "purpose": "ETREAT", "detail": _LADDER}
_TRIED = {**_on("partner", "damkar"), "partner": "damkar", **_ADMIN, "purpose": "TRAIN"}
_WARNING = {**_on("warning", "warn-1"), "partner": "bmkg"}

# What becomes of an incident, of what partners are told of it, and of warnings: name, act, outcome, the rest.
_INFORMED: list[tuple[str, str, str, Record]] = [
    ("intake", "incident.opened", "open", {**_DISPATCH, **_INCIDENT, **_about("caller_phone")}),
    ("intake again", "incident.opened", "repeated", {**_DISPATCH, **_INCIDENT}),
    ("picture", "incident.updated", "open", {**_DISPATCH, **_INCIDENT, **_about("narrative")}),
    ("one more", "incident.told", "open", {**_DISPATCH, **_INCIDENT, "partner": "damkar"}),
    ("linked", "incident.linked", "open", {**_DISPATCH, **_INCIDENT}),
    ("merged", "incident.merged", "merged", {**_DISPATCH, **_INCIDENT, "code": "i-abcdefghijkmo"}),
    ("over", "incident.closed", "closed", {**_DISPATCH, **_INCIDENT, "code": "handled"}),
    ("prank", "incident.cancelled", "cancelled", {**_DISPATCH, **_INCIDENT, "code": "prank"}),
    ("proposal", "incident.proposed", "proposed", {**_INCIDENT, "detail": {"warning": "warn-1"}}),
    ("no matter", "incident.dismissed", "dismissed", {**_INCIDENT, "code": "warning_cancelled"}),
    ("overtaken", "incident.refused", "refused", {**_DISPATCH, **_INCIDENT, "code": "changed-meanwhile"}),
    ("incidents", "incident.listed", "listed", {**_OPERATOR, "detail": {"what": "open", "count": 3}}),
    (
        "incident shown",
        "incident.shown",
        "shown",
        {**_OPERATOR, **_INCIDENT, "purpose": "ETREAT", "fields": ["caller_phone", "narrative"]},
    ),
    ("promised", "notification.accepted", "queued", {**_DISPATCH, **_TOLD, "detail": _LADDER}),
    ("promised late", "notification.accepted", "held", {**_DISPATCH, **_TOLD, "detail": _LADDER}),
    ("handing over", "notification.conveying", "intended", {**_ATTEMPT, "fields": ["narrative", "point"]}),
    ("a last word", "notification.conveying", "intended", _ATTEMPT),
    ("handed over", "notification.conveyed", "answered", {**_ATTEMPT, "lat_ms": 12}),
    ("not taken", "notification.conveyed", "refused", {**_ATTEMPT, "code": "409"}),
    (
        "fetched",
        "notification.conveyed",
        "fetched",
        {**_PARTNER, **_TOLD, "purpose": "ETREAT", "fields": ["narrative"]},
    ),
    ("said by a system", "notification.receipt", "received", {**_PARTNER, **_TOLD}),
    ("turned away", "notification.receipt", "refused", {**_OPERATOR, **_TOLD, **_about("by")}),
    ("not theirs to say", "notification.refused", "refused", {**_PARTNER, "code": "not-your-notification"}),
    ("ring", "notification.alarmed", "alarmed", {**_TOLD, "code": "call_now"}),
    ("taken alarm", "notification.alarm_seen", "call_now", {**_OPERATOR, **_TOLD}),
    ("reminded", "notification.reminded", "remind", _TOLD),
    ("newer", "notification.superseded", "superseded", _TOLD),
    ("too late", "notification.expired", "expired", {**_TOLD, "code": "expired_while_held"}),
    ("erased meanwhile", "notification.cancelled", "cancelled", {**_TOLD, "code": "nothing_to_say"}),
    ("partner gone", "notification.dead", "dead", {**_TOLD, "code": "no_partner"}),
    ("held back", "notification.held", "held", {**_ADMIN, **_TOLD, "code": "suspended"}),
    ("let go", "notification.released", "released", {**_ADMIN, **_TOLD}),
    ("told again", "notification.replayed", "dead", {**_OPERATOR, **_TOLD, "code": "refused:409"}),
    ("notifications", "notification.listed", "listed", {**_OPERATOR, "detail": {"count": 2}}),
    ("box", "inbox.read", "read", {**_PARTNER, "partner": "satpol-pp", "detail": {"since": 3}}),
    ("live", "partner.standing_changed", "changed", {**_TRIED, "detail": {"now": "live"}}),
    ("trying", "partner.testing", "intended", {**_TRIED, "detail": {"message": "n-abc"}}),
    ("tried", "partner.tested", "refused", {**_TRIED, "code": "401", "detail": {"attempts": 1}}),
    ("beats", "partner.heartbeat", "done", {"obj": {"type": "partners"}, "detail": {"answered": 3}}),
    ("quiet", "partner.heartbeat", "no_answer", {"partner": "damkar", "detail": {"before": "answered"}}),
    ("warnings", "warning.read", "done", {"obj": {"type": "warnings"}, "detail": {"news": 1}}),
    ("feed away", "warning.outcome_changed", "unreachable", {"partner": "bmkg", "code": "refused"}),
    ("flood ahead", "warning.changed", "new", {**_WARNING, "detail": {"touches": True}}),
    ("gone from lists", "warning.stale", "stale", _WARNING),
    ("asked of", "warning.proposed", "proposed", {**_WARNING, "detail": {"incident": "i-abc"}}),
    ("what threatens", "warning.listed", "answered", {**_OPERATOR, "obj": {"type": "warnings"}}),
]

# A name, the act, and what the record holds besides its frame.
TABLE: list[tuple[str, str, Record]] = [
    ("no key", "access.refused", {**_REFUSED, "code": "key-missing", "detail": _ROUTE}),
    ("old key", "access.refused", {**_REFUSED, **_key("ab12"), "code": "key-revoked", "detail": _ROUTE}),
    ("wrong role", "access.refused", {**_REFUSED, **_DISPATCH, "code": "role-not-allowed", "detail": _ROUTE}),
    ("a flood", "access.refused", {**_REFUSED, "code": "many", "detail": {"count": 900, "sources": 3}}),
    ("alarms", "alarms.listed", {"outcome": "answered", **_OPERATOR}),
    ("checkpoint", "audit.checkpoint_read", {"outcome": "answered", **_AUDITOR, "detail": {"size": 41}}),
    ("a gap", "audit.gap", {"outcome": "lost", "detail": {"entries": 3}}),
    ("log read", "audit.read", {"outcome": "answered", **_AUDITOR, "detail": {"format": "fhir", "count": 3}}),
    ("log of one", "audit.read", {"outcome": "answered", **_AUDITOR, **_about(), "detail": {"count": 9}}),
    ("breach", "breach_scope.asked", {"outcome": "intended", "purpose": "HCOMPL", **_AUDITOR}),
    (
        "breached",
        "breach_scope.answered",
        {"outcome": "answered", "purpose": "HCOMPL", **_AUDITOR, **_about("nik")},
    ),
    ("beds", "capacity.asked", {"outcome": "answered", **_DISPATCH, "detail": _BEDS}),
    (
        "told",
        "capacity.declared",
        {"outcome": "recorded", **_OPERATOR, "obj": {"id": "rs-siloam", "type": "hospital"}},
    ),
    ("not theirs", "capacity.declared", {"outcome": "refused", "code": "not-your-hospital", **_PARTNER}),
    ("hospitals", "capacity.hospitals_listed", {"outcome": "answered", **_DISPATCH}),
    ("silent", "capacity.outcome_changed", {"outcome": "late", "partner": "rs-siloam", "code": "deadline"}),
    ("a round", "capacity.refreshed", {"outcome": "done", "obj": {"type": "hospitals"}, "lat_ms": 812}),
    ("clock", "clock.stepped", {"outcome": "noticed", "detail": {"ms": -7200000}}),
    ("asked", "eligibility.asked", {"outcome": "intended", **_WHOM, **_about("nik", "service_date")}),
    (
        "covered",
        "eligibility.answered",
        {"outcome": "ACTIVE", **_WHOM, **_about("coverage"), "detail": _CHECK},
    ),
    ("nobody knows", "eligibility.answered", {"outcome": "UNKNOWN", **_WHOM, **_about(), "code": "late"}),
    (
        "no insurer",
        "eligibility.answered",
        {"outcome": "UNKNOWN", **_DISPATCH, **_about(), "code": "no_system"},
    ),
    (
        "erasing",
        "erasure.begun",
        {"outcome": "begun", **_AUDITOR, **_about(), "detail": {"reason": "unlawful"}},
    ),
    ("erased", "erasure.done", {"outcome": "erased", **_AUDITOR, **_about()}),
    ("held", "erasure.refused", {"outcome": "refused", "code": "legal-hold", **_AUDITOR, **_about()}),
    ("hold lifted", "hold.lifted", {"outcome": "lifted", **_AUDITOR, **_about(), **_HOLD}),
    ("holds", "hold.listed", {"outcome": "answered", **_AUDITOR, "detail": {"count": 1}}),
    ("hold placed", "hold.placed", {"outcome": "placed", **_AUDITOR, **_about(), **_HOLD}),
    ("new key", "key.created", {"outcome": "created", **_ADMIN, **_key("cd34"), "partner": "rs-siloam"}),
    ("another", "key.created", {"outcome": "conflict", **_ADMIN, **_key("cd34")}),
    (
        "ending",
        "key.expiring",
        {"outcome": "noticed", **_key("cd34"), "detail": {"role": "partner", "days": 7}},
    ),
    ("keys", "key.listed", {"outcome": "answered", **_ADMIN, "detail": {"count": 6}}),
    ("key gone", "key.revoked", {"outcome": "revoked", **_ADMIN, **_key("cd34")}),
    ("alive", "log.heartbeat", {"outcome": "alive"}),
    (
        "signing key",
        "log.key_rotated",
        {"outcome": "rotated", **_ADMIN, "detail": {"vkey": "x+0a+AQ==", "was": None}},
    ),
    ("first log", "log.opened", {"outcome": "opened", "detail": _OPENED}),
    ("new year", "log.opened", {"outcome": "opened", "detail": _OPENED | _YEAR_BEFORE}),
    ("partners", "partners.listed", {"outcome": "answered", **_OPERATOR}),
    ("page", "report.made", {"outcome": "intact", "detail": {"code": 0, "size": 41}}),
    ("bad page", "report.made", {"outcome": "tampered", "detail": {"code": 1, "size": 41}}),
    (
        "mailed",
        "report.mailed",
        {"outcome": "accepted", "detail": {"receipt": "250 ok", "message_id": "<1@x.example>"}},
    ),
    ("not mailed", "report.mailed", {"outcome": "failed", "code": "not-mailed"}),
    ("came", "report.received", {"outcome": "confirmed", **_AUDITOR, "detail": {"channel": "email"}}),
    ("sealing key", "sealing_key.rotated", {"outcome": "done", **_ADMIN}),
    ("my data", "subject_access.asked", {"outcome": "intended", "purpose": "PATRQT", **_AUDITOR, **_about()}),
    (
        "given",
        "subject_access.answered",
        {"outcome": "answered", "purpose": "PATRQT", **_AUDITOR, **_about("nik")},
    ),
    (
        "handed out",
        "subject_access.exported",
        {"outcome": "answered", "purpose": "PATRQT", **_AUDITOR, **_about()},
    ),
    *(
        (f"referral {act}", f"referral.{act}", {"outcome": outcome, **_CASE, **rest})
        for act, outcome, rest in _REFERRED
    ),
    *((act, act, {"outcome": outcome, **rest}) for act, outcome, rest in _SIGNED_IN),
    ("referrals", "referral.listed", {"outcome": "listed", **_OPERATOR, "detail": {"what": "waiting"}}),
    (
        "telling",
        "referral.conveying",
        {"outcome": "intended", "purpose": "ETREAT", **_TURN, **_about("name", "nik"), "detail": _ASK},
    ),
    ("told nothing", "referral.conveying", {"outcome": "intended", "purpose": "TREAT", **_TURN}),
    ("heard", "referral.conveyed", {"outcome": "answered", **_TURN, "lat_ms": 80, "detail": _ASK}),
    ("turned down", "referral.conveyed", {"outcome": "refused", **_TURN, "code": "duplicate"}),
    ("news", "callback.received", {"outcome": "received", **_PARTNER, "partner": "rs-siloam"}),
    ("not its news", "callback.refused", {"outcome": "refused", **_PARTNER, "partner": "rs-royal-prima"}),
    ("woken", "waking.asked", {"outcome": "intended", "partner": "sms", **_WAKE}),
    ("taken over", "waking.answered", {"outcome": "taken", "partner": "sms", **_WAKE, "lat_ms": 9}),
    ("nobody there", "waking.answered", {"outcome": "gone", "code": "no_contact", **_WAKE}),
    *((name, act, {"outcome": outcome, **rest}) for name, act, outcome, rest in _INFORMED),
    ("unheard of", "moon.landed", {"outcome": "soft", "code": "dust", **_APPROVER, "purpose": "dispatch"}),
]


def record_of(act: str, *, seq: int = 1, log: str = LOG, **fields: Any) -> Record:
    """Return a whole record."""
    frame = {
        "act": act,
        "actor": _SYSTEM,
        "key": f"{seq:032x}",
        "log": log,
        "mono": 7 * seq,
        "prev": "0" * 64,
        "seq": seq,
        "ts": "2026-11-24T03:00:00.123450Z",
        "v": 1,
    }
    return frame | fields


def text_of(record: Record) -> str:
    """Return its canonical text."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def leaf_of(record: Record) -> str:
    """Return its hash as a leaf of the tree."""
    return sha256(b"\0" + text_of(record).encode()).hexdigest()


def event_of(record: Record, *, site: str = SITE) -> dict[str, Any]:
    """Return the AuditEvent of a record."""
    line = audit_event(record["log"], record["seq"], leaf_of(record), record, site=site)
    event: dict[str, Any] = json.loads(line)
    return event


RECORDS = {name: record_of(act, seq=seq, **rest) for seq, (name, act, rest) in enumerate(TABLE, 1)}


def events() -> dict[str, dict[str, Any]]:
    """Return the event of every record of the table, by its name."""
    return {name: event_of(record) for name, record in RECORDS.items()}
