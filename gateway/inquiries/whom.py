"""Whom an inquiry is about: a number in the body, never in an address, or a pseudonym from the log."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts import Nik, Nokartu
from gateway.people import People, Person


class Whom(BaseModel):
    """Exactly one of three names of a person."""

    model_config = ConfigDict(strict=True, extra="forbid")

    nik: Annotated[Nik | None, Field(description="NIK, 16 digits.")] = None
    nokartu: Annotated[Nokartu | None, Field(description="Number of the JKN card, 13 digits.")] = None
    subject: Annotated[
        str | None, Field(pattern="^p-[0-9a-f]{24}$", description="The pseudonym in the log.")
    ] = None

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if sum(name is not None for name in (self.nik, self.nokartu, self.subject)) != 1:
            raise PydanticCustomError("one_name", "Give exactly one of nik, nokartu and subject.")
        return self


async def person(people: People, whom: Whom) -> Person | None:
    """Return the person, or None when nothing is held that could name them. Raises CannotRead."""
    if whom.subject is not None:
        return await people.with_pseudonym(whom.subject)
    number = whom.nik or whom.nokartu
    return None if number is None else await people.find(number.reveal())
