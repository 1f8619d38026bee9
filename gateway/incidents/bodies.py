"""The bodies of the incident API: strict, with every limit named; no field for a NIK or a diagnosis."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts import Caller, Casualties, Category, Place, Severity
from gateway.bodies import plain_words

from .facts import Facts
from .fields import Area, Cautions, Latitude, Line, Longitude, Name, People, Phone, Reported, Text
from .orders import Draft, News, Outcome, Void

_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
_SOURCE = "^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$"
_LONG_NUMBER = re.compile("[0-9]{13,}")


class CallerBody(BaseModel):
    """Who called; partners are told only where the agreement with them says so."""

    model_config = _STRICT

    name: Annotated[Name, plain_words(digits=13)] | None = None
    phone: Phone | None = None


class CasualtiesBody(BaseModel):
    """How many people; null is not known, and is not 0."""

    model_config = _STRICT

    dead: People | None = None
    missing: People | None = None
    injured: People | None = None
    displaced: People | None = None


class SourceBody(BaseModel):
    """What the dispatch system calls it; the same again is the same incident."""

    model_config = _STRICT

    system: Annotated[str, Field(pattern=_SOURCE, description="The dispatch system.")]
    ticket: Annotated[str, Field(pattern=_SOURCE, description="Its ticket; no number of a person.")]

    @model_validator(mode="after")
    def _names_nobody(self) -> Self:
        if _LONG_NUMBER.search(self.ticket) or _LONG_NUMBER.search(self.system):
            raise PydanticCustomError("long_number", "No number of a person belongs here.")
        return self


class Picture(BaseModel):
    """What a picture of an incident may say."""

    model_config = _STRICT

    severity: Annotated[Severity, Field(strict=False, description="As CAP 1.2 sorts it.")] | None = None
    urgent: Annotated[bool | None, Field(description="Absent: category and severity say it.")] = None
    lat: Annotated[Latitude | None, Field(description="WGS 84 degrees.")] = None
    lon: Annotated[Longitude | None, Field(description="WGS 84 degrees.")] = None
    precision_m: Annotated[int | None, Field(ge=1, le=100_000, description="How exact that is.")] = None
    address: Line | None = None
    landmark: Line | None = None
    area_code: Annotated[Area | None, Field(description="Kemendagri code; absent: by the point.")] = None
    narrative: Annotated[Text | None, Field(description="What has happened.")] = None
    cautions: Cautions | None = None
    casualties: CasualtiesBody | None = None
    caller: CallerBody | None = None

    @model_validator(mode="after")
    def _whole_point(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise PydanticCustomError("half_place", "lat and lon come together.")
        return self

    def _place(self) -> Mapping[str, Any]:
        """Return what was said of the place, by the names of the contract."""
        names = {"lat": "latitude", "lon": "longitude"}
        own = ("lat", "lon", "precision_m", "address", "landmark", "area_code")
        return {names.get(each, each): getattr(self, each) for each in own if each in self.model_fields_set}

    def _caller(self) -> Caller | None:
        if self.caller is None or self.caller == CallerBody():
            return None
        return Caller(self.caller.name, self.caller.phone)


class NewIncident(Picture):
    """A new incident: what has happened, where, how bad it is, who called."""

    category: Annotated[Category, Field(strict=False, description="What has happened.")]
    reported_at: Reported | None = None
    source_ref: SourceBody | None = None
    drill: Annotated[bool, Field(description="An exercise; it never mixes with what is real.")] = False

    def draft(self, repeat: str | None) -> Draft:
        """Return it as the room takes it."""
        return Draft(
            category=self.category,
            severity=self.severity or Severity.UNKNOWN,
            urgent=self.urgent,
            facts=Facts(
                place=Place(**self._place()),
                narrative=self.narrative,
                cautions=tuple(dict.fromkeys(self.cautions or ())),
                casualties=Casualties(**(self.casualties.model_dump() if self.casualties else {})),
                caller=self._caller(),
            ),
            reported_at=self.reported_at,
            source_system=self.source_ref.system if self.source_ref else None,
            source_ticket=self.source_ref.ticket if self.source_ref else None,
            repeat=repeat,
            drill=self.drill,
        )


class NewsBody(Picture):
    """What is new; what is absent stays as it was, and null takes out what was known."""

    category: Annotated[Category, Field(strict=False, description="What it has become.")] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_new", "An update says what is new.")
        if "category" in self.model_fields_set and self.category is None:
            raise PydanticCustomError("no_category", "Something it is: name a category, or leave it out.")
        return self

    def news(self) -> News:
        """Return it as the room takes it."""
        said = self.model_fields_set
        facts = {
            "narrative": self.narrative,
            "cautions": tuple(dict.fromkeys(self.cautions or ())),
            "caller": self._caller(),
        }
        return News(
            category=self.category,
            severity=self.severity or (Severity.UNKNOWN if "severity" in said else None),
            urgent=self.urgent,
            place=self._place(),
            casualties=self._casualties(),
            facts={name: value for name, value in facts.items() if name in said},
        )

    def _casualties(self) -> Mapping[str, Any]:
        if "casualties" not in self.model_fields_set:
            return {}
        if self.casualties is None:
            return dict.fromkeys(CasualtiesBody.model_fields)
        return self.casualties.model_dump(exclude_unset=True)


Note = Annotated[Text | None, Field(description="Stays in the centre; kept sealed.")]
IncidentId = Annotated[str, Field(pattern="^i-[a-z0-9]{13}$", description="An incident's id.")]


class ClosingBody(BaseModel):
    """How it ended."""

    model_config = _STRICT

    outcome: Annotated[Outcome, Field(strict=False, description="Partners are told the code.")]
    note: Note = None


class CancellingBody(BaseModel):
    """Why it never was."""

    model_config = _STRICT

    reason: Annotated[Void, Field(strict=False, description="Partners are told the code.")]
    note: Note = None


class MergingBody(BaseModel):
    """Which incident it is in truth."""

    model_config = _STRICT

    into: IncidentId


class LinkBody(BaseModel):
    """Which incident it has to do with."""

    model_config = _STRICT

    other: IncidentId


class TellBody(BaseModel):
    """Which partner is to be told, too."""

    model_config = _STRICT

    partner: Annotated[str, Field(pattern="^[a-z0-9-]{2,40}$", description="A partner's id.")]


class ProposalBody(BaseModel):
    """Whether a proposal is taken up."""

    model_config = _STRICT

    accept: bool
