"""The advice beside a coverage answer, from the dated file advice.toml."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from contracts import Coverage

FILE = Path(__file__).with_name("advice.toml")

FIRST_WORDS = {
    Coverage.ACTIVE: "Peserta JKN aktif",
    Coverage.NOT_ACTIVE: "Tidak aktif menurut BPJS - tetap kirim bantuan",
    Coverage.NOT_FOUND: "Nomor tidak ditemukan (mungkin salah ketik) - tetap kirim bantuan",
    Coverage.UNKNOWN: "Belum dapat dicek - tetap kirim bantuan",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """One text with the days (local, inclusive) on which it holds."""

    coverage: frozenset[Coverage]
    text: str
    source: str
    valid_from: date
    valid_until: date = date.max

    def holds(self, coverage: Coverage, on: date) -> bool:
        """Return whether this text belongs beside *coverage* on that day."""
        return coverage in self.coverage and self.valid_from <= on <= self.valid_until


def load(path: Path = FILE) -> tuple[Advice, ...]:
    """Read the file. Raises ValueError or KeyError when a text lacks what it must have."""
    return tuple(_advice(row) for row in tomllib.loads(path.read_text("utf-8"))["advice"])


def _advice(row: dict[str, Any]) -> Advice:
    return Advice(**{**row, "coverage": frozenset(Coverage(word) for word in row["coverage"])})


def advise(texts: Sequence[Advice], coverage: Coverage, *, on: date) -> list[str]:
    """Return what to say beside *coverage* on that local day, the first words first."""
    return [FIRST_WORDS[coverage], *(advice.text for advice in texts if advice.holds(coverage, on))]
