"""
A referral over SATUSEHAT Rujukan: offered by a Task and a CarePlan, made by a ServiceRequest.

The platform has no conditional create, so everything is searched by our own identifier before it is made
(`http://sys-ids.kemkes.go.id/task/<organisation>` and the like), and a refusal as duplicate is looked up.
"""

from collections.abc import Callable
from datetime import datetime

import httpx
import msgspec

from contracts import AnswerState, NoAnswer, ReferralAnswer, ReferralAsk, Refused, Step

from .moments import now
from .places import id_of
from .referral_errand import Errand, refused_twice
from .referral_parts import Json, checked, own_id
from .referral_read import Copy
from .referral_steps import request_status
from .rujukan_answer import is_to_be_raised, only, patch, platform_answer, state_of, step_changes
from .rujukan_build import Parties, care_plan, offer, service_request, task
from .server import Server
from .structs import UNREADABLE, Reference

_REFERRED = (Step.CHOSEN, Step.UNDER_WAY, Step.ARRIVED)
# What is told anew when the patient has got worse.
_RENEWED = {
    "CarePlan": ("contained", "category", "title", "note"),
    "Task": ("contained", "priority", "input"),
    "ServiceRequest": ("contained", "priority", "code", "orderDetail", "reasonCode", "note"),
}


class _Made(msgspec.Struct):
    location: str | None = None


class _MadeEntry(msgspec.Struct):
    response: _Made | None = None


class _MadeBundle(msgspec.Struct):
    entry: list[_MadeEntry] = []


