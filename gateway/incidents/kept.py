"""All that is needed to write an incident down that was answered and is not yet a row."""

from dataclasses import dataclass
from datetime import datetime

from gateway.access.guard import Principal, Role

from .orders import Draft

KEY_USE = b"incidents afloat"  # sets the key apart from any other that comes from the same secret


@dataclass(frozen=True, slots=True)
class Kept:
    """
    What was asked, by whom, by which question, and when.

    Of whoever asked only what a row and its entries name; not the name of the holder.
    """

    draft: Draft
    key_id: str
    role: Role
    kind: str
    request: str
    at: datetime

    @classmethod
    def of(cls, draft: Draft, by: Principal, request: str, *, at: datetime) -> "Kept":
        """Return what is to be kept of a question."""
        return cls(draft, by.key_id, by.role, by.kind, request, at)

    @property
    def by(self) -> Principal:
        """Whoever asked, as far as that is kept."""
        return Principal(self.key_id, self.role, "", None, self.at, kind=self.kind)
