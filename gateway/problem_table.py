"""
The table of every problem the gateway answers with, and which of them each PartnerError becomes.

Names are stable: other agencies' programs decide by them. A row is added here, never in a room.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from contracts import (
    Busy,
    CannotConvey,
    Garbled,
    NoAnswer,
    NotAccepted,
    PartnerError,
    Refused,
    Unreachable,
)


class Retry(StrEnum):
    """Whether asking the same again can help."""

    NOW = "now"
    LATER = "later"  # after Retry-After where given
    SAME_KEY = "same_key"  # only with the same Idempotency-Key: the first may have had its effect
    NEVER = "never"


class Kind(NamedTuple):
    """One row of the table below; *detail* stands where the raiser gives none."""

    status: int
    title: str
    fault: str  # caller | gerbang | partner (then the partner's id stands in the answer)
    retry: Retry
    detail: str | None = None


HELP_FIRST = (
    "The gateway cannot write this down and has done nothing. If somebody is in danger, send help now,"
    " by telephone or radio, and enter it afterwards."
)

KINDS: Mapping[str, Kind] = {
    "wrong-input": Kind(422, "The input is not acceptable", "caller", Retry.NEVER),
    "unreadable-body": Kind(400, "The body cannot be read", "caller", Retry.NEVER),
    "bad-request": Kind(400, "The question cannot be understood", "caller", Retry.NEVER),
    "body-too-large": Kind(413, "The body is too large", "caller", Retry.NEVER),
    "head-too-large": Kind(431, "Address and headers are too large", "caller", Retry.NEVER),
    "media-type": Kind(
        415, "This media type is not read here", "caller", Retry.NEVER, "Send Content-Type: application/json."
    ),
    "key-missing": Kind(401, "An access key is needed", "caller", Retry.NEVER, "Send Authorization: Bearer."),
    "key-unknown": Kind(401, "This access key is not known", "caller", Retry.NEVER),
    "key-revoked": Kind(401, "This access key was revoked", "caller", Retry.NEVER),
    "key-expired": Kind(
        401, "This access key has expired", "caller", Retry.NEVER, "Ask an admin for a new one."
    ),
    "key-other-environment": Kind(
        401,
        "This access key belongs to the other environment",
        "caller",
        Retry.NEVER,
        "Demo and live never mix.",
    ),
    "not-signed-in": Kind(401, "Nobody is signed in", "caller", Retry.NEVER, "Sign in and try again."),
    "not-from-here": Kind(403, "This form was not sent from our own page", "caller", Retry.NEVER),
    "role-not-allowed": Kind(403, "This key's role may not do this", "caller", Retry.NEVER),
    "not-your-hospital": Kind(403, "This is another hospital's", "caller", Retry.NEVER),
    "not-your-notification": Kind(403, "This is another partner's", "caller", Retry.NEVER),
    "not-found": Kind(404, "There is nothing here", "caller", Retry.NEVER),
    "no-such-hospital": Kind(404, "There is no such hospital", "caller", Retry.NEVER),
    "no-such-partner": Kind(404, "There is no such partner", "caller", Retry.NEVER),
    "partner-takes-no-alerts": Kind(
        409, "This partner has no system that takes alerts", "caller", Retry.NEVER, "Telephone it."
    ),
    "no-such-key": Kind(404, "There is no such access key", "caller", Retry.NEVER),
    "no-such-account": Kind(404, "There is no such account in use", "caller", Retry.NEVER),
    "no-such-hold": Kind(404, "There is no such legal hold", "caller", Retry.NEVER),
    "no-such-contact": Kind(404, "There is no such contact", "caller", Retry.NEVER),
    "too-many-contacts": Kind(409, "This account has too many contacts", "caller", Retry.NEVER),
    "no-such-referral": Kind(404, "There is no such referral", "caller", Retry.NEVER),
    "no-such-incident": Kind(404, "There is no such incident", "caller", Retry.NEVER),
    "no-such-notification": Kind(404, "There is no such notification", "caller", Retry.NEVER),
    "no-checkpoint": Kind(404, "Nothing was signed yet", "gerbang", Retry.LATER),
    "nobody-known": Kind(404, "Nothing is held about this person", "caller", Retry.NEVER),
    "method-not-allowed": Kind(405, "This cannot be done here", "caller", Retry.NEVER),
    "conflict": Kind(409, "This contradicts what is already there", "caller", Retry.NEVER),
    "legal-hold": Kind(409, "This person's data is under a legal hold", "caller", Retry.NEVER),
    "not-now": Kind(409, "This is not possible in its present state", "caller", Retry.NEVER),
    "criterion-missing": Kind(
        422, "An emergency has a criterion", "caller", Retry.NEVER, "Tick at least one of the five."
    ),
    "destination-missing": Kind(
        422, "No hospital is the destination yet", "caller", Retry.NEVER, "Name the hospital."
    ),
    "not-asked-there": Kind(409, "This hospital was not asked", "caller", Retry.NEVER),
    "not-accepted-there": Kind(409, "This hospital has not accepted", "caller", Retry.NEVER),
    "screen-unknown": Kind(
        409, "What was on the screen is too old to decide on", "caller", Retry.NEVER, "Read it again."
    ),
    "changed-meanwhile": Kind(412, "It was changed in the meantime", "caller", Retry.NEVER),
    "too-many": Kind(429, "Too many at once", "caller", Retry.LATER),
    "broken": Kind(
        500, "The gateway failed", "gerbang", Retry.SAME_KEY, "The request id leads to the log line."
    ),
    "cannot-record": Kind(503, "The gateway cannot record this", "gerbang", Retry.LATER, HELP_FIRST),
    "cannot-read": Kind(503, "The gateway cannot look this up", "gerbang", Retry.LATER),
    "not-written-down": Kind(
        503,
        "This emergency has gone out and is not written down yet",
        "gerbang",
        Retry.LATER,
        "Put it on paper; it can be read here once the database is back.",
    ),
    "not-written-yet": Kind(
        503,
        "This incident is not written down yet",
        "gerbang",
        Retry.LATER,
        "No partner has been told: ring them, and put it on paper; it can be read here later.",
    ),
    "not-ready": Kind(503, "The gateway is not ready", "gerbang", Retry.LATER),
    "partner-failed": Kind(502, "The exchange with the partner failed", "partner", Retry.SAME_KEY),
    "partner-unreachable": Kind(502, "The partner cannot be reached", "partner", Retry.NOW),
    "partner-silent": Kind(504, "The partner gave no answer", "partner", Retry.SAME_KEY),
    "partner-busy": Kind(503, "The partner asks for patience", "partner", Retry.LATER),
    "partner-refused": Kind(422, "The partner said no", "partner", Retry.NEVER),
    "partner-credentials": Kind(502, "The partner does not accept our credentials", "partner", Retry.NEVER),
    "partner-garbled": Kind(502, "The partner's answer cannot be read", "partner", Retry.NEVER),
    "partner-cannot-convey": Kind(422, "The partner's wire has no word for this", "partner", Retry.NEVER),
}

PARTNER_PROBLEMS: Mapping[type[PartnerError], str] = {
    PartnerError: "partner-failed",
    Unreachable: "partner-unreachable",
    NoAnswer: "partner-silent",
    Busy: "partner-busy",
    Refused: "partner-refused",
    NotAccepted: "partner-credentials",
    Garbled: "partner-garbled",
    CannotConvey: "partner-cannot-convey",
}
