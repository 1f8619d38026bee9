"""The question whether a person is covered by JKN, and its answer; UNKNOWN whenever in doubt."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.identity import Nik, Nokartu


class Coverage(StrEnum):
    """What is known of a person's coverage; only ACTIVE and NOT_ACTIVE are statements."""

    ACTIVE = "ACTIVE"
    NOT_ACTIVE = "NOT_ACTIVE"
    NOT_FOUND = "NOT_FOUND"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class CoverageQuestion:
    """Who is asked about (exactly one number) and for which local day of service."""

    service_date: date
    nik: Nik | None = None
    nokartu: Nokartu | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless exactly one number is given."""
        if (self.nik is None) == (self.nokartu is None):
            raise ValueError("exactly one of nik and nokartu")


@dataclass(frozen=True, slots=True, repr=False)
class CoverageAnswer:
    """
    The insurer's answer; the texts are the insurer's own words, for the approver.

    *doubt* is a stable code where the answer contradicts itself (`status_mismatch`,
    `other_person`, ...); *coverage* is then UNKNOWN.
    """

    coverage: Coverage
    status_text: str | None = None
    segment: str | None = None
    kelas: str | None = None
    fktp: str | None = None
    cob: str | None = None
    social_note: str | None = None
    birth_date: date | None = None
    doubt: str | None = None

    def __repr__(self) -> str:
        """Show the coverage and nothing of the person."""
        return f"CoverageAnswer({self.coverage}, doubt={self.doubt})"
