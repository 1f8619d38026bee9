"""The shapes of the capacity API; structs, since every bed answer is built from them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from contracts import Need

from .ranking import Judged
from .words import in_words

Moment = Annotated[datetime, Meta(tz=True)]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="Where the patient is, degrees north.")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Where the patient is, degrees east.")]


class CapacityQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """What a dispatcher asks: a bed for which need, how far from where, how long to wait."""

    need: Annotated[Need, Meta(description="What the patient needs a bed for.")]
    lat: Latitude | None = None
    lon: Longitude | None = None
    sex: Annotated[Literal["male", "female"], Meta(description="The patient's sex.")] | None = None
    fresh: Annotated[bool, Meta(description="Ask every hospital now instead of answering at once.")] = False
    deadline_ms: Annotated[int, Meta(ge=100, le=10000, description="How long to wait, ms.")] | None = None


class Reason(Struct, frozen=True):
    """Why a hospital stands where it stands: a stable code and the sentence to show."""

    code: str
    text: str


class HospitalBeds(Struct, frozen=True):
    """
    One hospital's beds for the need asked about, the same for every asker of this second.

    `free` and `total` are beds, null where nobody knows (never 0 for that); `as_of` is the time the
    figure was true, `age_s` its age in seconds; `outcome` is how the last exchange with the hospital's
    system ended and says nothing about beds.
    """

    id: str
    name: str
    phone: str | None
    free: int | None
    total: int | None
    soon: int
    state_unknown: int
    free_by_class: dict[str, int]
    free_for_sex: int | None
    as_of: Moment | None
    age_s: int | None
    origin: str | None
    mode: str
    freshness: str
    confidence: Literal["high", "medium", "low"]
    outcome: str
    outcome_reason: str | None
    able: bool | None
    reasons: list[Reason]


class HospitalCapacity(HospitalBeds, frozen=True, kw_only=True):
    """A hospital's line in the answer: its beds, its rank, and how far it is from the patient."""

    rank: int
    distance_km: float | None
    travel_min: int | None


class CapacityAnswer(Struct, frozen=True):
    """
    Every hospital, best first; an answer always comes.

    `complete` is true when each hospital that can treat the need has a known figure younger than six
    hours. `audit` tells how the question was recorded: durable, spooled, or degraded (not recorded).
    """

    environment: str
    request: str
    need: Need
    asked_at: Moment
    complete: bool
    known: Annotated[int, Meta(description="Hospitals with a known figure younger than six hours.")]
    of: Annotated[int, Meta(description="Hospitals in this answer.")]
    audit: str
    hospitals: list[HospitalCapacity]


class HospitalEntry(Struct, frozen=True):
    """A hospital of the directory."""

    id: str
    name: str
    phone: str | None
    address: str | None
    latitude: float | None
    longitude: float | None
    services: list[str] | None
    standing: str
    connected: bool


class HospitalDirectory(Struct, frozen=True):
    """The hospitals the gateway knows, by name."""

    environment: str
    hospitals: list[HospitalEntry]


class DeclaredCapacity(Struct, frozen=True):
    """What was declared, and until when it holds."""

    environment: str
    hospital: str
    need: Need
    free: int
    told_by: str
    proof: str
    declared_at: Moment
    expires_at: Moment


def hospital_beds(judged: Judged, *, at: datetime, sex: str | None) -> HospitalBeds:
    """Return what is said of one judged hospital."""
    figure, sighting, tally = judged.figure, judged.sighting, judged.figure.tally
    reasons = [*judged.reasons, *_sex_reason(judged, sex)]
    return HospitalBeds(
        id=judged.place.id,
        name=judged.place.name,
        phone=judged.place.phone,
        free=tally.free,
        total=tally.total,
        soon=tally.soon,
        state_unknown=tally.unknown,
        free_by_class=tally.by_class,
        free_for_sex=_for_sex(judged, sex),
        as_of=figure.as_of,
        age_s=None if figure.as_of is None else max(0, int((at - figure.as_of).total_seconds())),
        origin=figure.origin,
        mode=figure.mode,
        freshness=figure.freshness,
        confidence=_confidence(judged),
        outcome=sighting.outcome,
        outcome_reason=sighting.reason,
        able=judged.able,
        reasons=[Reason(code, in_words(code, judged, at=at)) for code in reasons],
    )


def _confidence(judged: Judged) -> Literal["high", "medium", "low"]:
    if not judged.known:
        return "low"
    whole = judged.figure.declared is not None or judged.sighting.complete
    return "high" if judged.figure.freshness == "fresh" and whole else "medium"


def _for_sex(judged: Judged, sex: str | None) -> int | None:
    """Return the hospital's own split, None where it is empty: many leave it 0 beside free beds."""
    tally = judged.figure.tally
    if not ((tally.free_male or 0) + (tally.free_female or 0)):
        return None
    return {"male": tally.free_male, "female": tally.free_female}.get(sex or "")


def _sex_reason(judged: Judged, sex: str | None) -> list[str]:
    if sex is None or judged.able is False:
        return []
    return ["sex_split" if _for_sex(judged, sex) is not None else "sex_split_unknown"]
