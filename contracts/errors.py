"""
What can go wrong with a partner, sorted by what to do next.

    PartnerError
    ├── Unreachable      nothing was sent            try again
    ├── NoAnswer         sent, outcome unknown       try again only with the same key
    ├── Busy             asked us to wait            try again when told
    ├── Refused          a rule of theirs said no    do not try again, pass the reason on
    ├── NotAccepted      our credentials are wrong   do not try again, alarm
    ├── Garbled          an answer nobody can read   do not try again, alarm
    └── CannotConvey     their wire has no word      do not try again, tell the caller
"""

from typing import ClassVar


class PartnerError(Exception):
    """The exchange with the partner failed."""

    word: ClassVar[str] = "failed"

    def __init__(self, detail: str = "") -> None:
        """Take *detail* for the log: never a body, a URL or personal data."""
        self.detail = detail
        super().__init__(detail or (type(self).__doc__ or "").strip())


class Unreachable(PartnerError):
    """The partner could not be reached; nothing was sent."""

    word = "unreachable"


class NoAnswer(PartnerError):
    """The question was sent and no answer came; whether it had an effect is unknown."""

    word = "no_answer"


class Busy(PartnerError):
    """The partner asks for patience."""

    word = "busy"

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        """Take *retry_after* in seconds, None when the partner named no time."""
        super().__init__(detail)
        self.retry_after = retry_after


class Refused(PartnerError):
    """The partner's system said no."""

    word = "refused"

    def __init__(self, reason: str, *, code: str) -> None:
        """Take the partner's *reason* and *code*, both already free of personal data."""
        super().__init__(f"{code}: {reason}")
        self.reason = reason
        self.code = code


class NotAccepted(PartnerError):
    """The partner does not accept our credentials."""

    word = "not_accepted"


class Garbled(PartnerError):
    """The partner's answer cannot be read."""

    word = "garbled"


class CannotConvey(PartnerError):
    """The partner's wire has no faithful word for what we were to say."""

    word = "cannot_convey"

    def __init__(self, field: str, detail: str = "") -> None:
        """Name the *field* of ours that has no counterpart."""
        super().__init__(detail or field)
        self.field = field
