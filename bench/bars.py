"""What was measured and what was promised, one line each; the table at the end."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """
    One figure. With *at_most* or *at_least* it is a promise, without either it is there to compare with.

    *name* is `bar.figure`; *says* what was measured; *unit* what *measured* counts.
    """

    name: str
    says: str
    measured: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        """Whether the promise was kept; a figure without one always is."""
        above = self.at_most is not None and self.measured > self.at_most
        below = self.at_least is not None and self.measured < self.at_least
        return not (above or below)

    @property
    def promise(self) -> str:
        """The promise in words."""
        if self.at_most is not None:
            return f"<= {_number(self.at_most)}"
        return f">= {_number(self.at_least)}" if self.at_least is not None else ""

    @property
    def verdict(self) -> str:
        """Met, MISSED, or nothing where nothing was promised."""
        return "" if not self.promise else "met" if self.met else "MISSED"


def table(bars: Sequence[Bar]) -> str:
    """Return the bars as aligned plain text."""
    head = ("figure", "measured", "bar", "", "what")
    rows = [head] + [
        (bar.name, f"{_number(bar.measured)} {bar.unit}".strip(), bar.promise, bar.verdict, bar.says)
        for bar in bars
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _number(value: float) -> str:
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.1f}"
