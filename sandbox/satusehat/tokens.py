"""Access tokens as the platform hands them out: opaque, good for an hour, each for one organisation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

LIFETIME = timedelta(seconds=3599)


@dataclass(frozen=True, slots=True)
class _Grant:
    hospital_id: str
    until: datetime


class Tokens:
    """The tokens in force."""

    def __init__(self) -> None:
        self._grants: dict[str, _Grant] = {}

    def issue(self, hospital_id: str, at: datetime) -> str:
        """Return a new token for the hospital; earlier ones stay good until they end."""
        self._grants = {token: grant for token, grant in self._grants.items() if grant.until > at}
        token = token_urlsafe(21)
        self._grants[token] = _Grant(hospital_id, at + LIFETIME)
        return token

    def holder(self, token: str, at: datetime) -> str | None:
        """Return the hospital's id the token was issued to, None if it is unknown or has ended."""
        grant = self._grants.get(token)
        return grant.hospital_id if grant and grant.until > at else None

    def forget_all(self) -> None:
        """End every token, as a restart of the platform does."""
        self._grants.clear()
