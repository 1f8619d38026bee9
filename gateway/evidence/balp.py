"""
The code tables of the FHIR export: what each act is called in FHIR R4, DICOM and IHE BALP, and nothing else.

Sources: FHIR R4 (4.0.1) AuditEvent and its code systems; DICOM PS3.16 CID 400 and 401 for the DCM codes;
IHE ITI Basic Audit Log Patterns 1.1.4 (2025-10-31) for the patterns and their profiles.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

Coding = dict[str, str]

DISCLOSURE_AT_SOURCE = (
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source"
)

_HL7 = "http://terminology.hl7.org/CodeSystem"
_BALP = "https://profiles.ihe.net/ITI/BALP/CodeSystem"


def _dcm(code: str) -> Coding:
    return {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": code}


def _lifecycle(code: str) -> Coding:
    return {"system": f"{_HL7}/iso-21089-lifecycle", "code": code}


def _rest(code: str) -> Coding:
    return {"system": "http://hl7.org/fhir/restful-interaction", "code": code}


# What took part.
APPLICATION, DESTINATION, SOURCE = _dcm("110150"), _dcm("110152"), _dcm("110153")
AUTHORIZER = {"system": f"{_HL7}/extra-security-role-type", "code": "authserver"}
APPLICATION_SERVER = {"system": f"{_HL7}/security-source-type", "code": "4"}

# What it was about. The type tells BALP's slices apart: of a query only the question may be a system object.
PERSON, SYSTEM_OBJECT, ORGANIZATION, OTHER = (
    {"system": f"{_HL7}/audit-entity-type", "code": code} for code in "1234"
)
REQUEST_ID = {"system": f"{_BALP}/BasicAuditEntityType", "code": "XrequestId"}
PATIENT, REPORT, DOMAIN_RESOURCE, SECURITY_USER, SECURITY_RESOURCE, QUESTION = (
    {"system": f"{_HL7}/object-role", "code": code} for code in ("1", "3", "4", "11", "13", "24")
)
# What an entry calls its object: the system of its identifiers, and its role. Others stand for themselves.
OBJECTS: Mapping[str, tuple[str, Coding]] = {
    "access_key": ("access-keys", SECURITY_USER),
    "hospital": ("partners", DOMAIN_RESOURCE),
    "account": ("accounts", SECURITY_USER),
    "contact": ("contacts", SECURITY_USER),
    "deputy": ("deputies", SECURITY_USER),
    "incident": ("incidents", DOMAIN_RESOURCE),
    "legal_hold": ("legal-holds", SECURITY_RESOURCE),
    "notification": ("notifications", DOMAIN_RESOURCE),
    "partner": ("partners", DOMAIN_RESOURCE),
    "passkey": ("passkeys", SECURITY_USER),
    "referral": ("referrals", DOMAIN_RESOURCE),
    "session": ("sessions", SECURITY_USER),
    "wake": ("wakes", DOMAIN_RESOURCE),
    "warning": ("warnings", DOMAIN_RESOURCE),
}

MACHINE_NAME, IP_ADDRESS = "1", "2"  # FHIR network-type

# HL7 v3 ActReason: those of its PurposeOfUse that a centre like this has; any other goes out as text.
ACT_REASON = f"{_HL7}/v3-ActReason"
PURPOSES = frozenset(
    "BTG CAREMGT COVAUTH COVERAGE DISASTER ELIGDTRM ETREAT FAMRQT HCOMPL HLEGAL HOPERAT HPAYMT HSYSADMIN"
    " HTEST PATRQT PUBHLTH THREAT TRAIN TREAT".split()
)


class Shape(Enum):
    """Who and what stands in an event beside the codes."""

    QUERY = "BALP Query: the asker is the client, the gateway the server"
    UPDATE = "BALP Update: likewise"
    DISCLOSURE = "BALP Privacy Disclosure at source: the gateway tells a partner"
    REFUSAL = "BALP AuthZ: the asker is the client, the gateway the authorizer"
    OWN = "no pattern: whoever acted, alone"


class Pattern(NamedTuple):
    """Type, action (C R U D E) and subtypes of an AuditEvent, and its shape."""

    shape: Shape
    type: Coding
    action: str
    subtypes: tuple[Coding, ...] = ()


_RESTFUL = {"system": f"{_HL7}/audit-event-type", "code": "rest"}
_APPLICATION_ACTIVITY, _AUDIT_LOG_USED = _dcm("110100"), _dcm("110101")
_EXPORT, _PATIENT_RECORD, _QUERY, _SECURITY_ALERT = map(_dcm, ("110106", "110110", "110112", "110113"))
_NODE_AUTHENTICATION, _SECURITY_CONFIGURATION, _RESTRICTED_FUNCTION = map(
    _dcm, ("110126", "110129", "110132")
)
_RECORDING_STOPPED, _RECORDING_STARTED, _USER_SECURITY = map(_dcm, ("110133", "110134", "110137"))
_USER_AUTHENTICATION, _LOGIN, _LOGOUT = map(_dcm, ("110114", "110122", "110123"))

# A question to the internal API. The profiles IHE.BasicAudit.Query and .PatientQuery are never claimed: they
# demand the raw question, and the log does not keep it, for it may say where a patient is, or a NIK.
_ASKED = Pattern(Shape.QUERY, _RESTFUL, "E", (_rest("search"),))
_LOG_READ = _ASKED._replace(subtypes=(_rest("search"), _AUDIT_LOG_USED))
_KEY_CHANGED = Pattern(Shape.OWN, _SECURITY_ALERT, "U", (_USER_SECURITY,))
_ACTIVITY = Pattern(Shape.OWN, _APPLICATION_ACTIVITY, "E")
_ERASURE = Pattern(Shape.OWN, _PATIENT_RECORD, "D", (_lifecycle("destroy"),))
_DISCLOSED = Pattern(Shape.DISCLOSURE, _EXPORT, "R", (_lifecycle("disclose"),))
# A look at one thing: that thing stands in the event, so it is no query, in which only the question may.
_READ = Pattern(Shape.UPDATE, _RESTFUL, "R", (_rest("read"),))
# A referral is of a patient whoever moves it, a person, a hospital or the house itself.
_REFERRAL = Pattern(Shape.OWN, _PATIENT_RECORD, "U")
# An incident is nobody's record: whoever called, and what they said, is sealed in its entries.
_INCIDENT = _NOTIFICATION = _ACTIVITY._replace(action="U")
_SIGNED_IN = Pattern(Shape.OWN, _USER_AUTHENTICATION, "E", (_LOGIN,))

PATTERNS: Mapping[str, Pattern] = {
    "account.created": _KEY_CHANGED._replace(action="C"),
    "account.disabled": _KEY_CHANGED,
    "account.listed": _ASKED,
    "account.password_set": _KEY_CHANGED,
    "alarms.listed": _ASKED,
    "audit.checkpoint_read": _LOG_READ,
    "audit.gap": Pattern(Shape.OWN, _SECURITY_ALERT, "E", (_RECORDING_STOPPED,)),
    "audit.read": _LOG_READ,
    "breach_scope.answered": _LOG_READ,
    "breach_scope.asked": _LOG_READ,
    "callback.received": _ACTIVITY,
    "callback.refused": _ACTIVITY,
    "capacity.asked": _ASKED,
    "capacity.declared": Pattern(Shape.UPDATE, _RESTFUL, "U", (_rest("update"),)),
    "capacity.hospitals_listed": _ASKED,
    "capacity.outcome_changed": _ACTIVITY,
    "capacity.refreshed": Pattern(Shape.OWN, _QUERY, "E"),
    "clock.stepped": _ACTIVITY,
    "contact.added": _KEY_CHANGED._replace(action="C"),
    "contact.listed": _ACTIVITY._replace(action="R"),  # names its account: in a query only the question may
    "contact.removed": _KEY_CHANGED._replace(action="D"),
    "deputy.named": _KEY_CHANGED._replace(action="C"),
    "deputy.revoked": _KEY_CHANGED,
    # The answer to whoever asked, and so a query about a patient, though never with its profile (see above):
    # `fields` names what the asker was shown, who is of the same house; what left the house is
    # `eligibility.asked`, under the same request id. Not a disclosure received from the insurer either: an
    # answer from the cache has no exchange behind it, and one that failed brought nothing.
    "eligibility.answered": _ASKED,
    "eligibility.asked": _DISCLOSED,
    "erasure.begun": _ERASURE,
    "erasure.done": _ERASURE,
    "erasure.refused": _ERASURE,
    "hold.lifted": Pattern(Shape.OWN, _PATIENT_RECORD, "U", (_lifecycle("unhold"),)),
    "hold.listed": _ASKED,
    "hold.placed": Pattern(Shape.OWN, _PATIENT_RECORD, "U", (_lifecycle("hold"),)),
    "inbox.read": _ASKED,
    **dict.fromkeys(
        (
            *("incident.cancelled", "incident.closed", "incident.dismissed", "incident.linked"),
            *("incident.merged", "incident.refused", "incident.told", "incident.updated"),
        ),
        _INCIDENT,
    ),
    "incident.listed": _ASKED,
    "incident.opened": _INCIDENT._replace(action="C"),
    "incident.proposed": _INCIDENT._replace(action="C"),
    "incident.shown": _READ,
    "key.created": _KEY_CHANGED._replace(action="C"),
    "key.expiring": _ACTIVITY,
    "key.listed": _ASKED,
    "key.revoked": _KEY_CHANGED,
    "log.heartbeat": _ACTIVITY,
    "log.key_rotated": _ACTIVITY._replace(action="U", subtypes=(_SECURITY_CONFIGURATION,)),
    "log.opened": _ACTIVITY._replace(action="C", subtypes=(_RECORDING_STARTED,)),
    "notification.accepted": _NOTIFICATION._replace(action="C"),
    **dict.fromkeys(
        (
            *("notification.alarm_seen", "notification.alarmed", "notification.cancelled"),
            *("notification.dead", "notification.expired", "notification.held", "notification.receipt"),
            *("notification.refused", "notification.released", "notification.reminded"),
            *("notification.replayed", "notification.superseded"),
        ),
        _NOTIFICATION,
    ),
    "notification.conveyed": Pattern(Shape.OWN, _EXPORT, "R"),
    "notification.conveying": _DISCLOSED,
    "notification.listed": _ASKED,
    "partner.heartbeat": _ACTIVITY,
    "partner.standing_changed": Pattern(Shape.OWN, _SECURITY_ALERT, "U", (_SECURITY_CONFIGURATION,)),
    "partner.tested": _ACTIVITY,
    "partner.testing": _ACTIVITY,
    "partners.listed": _ASKED,
    "passkey.added": _KEY_CHANGED._replace(action="C"),
    "passkey.refused": _KEY_CHANGED,
    "passkey.removed": _KEY_CHANGED._replace(action="D"),
    **dict.fromkeys(
        (
            *("referral.alarm_seen", "referral.alarmed", "referral.answered", "referral.approved"),
            *("referral.approved_by_telephone", "referral.arrived", "referral.asked", "referral.cancelled"),
            *("referral.confirmed", "referral.coverage_attached", "referral.declined_by_all"),
            *("referral.departed", "referral.emergency_declined", "referral.expired"),
            *("referral.fell_through", "referral.glass_broken", "referral.hospital_chosen"),
            *("referral.put_to", "referral.refused", "referral.rejected", "referral.reminded"),
            *("referral.reviewed", "referral.submitted", "referral.taken", "referral.unanswered"),
            *("referral.unsure", "referral.withdrawn", "referral.worsened", "referral.written_late"),
        ),
        _REFERRAL,
    ),
    "referral.conveyed": Pattern(Shape.OWN, _EXPORT, "R"),
    # Only what tells of the patient names fields; that a hospital was chosen or let off discloses nobody.
    "referral.conveying": _DISCLOSED,
    "referral.created": _REFERRAL._replace(action="C"),
    "referral.listed": _ASKED,
    "referral.shown": _READ,
    "report.made": Pattern(Shape.OWN, _AUDIT_LOG_USED, "R", (_lifecycle("verify"),)),
    "report.mailed": Pattern(Shape.OWN, _AUDIT_LOG_USED, "R", (_lifecycle("transmit"),)),
    "report.received": Pattern(Shape.OWN, _AUDIT_LOG_USED, "R", (_lifecycle("receive"),)),
    "sealing_key.rotated": Pattern(Shape.OWN, _SECURITY_ALERT, "U", (_SECURITY_CONFIGURATION,)),
    "session.begun": _SIGNED_IN,
    "session.closed": _SIGNED_IN._replace(subtypes=(_LOGOUT,)),
    "session.opened": _SIGNED_IN,
    "session.refused": _SIGNED_IN,
    "session.step_up_refused": _SIGNED_IN,
    "session.stepped_up": _SIGNED_IN._replace(subtypes=()),
    "subject_access.answered": _LOG_READ,
    "subject_access.asked": _LOG_READ,
    "totp.added": _KEY_CHANGED._replace(action="C"),
    "totp.prepared": _KEY_CHANGED,
    "waking.answered": _ACTIVITY,
    "waking.asked": _ACTIVITY,
    "warning.changed": _ACTIVITY._replace(action="U"),
    "warning.listed": _ACTIVITY._replace(action="R"),  # names its kind of object: as contact.listed
    "warning.outcome_changed": _ACTIVITY,
    "warning.proposed": _ACTIVITY._replace(action="U"),
    "warning.read": Pattern(Shape.OWN, _QUERY, "E"),
    "warning.stale": _ACTIVITY._replace(action="U"),
}
# What a partner came for itself had no intent before it: this one entry is the disclosure.
_BY_OUTCOME: Mapping[tuple[str, str], Pattern] = {("notification.conveyed", "fetched"): _DISCLOSED}
# Here it is a partner who refused, and that is no alarm of ours.
_REFUSED_BY_A_PARTNER = frozenset(
    {
        *("capacity.outcome_changed", "notification.conveyed", "notification.receipt", "partner.heartbeat"),
        *("partner.tested", "referral.conveyed", "waking.answered", "warning.outcome_changed"),
    }
)

# A refusal is a security alert whatever was refused. BALP's AuthZ profile is never claimed: it demands a
# patient and a consent, and here a key's role decides.
_BY_ROLE = {"system": f"{_BALP}/AuthZsubType", "code": "AuthZ-Role"}
_REFUSALS: Mapping[str, Coding] = {
    **dict.fromkeys(("role-not-allowed", "not-your-hospital", "not-your-notification"), _BY_ROLE),
    **dict.fromkeys(("key-missing", "key-unknown", "key-revoked", "key-expired"), _NODE_AUTHENTICATION),
    **dict.fromkeys(("key-other-environment", "many"), _NODE_AUTHENTICATION),
    **dict.fromkeys(("no_account", "one_time_ended", "password", "used_already"), _NODE_AUTHENTICATION),
    **dict.fromkeys(("wait", "wrong"), _NODE_AUTHENTICATION),
}


def pattern_of(act: str, outcome: str, code: str | None) -> Pattern:
    """Return an entry's pattern; an act that no row names is an activity of the application."""
    if act == "access.refused" or (outcome == "refused" and act not in _REFUSED_BY_A_PARTNER):
        return Pattern(
            Shape.REFUSAL, _SECURITY_ALERT, "E", (_REFUSALS.get(code or "", _RESTRICTED_FUNCTION),)
        )
    return _BY_OUTCOME.get((act, outcome)) or PATTERNS.get(act, _ACTIVITY)


