"""The door: reads the key a question carries, admits or refuses, and leaves the traces of both."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from gateway.alarms import Alarms
from gateway.passage import Passage, passage_of
from gateway.problems import Problem

from .judgement import Refusal, Rule, judge
from .keys import EXPIRY_NOTICE, GRACE
from .refusals import NOBODY, Refusals, at_key, neighbourhood, refused
from .ring import KeyRing
from .roles import Principal

GRACE_ALARM = "key.grace"

_SCHEME = b"bearer "


def _utc_now() -> datetime:
    return datetime.now(UTC)


class KeyDoor:
    """Admits questions by the keys of *ring*; `app.state.door` is where the routes find it."""

    def __init__(
        self,
        ring: KeyRing,
        *,
        refusals: Refusals,
        alarms: Alarms,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """Take the keys, and where refusals and the use of expired keys are told."""
        self._ring = ring
        self._refusals = refusals
        self._alarms = alarms
        self._now = now

    async def admit(self, request: Request, rule: Rule, *, route: str) -> Principal:
        """Return who asks. Raises Problem; that is recorded first, within a quarter second."""
        at = self._now()
        verdict = judge(self._ring, _bearer(request.scope), rule, at=at)
        passage = passage_of(request.scope)
        if isinstance(verdict, Refusal):
            await self._tell(verdict, request, passage, route=route)
            raise Problem(verdict.problem)
        passage.key_id = verdict.key_id
        if at >= verdict.expires_at - EXPIRY_NOTICE:
            self._remind(verdict, passage)
        return verdict

    async def _tell(self, refusal: Refusal, request: Request, passage: Passage, *, route: str) -> None:
        source = neighbourhood(request.client.host if request.client else None)
        bearer = refusal.principal
        actor = bearer.actor if bearer else NOBODY
        entry = refused(refusal.problem, route=route, source=source, request=passage.id, actor=actor)
        passage.key_id = bearer.key_id if bearer else None
        await self._refusals.note(at_key(entry, refusal.claimed_id), source=source)

    def _remind(self, bearer: Principal, passage: Passage) -> None:
        """Say in the answer when the key ends; using it after that also alarms."""
        end = bearer.expires_at.isoformat(timespec="seconds")
        passage.headers.append((b"gerbang-key-expires", end.encode("ascii")))
        if bearer.grace:
            self._alarms.raise_(GRACE_ALARM, f"Dispatchers' keys have expired: {self._ending()}")

    def _ending(self) -> str:
        """Name every expired key that still works, and until when."""
        keys = self._ring.in_grace(self._now())
        ends = (f"{key.id} until {(key.expires_at + GRACE).isoformat(timespec='minutes')}" for key in keys)
        return f"bed answers and intake go on for {', '.join(ends)}. Make new ones."


def _bearer(scope: Any) -> bytes | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return bytes(value[len(_SCHEME) :]).strip() if value[: len(_SCHEME)].lower() == _SCHEME else None
    return None
