"""The bodies of the referral API: strict, with every limit named."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from contracts import AnswerState, Criterion, Need, Nik, Nokartu, Patient
from contracts.clock import WIB
from gateway.bodies import Day, Moment, plain_words

from .orders import Channel, Draft, Then, Verdict
from .rows import Rule
from .sealing import Told

_STRICT = ConfigDict(strict=True, extra="forbid")
_ICD_10 = "^[A-Z][0-9][0-9A-Z](\\.[0-9A-Z]{1,4})?$"
_PHONE = "^\\+?[0-9][0-9 -]{4,18}[0-9]$"
_SOURCE = "^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$"
_HOSPITAL = "^[a-z0-9-]{2,40}$"
CLOCKS_DIFFER = timedelta(minutes=5)
_LONG_NUMBER = re.compile("[0-9]{13,}")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]
Hospital = Annotated[str, Field(pattern=_HOSPITAL, description="A hospital's id.")]
Ticked = Annotated[Criterion, Field(strict=False)]


class PatientBody(BaseModel):
    """Whom it is about, as far as known; nothing is compulsory (Mr or Mrs X)."""

    model_config = _STRICT

    name: Annotated[Words | None, Field(description="As told.")] = None
    nik: Annotated[Nik | None, Field(description="NIK, 16 digits.")] = None
    nokartu: Annotated[Nokartu | None, Field(description="Number of the JKN card, 13 digits.")] = None
    sex: Annotated[str | None, Field(pattern="^(male|female)$", description="male or female.")] = None
    birth_date: Annotated[Day | None, Field(description="Day of birth.")] = None
    age_years: Annotated[int | None, Field(ge=0, le=130, description="Estimated, without a birth date.")] = (
        None
    )
    phone: Annotated[str | None, Field(pattern=_PHONE, description="Of the patient or next of kin.")] = None

    @field_validator("birth_date")
    @classmethod
    def _born(cls, day: date | None) -> date | None:
        # The day in Jambi: until 07:00 there, a newborn's day is not yet that of UTC.
        if day is not None and day > datetime.now(WIB).date():
            raise PydanticCustomError("future_birth", "Nobody is born in the future.")
        return day

    def patient(self) -> Patient:
        """Return it as the contracts know it."""
        return Patient(**{name: getattr(self, name) for name in type(self).model_fields})


class SourceRef(BaseModel):
    """What the dispatch system calls it; the same again is the same referral."""

    model_config = _STRICT

    system: Annotated[str, Field(pattern=_SOURCE, description="The dispatch system.")]
    ticket: Annotated[str, Field(pattern=_SOURCE, description="Its ticket; no number of a person.")]

    @model_validator(mode="after")
    def _names_nobody(self) -> Self:
        if _LONG_NUMBER.search(self.ticket) or _LONG_NUMBER.search(self.system):
            raise PydanticCustomError("long_number", "No number of a person belongs here.")
        return self


class NewReferral(BaseModel):
    """A referral: what is needed, for whom, and what is to happen at once."""

    model_config = _STRICT

    need: Annotated[Need, Field(strict=False, description="What the patient needs a bed for.")]
    then: Annotated[Then, Field(strict=False, description="draft, submit, or break_glass.")] = Then.DRAFT
    patient: PatientBody = Field(default_factory=PatientBody)
    kelas: Annotated[str | None, Field(pattern="^[a-z0-9]{1,10}$", description="Class of the bed.")] = None
    criteria: Annotated[
        list[Ticked], Field(max_length=5, description="The official emergency criteria that are met.")
    ] = []
    hospitals: Annotated[
        list[Hospital], Field(max_length=20, description="Asked all at once; empty: the ranking decides.")
    ] = []
    rule: Annotated[Rule, Field(strict=False, description="Who chooses: first acceptance, or a person.")] = (
        Rule.FIRST
    )
    lat: Annotated[float | None, Field(ge=-90, le=90, description="Where the patient is.")] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, description="Where the patient is.")] = None
    diagnosis: Annotated[str | None, Field(pattern=_ICD_10, description="ICD-10, such as I61.9.")] = None
    situation: Annotated[Text | None, Field(description="SBAR, free text for the hospital.")] = None
    transport: Annotated[Words | None, Field(description="Ambulance and crew.")] = None
    callback_phone: Annotated[str | None, Field(pattern=_PHONE, description="Where the crew answers.")] = None
    source_ref: SourceRef | None = None
    drill: bool = False

    @model_validator(mode="after")
    def _whole_place(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise PydanticCustomError("half_place", "lat and lon come together.")
        return self

    def draft(self, repeat: str | None) -> Draft:
        """Return it as the room takes it."""
        return Draft(
            need=self.need,
            then=self.then,
            told=Told(
                patient=self.patient.patient(),
                diagnosis=self.diagnosis,
                situation=self.situation,
                transport=self.transport,
                callback_phone=self.callback_phone,
            ),
            kelas=self.kelas,
            criteria=tuple(self.criteria),
            hospitals=tuple(self.hospitals),
            rule=self.rule,
            latitude=self.lat,
            longitude=self.lon,
            source_system=self.source_ref.system if self.source_ref else None,
            source_ticket=self.source_ref.ticket if self.source_ref else None,
            repeat=repeat,
            drill=self.drill,
        )


Note = Annotated[Text | None, Field(description="Free text; kept sealed under the patient's key.")]
Screen = Annotated[
    str | None,
    Field(pattern="^[0-9a-f]{64}$", description="`screen` of the reading that the decision was made on."),
]


class Decision(BaseModel):
    """Approve or reject a submitted referral."""

    model_config = _STRICT

    decision: Annotated[str, Field(pattern="^(approve|reject)$", description="approve or reject.")]
    reason: Note = None
    hospitals: Annotated[list[Hospital], Field(max_length=20, description="Whom to ask instead.")] = []
    screen: Screen = None
    told_by: Annotated[
        Words | None,
        Field(description="An operator only: who approved by telephone."),
    ] = None

    @model_validator(mode="after")
    def _why(self) -> Self:
        if self.decision == "reject" and self.reason is None:
            raise PydanticCustomError("reason_missing", "A rejection has a reason.")
        return self


class Emergency(BaseModel):
    """Break the glass, or say that the patient has worsened; the ticked criterion is the reason."""

    model_config = _STRICT

    criteria: Annotated[list[Ticked], Field(max_length=5, description="At least one, now or before.")] = []
    note: Note = None
    hospitals: Annotated[list[Hospital], Field(max_length=20, description="Asked all at once.")] = []


class Remark(BaseModel):
    """An event with nothing but a note."""

    model_config = _STRICT

    note: Note = None


class Whither(BaseModel):
    """An event that may name a hospital."""

    model_config = _STRICT

    hospital: Hospital | None = None
    note: Note = None


class Further(BaseModel):
    """Further hospitals to ask."""

    model_config = _STRICT

    hospitals: Annotated[list[Hospital], Field(min_length=1, max_length=20)]
    note: Note = None


class Choice(BaseModel):
    """Which of those who accepted takes the patient."""

    model_config = _STRICT

    hospital: Hospital
    note: Note = None


class AnswerBody(BaseModel):
    """What a person at a hospital said, equal to a system's answer."""

    model_config = _STRICT

    hospital: Hospital
    state: Annotated[
        str, Field(pattern="^(accepted|declined|failed)$", description="accepted, declined or failed.")
    ]
    channel: Annotated[Channel, Field(strict=False, description="How it was said.")]
    person: Annotated[Words, plain_words(digits=13), Field(description="Name and post of who said it.")]
    at: Annotated[Moment | None, Field(description="When; now when absent.")] = None
    reason: Annotated[
        str | None, Field(pattern="^[a-z_]{2,40}$", description="A code, such as full or no_service.")
    ] = None
    bed_held_until: Annotated[Moment | None, Field(description="Until when a bed is held.")] = None

    @field_validator("at")
    @classmethod
    def _said_already(cls, at: datetime | None) -> datetime | None:
        if at is not None and at > datetime.now(UTC) + CLOCKS_DIFFER:
            raise PydanticCustomError("future", "Nothing was said in the future.")
        return at

    @field_validator("bed_held_until")
    @classmethod
    def _still_held(cls, until: datetime | None) -> datetime | None:
        if until is not None and until <= datetime.now(UTC):
            raise PydanticCustomError("past", "Lies in the past: no bed is held any more.")
        return until

    @property
    def answer(self) -> AnswerState:
        """The state as the contracts know it."""
        return AnswerState(self.state)


class ReviewBody(BaseModel):
    """The head's word on what went on without one."""

    model_config = _STRICT

    verdict: Annotated[Verdict, Field(strict=False, description="sesuai or tidak_sesuai.")]
    note: Note = None
    screen: Screen = None