SUCCESS, MINOR, SERIOUS, MAJOR = "0", "4", "8", "12"

# FHIR R4's own measure: 4 is what HTTP would answer with a 4xx, 8 with a 5xx, 12 when it cannot go on.
_OUTCOMES = {
    SUCCESS: "ACTIVE NOT_ACTIVE NOT_FOUND accepted alive answered begun confirmed created done erased intact"
    " intended lifted nothing_left noticed opened placed recorded repeated revoked rotated"
    # A referral's states, and what is said of it: a decline with its code is an answer, and no failure.
    " approved arrived cancelled declined draft expired queued raised rejected seen sent silent submitted"
    " unconfirmed under_way withdrawn"
    # An incident's and a notification's: why it is held, ended or alarmed stands in the code, and is none.
    " alarmed closed dismissed first_word held in_digest merged over released superseded",
    MINOR: "cannot_convey conflict gone incomplete no_such_account not_asked refused",
    SERIOUS: "UNKNOWN busy failed garbled late lost no_answer not_accepted unreachable unusable",
    MAJOR: "tampered",
}
OUTCOMES: Mapping[str, str] = {word: code for code, words in _OUTCOMES.items() for word in words.split()}
_OUTCOMES_WITH_A_CODE: Mapping[tuple[str, str | None], str] = {
    ("refused", "many"): SERIOUS,  # a flood of refusals, summed up
    ("expired", "expired"): SERIOUS,  # a partner was not told in time
    ("expired", "expired_while_held"): SERIOUS,
    ("dead", "no_partner"): MINOR,
    ("UNKNOWN", "no_system"): MINOR,  # nobody was asked, and that is as it was set
    ("UNKNOWN", "standing"): MINOR,
}


def outcome_of(outcome: str, code: str | None) -> str:
    """
    Return FHIR's code for an outcome.

    One that no row names is a minor failure if the entry gives a code, since only what did not go well has
    one, and else a success.
    """
    known = _OUTCOMES_WITH_A_CODE.get((outcome, code)) or OUTCOMES.get(outcome)
    return known or (SUCCESS if code is None else MINOR)
