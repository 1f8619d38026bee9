"""
Our CAP profile for BPBD, published in `contracts/partners/bpbd/profile.md`: what we put where.

CAP has no place for most of what agencies tell each other; it stands in parameters of these names.
"""

from dataclasses import dataclass
from datetime import timezone

from adapters.cap.words import Scope

CODE = "gerbang-bpbd-1"  # in every message of this profile
EVENT_TERMS = "OET:v1.2"  # OASIS Event Terms, as BMKG names them
CENTRE_TERMS = "GERBANG"  # the centre's own category
AREA_CODES = "KEMENDAGRI"

# What we tell.
KIND, NUMBER, SEQUENCE = "GERBANG-KIND", "GERBANG-NUMBER", "GERBANG-SEQUENCE"
URGENT, DRILL = "GERBANG-URGENT", "GERBANG-DRILL"
DELAYED, HELD_SINCE = "GERBANG-DELAYED", "GERBANG-HELD-SINCE"
REPORTED_AT, OUTCOME, REPLY_TO = "GERBANG-REPORTED-AT", "GERBANG-OUTCOME", "GERBANG-REPLY-TO"
ADDRESS, LANDMARK, PRECISION = "GERBANG-ADDRESS", "GERBANG-LANDMARK", "GERBANG-PRECISION-M"
CAUTION, OVER = "GERBANG-CAUTION", "GERBANG-OVER"
CASUALTIES = {
    "dead": "GERBANG-DEAD",
    "missing": "GERBANG-MISSING",
    "injured": "GERBANG-INJURED",
    "displaced": "GERBANG-DISPLACED",
}

# What an Ack or an Error tells.
STATE, BY, POST = "GERBANG-STATE", "GERBANG-BY", "GERBANG-POST"
REF, REASON, ERROR = "GERBANG-REF", "GERBANG-REASON", "GERBANG-ERROR"
ERRORS = frozenset(
    {"signature", "schema", "profile", "unknown_reference", "out_of_order", "expired", "id_reused"}
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Who speaks to whom: *sender* is our name on the wire, *clock* what people call the time of *zone*."""

    sender: str
    sender_name: str
    scope: Scope
    addresses: tuple[str, ...]
    restriction: str | None
    zone: timezone
    clock: str
