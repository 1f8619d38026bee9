"""Who signs the logs of this house, and where what is signed goes first."""

from collections import deque
from collections.abc import Sequence

import structlog

from .keys import NoKey, SigningKeys
from .notes import Checkpoint, Signer, in_one_line, signed

EVERY = 1000  # entries
KEPT = 10_000  # notes that wait for the anchor file; more are not taken: the database has them
HEADER = b"gerbang-audit-checkpoint"

log = structlog.get_logger(__name__)


class Notary:
    """
    Signs tree heads under the keys of one house and publishes them once they are committed.

    *authority* begins every origin (`112.example/audit/2026/gerbang-1`); a checkpoint is due after *every*
    entries.
    """

    def __init__(self, keys: SigningKeys, authority: str, *, every: int = EVERY) -> None:
        """Take the folder of *keys*; nothing is read or made yet."""
        self._keys = keys
        self._authority = authority
        self.every = every
        self.trouble: str | None = None  # why the newest tree head could not be signed
        self.newest: str | None = None
        self.header: tuple[bytes, bytes] | None = None  # the newest note for answers, an anchor elsewhere
        self.published: deque[str] = deque()
        self._made: dict[str, Signer] = {}
        self._prepared: dict[str, Signer] = {}

    def origin(self, log: str) -> str:
        """Return the origin of *log*'s checkpoints."""
        return f"{self._authority}/audit/{log}"

    def signer(self, vkey: str | None) -> Signer | None:
        """Return whoever signs as *vkey*; None, with the trouble noted, where the key cannot be had."""
        if vkey is None:
            return None
        try:
            return self._prepared.get(vkey) or self._keys.load(vkey)
        except NoKey as exc:
            self._complain(str(exc))
            return None

    def key_for(self, origin: str) -> Signer | None:
        """Return the first key of a new log, the same when a transaction is tried again; None if it fails."""
        if origin not in self._made:
            try:
                self._made[origin] = self._keys.make(origin)
            except OSError as exc:
                self._complain(f"no key for a new log can be made: {exc.strerror}")
                return None
        return self._made[origin]

    def prepare(self, origin: str) -> Signer:
        """Make the key that *origin*'s log is to be handed over to; blocks. Raises OSError."""
        signer = self._keys.make(origin)
        self._prepared[signer.vkey] = signer
        return signer

    def prepared(self, vkey: str) -> Signer | None:
        """Return the key made for a handing-over."""
        return self._prepared.get(vkey)

    def sign(self, checkpoint: Checkpoint, signers: Sequence[Signer]) -> str | None:
        """Return the signed note, or None with the trouble noted: no entry waits for a signature."""
        try:
            note = signed(checkpoint, signers)
        except Exception as exc:  # noqa: BLE001  a signer may be somebody's hardware
            self._complain(f"the signer failed: {type(exc).__name__}")
            return None
        self.trouble = None
        return note

    def publish(self, note: str) -> None:
        """Let the world have a note that was committed a moment ago."""
        self.recall(note)
        if len(self.published) < KEPT:
            self.published.append(note)

    def recall(self, note: str) -> None:
        """Go on showing the newest note there is; an earlier process has published it."""
        self.newest = note
        self.header = (HEADER, in_one_line(note).encode())

    def _complain(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.error("audit.unsigned", reason=trouble)
        self.trouble = trouble
