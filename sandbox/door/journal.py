"""How many questions each partner saw; counts and kinds only, never what was asked about."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Page:
    """One target's counts: *under_way* now, *most_at_once* so far, and *seen* by kind of question."""

    seen: int = 0
    troubled: int = 0
    under_way: int = 0
    most_at_once: int = 0
    by_question: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        """Return the counts as JSON-able values."""
        return {
            "seen": self.seen,
            "troubled": self.troubled,
            "under_way": self.under_way,
            "most_at_once": self.most_at_once,
            "by_question": dict(self.by_question),
        }


class Journal:
    """The counts of all targets since the last clearing."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}

    @contextmanager
    def under_way(self, targets: Sequence[str], question: str) -> Iterator[None]:
        """Count one question for every target it concerns while it is being answered."""
        pages = [self._pages.setdefault(target, Page()) for target in targets]
        for page in pages:
            page.seen += 1
            page.by_question[question] += 1
            page.under_way += 1
            page.most_at_once = max(page.most_at_once, page.under_way)
        try:
            yield
        finally:
            for page in pages:
                page.under_way -= 1

    def troubled(self, targets: Sequence[str]) -> None:
        """Count one question that met trouble."""
        for target in targets:
            self._pages.setdefault(target, Page()).troubled += 1

    def page(self, target: str) -> dict[str, object]:
        """Return the target's counts."""
        return self._pages.get(target, Page()).as_json()

    def pages(self) -> dict[str, dict[str, object]]:
        """Return all counts."""
        return {target: self.page(target) for target in sorted(self._pages)}

    def clear(self) -> None:
        """Forget all counts."""
        self._pages.clear()
