"""The table of the sixteen hospitals, read from hospitals.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).with_name("hospitals.toml")
_CLASSES = {"kelas-1": "1", "kelas-2": "2", "kelas-3": "3", "vip": "vip"}


@dataclass(frozen=True, slots=True)
class BedRow:
    """How many beds a hospital has for one need (and one class, on wards)."""

    key: str
    need: str
    kelas: str | None
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class HospitalRow:
    """One hospital of the table; *system* is `r4`, `satusehat` or `telephone`."""

    id: str
    name: str
    phone: str
    address: str
    latitude: float
    longitude: float
    organization: str
    system: str
    habits: frozenset[str]
    beds: tuple[BedRow, ...]

    @property
    def token(self) -> str:
        """The bearer token its own server wants."""
        return f"demo-{self.id}"

    @property
    def client_id(self) -> str:
        """What it is called at SATUSEHAT's token endpoint; tied to its organisation."""
        return f"demo-client-{self.organization}"

    @property
    def client_secret(self) -> str:
        """The secret to *client_id*."""
        return f"demo-secret-{self.id}"


def _bed_row(key: str, total: int, free: int) -> BedRow:
    kelas = _CLASSES.get(key)
    return BedRow(key=key, need="ward" if kelas else key, kelas=kelas, total=total, free=free)


def _hospital_row(entry: dict[str, object]) -> HospitalRow:
    beds = entry.pop("beds", {})
    habits = entry.pop("habits", [])
    assert isinstance(beds, dict)  # noqa: S101 - the table is ours; this is for the type checker
    assert isinstance(habits, list)  # noqa: S101 - as above
    rows = tuple(_bed_row(key, total, free) for key, (total, free) in beds.items())
    return HospitalRow(**entry, habits=frozenset(habits), beds=rows)  # type: ignore[arg-type]  # TOML is untyped


def read_table() -> tuple[HospitalRow, ...]:
    """Return all sixteen hospitals in the order of the table."""
    document = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return tuple(_hospital_row(dict(entry)) for entry in document["hospital"])
