"""The kinds of fields that bodies of the incident API have, each with its limits and its one form."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated
from unicodedata import category

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from contracts import Caution
from gateway.areas import codes
from gateway.bodies import Moment

from . import phones

CLOCKS_DIFFER = timedelta(minutes=5)
LONG_AGO = timedelta(days=366)
MANY = 100_000  # people: more live in no kecamatan


def _said_by(judge: Callable[[str], str], code: str, sentence: str) -> AfterValidator:
    """Let *judge* bring a text into its one form, and say *sentence* where it raises ValueError."""

    def check(text: str) -> str:
        try:
            return judge(text)
        except ValueError:
            raise PydanticCustomError(code, sentence) from None

    return AfterValidator(check)


def _within_a_year(at: datetime) -> datetime:
    now = datetime.now(UTC)
    if at > now + CLOCKS_DIFFER:
        raise PydanticCustomError("future", "Nothing was reported in the future.")
    if at < now - LONG_AGO:
        raise PydanticCustomError("long_ago", "This lies more than a year back.")
    return at


def _legible(text: object) -> object:
    """Put a space where a control sign stands: no partner's wire has one, and no intake fails for it."""
    if not isinstance(text, str):
        return text
    return "".join(" " if category(sign) == "Cc" and sign != "\n" else sign for sign in text)


_Legible = BeforeValidator(_legible)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), _Legible]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), _Legible]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]
Phone = Annotated[
    str,
    Field(min_length=6, max_length=phones.LONGEST_TYPED),
    _said_by(phones.normal, "phone", "Give a number to ring back, such as 0812... or +62..."),
]
Area = Annotated[
    str,
    Field(min_length=2, max_length=13),
    _said_by(codes.normal, "area", "Give a Kemendagri code, such as 15.71.01."),
]
People = Annotated[int, Field(ge=0, le=MANY)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
OneCaution = Annotated[Caution, Field(strict=False)]
Cautions = Annotated[list[OneCaution], Field(max_length=len(Caution), description="What may hurt the crews.")]
Reported = Annotated[Moment, AfterValidator(_within_a_year)]
