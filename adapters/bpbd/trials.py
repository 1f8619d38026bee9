"""What our profile promises beyond the signature, tried out with drills that say nothing of anybody."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import choice

from adapters.cap.build import build
from adapters.wire_hook import Hook, judge
from adapters.wire_signing import Signer
from adapters.wire_trials import trials
from contracts import Alert, AlertKind, Earlier, NotKept, Trial

from .profile import Profile
from .translate import message_of

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_REFUSING = (400, 409, 422)


def all_trials(hook: Hook, signer: Signer, profile: Profile) -> Sequence[Trial]:
    """Return the trials of the signature, then those of CAP."""

    def body_of(alert: Alert) -> bytes:
        return build(message_of(alert, profile), zone=profile.zone)

    def with_a_document_type() -> tuple[str, bytes]:
        alert = _drill()
        return alert.id, body_of(alert).replace(b"<alert ", b"<!DOCTYPE alert>\n<alert ", 1)

    def of_what_never_came() -> tuple[str, bytes]:
        never = Earlier(_name(), datetime.now(UTC) - timedelta(hours=1))
        alert = replace(_drill(), kind=AlertKind.UPDATE, incident="i-latihan", sequence=2, replaces=(never,))
        return alert.id, body_of(alert)

    return (
        *trials(hook, signer, body_of),
        Trial(
            "cap.doctype",
            "a message with a document type is refused: it could read files of yours",
            _refused(hook, signer, with_a_document_type),
        ),
        Trial(
            "cap.references",
            "an update of a message that never came is refused",
            _refused(hook, signer, of_what_never_came),
        ),
    )


def _refused(
    hook: Hook, signer: Signer, make: Callable[[], tuple[str, bytes]]
) -> Callable[[], Awaitable[str | None]]:
    async def run() -> str | None:
        message, body = make()
        response = await hook.try_out(message, body, signer.headers)
        if response.status_code in _REFUSING:
            return f"status {response.status_code}"
        judge(response)
        raise NotKept(f"it was taken: status {response.status_code}")

    return run


def _drill() -> Alert:
    at = datetime.now(UTC)
    return Alert(_name(), 0, AlertKind.TEST, at, at + timedelta(hours=1), drill=True)


def _name() -> str:
    return "n-" + "".join(choice(_LETTERS) for _ in range(13))
