"""What `gerbang partners check` tries on whoever takes signed messages: is a proof that is none refused?"""

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from secrets import choice

from adapters.wire_hook import Hook, Proof, judge
from adapters.wire_signing import Signer, stranger
from contracts import Alert, AlertKind, NotKept, Trial

OLD_S = 600.0  # twice what receivers tolerate

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_REFUSING = (400, 401, 403, 422)


def trials(hook: Hook, signer: Signer, body_of: Callable[[Alert], bytes]) -> Sequence[Trial]:
    """Return the trials of *hook*; each sends a drill, of nothing that has happened."""
    old = signer.at(lambda: time.time() - OLD_S)
    proofs: tuple[tuple[str, str, Proof], ...] = (
        ("signature.missing", "a message without a signature is refused", lambda *_: {}),
        ("signature.wrong", "a message signed with another secret is refused", stranger().headers),
        ("signature.old", "a message signed ten minutes ago is refused", old.headers),
        ("signature.body", "a message changed after it was signed is refused", _of_another(signer)),
    )
    return [Trial(name, words, _refused(hook, body_of, proof)) for name, words, proof in proofs]


def _of_another(signer: Signer) -> Proof:
    return lambda message, body: signer.headers(message, body + b" ")


def _refused(
    hook: Hook, body_of: Callable[[Alert], bytes], proof: Proof
) -> Callable[[], Awaitable[str | None]]:
    async def run() -> str | None:
        drill = _drill(datetime.now(UTC))
        response = await hook.try_out(drill.id, body_of(drill), proof)
        if response.status_code in _REFUSING:
            return f"status {response.status_code}"
        judge(response)
        raise NotKept(f"it was taken: status {response.status_code}")

    return run


def _drill(at: datetime) -> Alert:
    message = "n-" + "".join(choice(_LETTERS) for _ in range(13))
    return Alert(message, 0, AlertKind.TEST, at, at + timedelta(hours=1), drill=True)