class RujukanDesk:
    """Where a hospital takes referrals on the platform."""

    def __init__(self, server: Server, parties: Parties, *, clock: Callable[[], datetime] = now) -> None:
        self._server = server
        self._parties = parties
        self._clock = clock

    async def convey_referral(self, ask: ReferralAsk, *, key: str) -> ReferralAnswer:
        """Bring the copy to *ask.step*; the ask's own id is what makes it one, so *key* is not needed."""
        errand = Errand(self._server)
        with errand.told_honestly(), refused_twice():
            kept = await self._by_place(ask, errand) or await self._searched("task", ask, errand)
            if kept is None and ask.step is Step.WITHDRAWN:
                return ReferralAnswer("", AnswerState.WITHDRAWN, Step.WITHDRAWN, remarks=("no_copy",))
            if kept is None and ask.place:
                raise Refused("the platform no longer has its copy", code="copy_gone")
            return await self._brought(kept or await self._offered(ask, errand), ask, errand)

    async def read_referral(self, ask: ReferralAsk) -> ReferralAnswer | None:
        """Read the Task by its place or our identifier, and the referral's number once it was made."""
        errand = Errand(self._server)
        kept = await self._by_place(ask, errand)
        if kept is None:
            found = await errand.find("Task", self._parties.system("task"), own_id(ask, "id"))
            if not found.certain:
                raise NoAnswer("cannot_tell")
            if not found.copies:
                return None
            kept = found.copies[0]
        referral = await self._referral(ask, errand) if ask.step in _REFERRED else None
        return platform_answer(kept, referral, now=self._clock(), remarks=errand.remarks)

    async def _brought(self, kept: Copy, ask: ReferralAsk, errand: Errand) -> ReferralAnswer:
        referral = await self._referral(ask, errand) if ask.step is not Step.OFFERED else None
        if is_to_be_raised(ask, kept.kept):
            kept = await self._raised(kept, referral, ask, errand)
        if ask.step in _REFERRED and referral is None and state_of(kept.kept) is AnswerState.ACCEPTED:
            referral = await self._referred(kept, ask, errand)
        if changes := step_changes(ask, kept.kept, self._clock()):
            kept = await errand.patch(kept, patch(changes))
        if referral and ask.step is Step.WITHDRAWN and (end := request_status(ask, referral.kept, None)):
            referral = await errand.patch(referral, patch(end))
        return platform_answer(kept, referral, now=self._clock(), remarks=errand.remarks)

    async def _by_place(self, ask: ReferralAsk, errand: Errand) -> Copy | None:
        key = id_of(Reference(ask.place)) if ask.place else None
        kept = await errand.fetch("Task", key) if key else None
        is_ours = kept is not None and kept.kept.carries(self._parties.system("task"), own_id(ask, "id"))
        return kept if is_ours else None

    async def _searched(self, kind: str, ask: ReferralAsk, errand: Errand) -> Copy | None:
        """Search by our identifier. Raises NoAnswer where that cannot tell and there may be one."""
        found = await errand.find(_TYPES[kind], self._parties.system(kind), own_id(ask, "id"))
        if not found.certain and (ask.sent_before or ask.place):
            raise NoAnswer("cannot_tell")
        return found.copies[0] if found.copies else None

    async def _offered(self, ask: ReferralAsk, errand: Errand) -> Copy:
        response = await errand.transact(checked(offer(ask, self._parties, now=self._clock())))
        key = _task_made(response) if response is not None else None
        kept = await errand.fetch("Task", key) if key else None
        kept = kept or await self._searched("task", ask, errand)
        if kept is None:
            raise NoAnswer("no_receipt")
        return kept

    async def _referral(self, ask: ReferralAsk, errand: Errand) -> Copy | None:
        found = await errand.find("ServiceRequest", self._parties.system("servicerequest"), own_id(ask, "id"))
        if not found.certain and ask.sent_before and ask.step in _REFERRED:
            raise NoAnswer("cannot_tell")
        return found.copies[0] if found.copies else None

    async def _referred(self, kept: Copy, ask: ReferralAsk, errand: Errand) -> Copy:
        """Make the referral itself, of which the platform gives the number."""
        plan = f"CarePlan/{await self._plan_of(kept, ask, errand)}"
        built = service_request(ask, self._parties, plan=plan, accepted=kept.id)
        made = await errand.create("ServiceRequest", checked(built))
        made = made or await self._referral(ask, errand)
        if made is None:
            raise NoAnswer("no_receipt")
        return made

    async def _plan_of(self, kept: Copy, ask: ReferralAsk, errand: Errand) -> str:
        named = [each for each in kept.kept.based_on if "CarePlan/" in (each.reference or "")]
        if named and (key := id_of(named[0])):
            return key
        plan = await self._searched("careplan", ask, errand)
        if plan is None:
            raise Refused("the platform keeps no care plan for this offer", code="plan_missing")
        return plan.id

    async def _raised(self, kept: Copy, referral: Copy | None, ask: ReferralAsk, errand: Errand) -> Copy:
        """Tell the emergency everywhere; the Task last, by which a later attempt sees that it is done."""
        plan = f"CarePlan/{await self._plan_of(kept, ask, errand)}"
        if (kept_plan := await errand.fetch("CarePlan", plan.partition("/")[2])) is not None:
            await self._renew(kept_plan, care_plan(ask, self._parties), errand)
        if referral is not None:
            built = service_request(ask, self._parties, plan=plan, accepted=kept.id)
            await self._renew(referral, built, errand)
        return await self._renew(kept, task(ask, self._parties, plan=plan, now=self._clock()), errand)

    async def _renew(self, kept: Copy, built: Json, errand: Errand) -> Copy:
        return await errand.patch(kept, patch(only(built, _RENEWED[kept.kept.resource_type])))


_TYPES = {"task": "Task", "careplan": "CarePlan"}
_MADE = msgspec.json.Decoder(_MadeBundle)


def _task_made(response: httpx.Response) -> str | None:
    """Return the id of the Task a transaction has made, None where the answer does not say."""
    try:
        entries = _MADE.decode(response.content).entry
    except UNREADABLE:
        return None
    places = (entry.response.location or "" for entry in entries if entry.response)
    return next((id_of(Reference(place)) for place in places if "Task/" in place), None)
