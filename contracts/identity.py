"""
Numbers that name a person: kept as text, checked for form, masked wherever they are printed.

Sources: NIK structure after Permendagri as collected by the lokal-id package 0.7.2; JKN card
numbers have 13 digits (VClaim catalogue, both read 2026-11-23).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

PROVINCES = frozenset(
    "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76"
    " 81 82 91 92 93 94 95 96 97".split()
)


class NotAnIdentityNumber(ValueError):
    """The text is no such number; the message says what is wrong and never repeats it."""

    def __init__(self, code: str, message: str) -> None:
        """Take a stable *code* for machines and a *message* for people."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, repr=False)
class _IdentityNumber:
    value: str

    pattern: ClassVar[re.Pattern[str]]
    field_title: ClassVar[str]

    def __post_init__(self) -> None:
        if not self.pattern.fullmatch(self.value):
            raise NotAnIdentityNumber("digits", f"{self.field_title}: {self._digits()} digits wanted")
        if len(set(self.value)) == 1:
            raise NotAnIdentityNumber("repeated_digit", f"{self.field_title}: one digit repeated")

    @classmethod
    def _digits(cls) -> int:
        return int(cls.pattern.pattern[6:-1])

    def reveal(self) -> str:
        """Return the number itself, for the partner's wire and for nothing else."""
        return self.value

    def __repr__(self) -> str:
        """Show the first six and the last two digits."""
        hidden = "•" * (len(self.value) - 8)
        return f"{self.value[:6]}{hidden}{self.value[-2:]}"

    __str__ = __repr__

    @classmethod
    def _parse(cls, text: str) -> Self:
        try:
            return cls(text)
        except NotAnIdentityNumber as wrong:
            raise PydanticCustomError(wrong.code, "{reason}", {"reason": str(wrong)}) from None

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        text = core_schema.str_schema(strict=True)
        return core_schema.no_info_after_validator_function(cls._parse, text)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _: core_schema.CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{cls.pattern.pattern}$", "title": cls.field_title}


class Nik(_IdentityNumber):
    """A NIK: 16 digits PP KK CC DDMMYY SSSS; a woman's day of birth stands 40 higher."""

    __slots__ = ()
    pattern = re.compile("[0-9]{16}")
    field_title = "NIK"

    def __post_init__(self) -> None:
        """Raise NotAnIdentityNumber unless the structure is possible; registration is not implied."""
        _IdentityNumber.__post_init__(self)
        if self.value[:2] not in PROVINCES:
            raise NotAnIdentityNumber("nik_province", "NIK: no such province")
        if "00" in (self.value[2:4], self.value[4:6]):
            raise NotAnIdentityNumber("nik_region", "NIK: no such region")
        if self.value[12:] == "0000":
            raise NotAnIdentityNumber("nik_serial", "NIK: the serial starts at 0001")
        self._check_birth_date()

    def _check_birth_date(self) -> None:
        day, month, year = (int(self.value[at : at + 2]) for at in (6, 8, 10))
        try:
            # The century is not written: 2000 is a leap year, so it accepts what any century would.
            date(2000 + year, month, day - 40 if day > 40 else day)
        except ValueError:
            raise NotAnIdentityNumber("nik_birth_date", "NIK: no such day of birth") from None


class Nokartu(_IdentityNumber):
    """The number of a JKN card: 13 digits, leading zeros kept."""

    __slots__ = ()
    pattern = re.compile("[0-9]{13}")
    field_title = "nokartu"
