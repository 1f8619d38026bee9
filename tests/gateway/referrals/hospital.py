"""A hospital whose system takes referrals, in this process: it keeps copies, and fails as it is told to."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from contracts import AnswerState, NoAnswer, ReferralAnswer, ReferralAsk, Refused, Step, Unreachable, Urgency

OPEN = (AnswerState.WAITING, AnswerState.ACCEPTED)
_ORDER = (Step.OFFERED, Step.CHOSEN, Step.UNDER_WAY, Step.ARRIVED)


class Mood(StrEnum):
    """How its system behaves for the time being."""

    WELL = "well"
    LOSES = "loses"  # does what it is asked, and its answer is lost
    AWAY = "away"  # nothing reaches it
    REFUSES = "refuses"
    SLOW = "slow"  # waits before it does anything, until released
    SLOW_AFTER = "slow_after"  # has done it, and waits before it answers


@dataclass
class Copy:
    """What the hospital holds of one question."""

    place: str
    step: Step
    urgency: Urgency
    state: AnswerState = AnswerState.WAITING


@dataclass
class Hospital:
    """
    One hospital; *blind*: it makes a copy at every first question and cannot be searched.

    *heard* is called when a question reaches it, *checkpoint* before and after each effect: there a test
    ends the process that asks.
    """

    id: str
    blind: bool = False
    mood: Mood = Mood.WELL
    copies: dict[str, list[Copy]] = field(default_factory=lambda: defaultdict(list))
    heard: Callable[[str, ReferralAsk], None] = lambda hospital, ask: None
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def decide(self, ask: str, state: AnswerState) -> None:
        """Let a person there answer; who has declined may only accept after all, and who failed nothing."""
        for copy in self.copies.get(ask, ()):
            is_after_all = copy.state is AnswerState.DECLINED and state is AnswerState.ACCEPTED
            is_after_all = is_after_all and copy.step is not Step.WITHDRAWN
            if copy.state in OPEN or is_after_all:
                copy.state = state
                copy.step = Step.ARRIVED if state is AnswerState.ARRIVED else copy.step

    def release(self) -> None:
        """Let whoever waits go on."""
        self.released.set()
        self.released = asyncio.Event()

    async def convey_referral(self, ask: ReferralAsk, *, key: str) -> ReferralAnswer:
        """Bring the copy to *ask.step*, in the mood of the moment."""
        self.heard(self.id, ask)
        mood = self.mood
        await self._before(mood)
        if self.blind and ask.sent_before and not ask.place:
            raise NoAnswer("cannot_tell")
        answer = self._brought(ask)
        if mood is Mood.SLOW_AFTER:
            await self.released.wait()
        if mood is Mood.LOSES:
            raise NoAnswer("reset")
        return answer

    async def read_referral(self, ask: ReferralAsk) -> ReferralAnswer | None:
        """Say what the copy says."""
        await self._before(self.mood)
        if self.mood is Mood.LOSES or (self.blind and not ask.place):
            raise NoAnswer("cannot_tell")
        kept = self._kept(ask)
        return None if kept is None else _answer(kept)

    async def _before(self, mood: Mood) -> None:
        if mood is Mood.SLOW:
            await self.released.wait()
        if mood is Mood.AWAY:
            raise Unreachable("refused")
        if mood is Mood.REFUSES:
            raise Refused("not here", code="business-rule")

    def _kept(self, ask: ReferralAsk) -> Copy | None:
        kept = self.copies.get(ask.id, [])
        if self.blind:
            return next((each for each in kept if each.place == ask.place), None)
        return kept[0] if kept else None

    def _brought(self, ask: ReferralAsk) -> ReferralAnswer:
        kept = self._kept(ask)
        if kept is None and ask.step is Step.WITHDRAWN:
            return ReferralAnswer("", AnswerState.WITHDRAWN, Step.WITHDRAWN)
        if kept is None:
            if ask.place:
                raise Refused("no copy", code="copy_gone")
            kept = Copy(f"{ask.id}/{len(self.copies[ask.id])}", Step.OFFERED, ask.urgency)
            self.copies[ask.id].append(kept)
        _bring(kept, ask)
        return _answer(kept)


def _answer(copy: Copy) -> ReferralAnswer:
    return ReferralAnswer(copy.place, copy.state, copy.step)


def _bring(copy: Copy, ask: ReferralAsk) -> None:
    """Move as the adapter for R4 does: never back, and nothing that the hospital has ended."""
    is_open = copy.state in OPEN
    if ask.step is Step.WITHDRAWN and copy.state is not AnswerState.ARRIVED:
        copy.step = Step.WITHDRAWN
        copy.state = AnswerState.WITHDRAWN if is_open else copy.state
    if not is_open or ask.step is Step.WITHDRAWN:
        return
    if _ORDER.index(ask.step) > _ORDER.index(copy.step):
        copy.step = ask.step
    if ask.step is Step.ARRIVED and copy.state is AnswerState.ACCEPTED:
        copy.state = AnswerState.ARRIVED
    if ask.urgency is Urgency.EMERGENCY:
        copy.urgency = ask.urgency
