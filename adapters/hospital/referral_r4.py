"""
A referral at a hospital's own FHIR R4 server: one ServiceRequest and one Task, however often we try.

Both are created with If-None-Exist where the server promises it, and searched by our identifier first
where not. Every attempt reads before it writes, so a repeated one finds its work done.
"""

from collections.abc import Callable
from datetime import datetime

from contracts import AnswerState, Garbled, NoAnswer, ReferralAnswer, ReferralAsk, Refused, Step

from .ability import Ability
from .moments import now
from .places import id_of
from .referral_answer import answer_of
from .referral_build import Letterhead, abort_number, abort_task, service_request, task
from .referral_errand import Conflict, Errand, refused_twice
from .referral_find import Found
from .referral_parts import Json, checked, own_id
from .referral_read import Copy
from .referral_steps import UNDER_WAY, is_to_be_raised, raised, request_status, task_changes
from .referral_words import ASK
from .server import Server
from .structs import Reference

_ENDS = (Step.ARRIVED, Step.WITHDRAWN)


class R4Desk:
    """Where an R4 hospital takes referrals."""

    def __init__(
        self, server: Server, ability: Ability, head: Letterhead, *, clock: Callable[[], datetime] = now
    ) -> None:
        self._server = server
        self._ability = ability
        self._head = head
        self._clock = clock

    async def convey_referral(self, ask: ReferralAsk, *, key: str) -> ReferralAnswer:
        """Bring the copy to *ask.step*; the ask's own id is what makes it one, so *key* is not needed."""
        errand = Errand(self._server)
        with errand.told_honestly():
            await self._ability.check_version()
            kept = await self._kept(ask, errand)
            if kept is None and ask.step is Step.WITHDRAWN:
                return await self._nothing_to_withdraw(ask, errand)
            if kept is None and ask.place:
                raise Refused("the hospital no longer has its copy", code="copy_gone")
            brought = await self._brought(kept or await self._asked(ask, errand), ask, errand)
            return answer_of(brought, now=self._clock(), remarks=errand.remarks)

    async def read_referral(self, ask: ReferralAsk) -> ReferralAnswer | None:
        """Read the Task by its place, or by our identifier."""
        errand = Errand(self._server)
        await self._ability.check_version()
        kept = await self._by_place(ask, errand)
        if kept is None:
            found = await errand.find("Task", ASK, own_id(ask, "id"))
            if not found.certain:
                raise NoAnswer("cannot_tell")
            kept = found.copies[0] if found.copies else None
        return answer_of(kept, now=self._clock(), remarks=errand.remarks) if kept else None

    async def _kept(self, ask: ReferralAsk, errand: Errand) -> Copy | None:
        """Return the hospital's Task; not searched for where creating it once more is harmless."""
        kept = await self._by_place(ask, errand)
        harmless = self._ability.creates_once("Task") and not ask.place and ask.step is not Step.WITHDRAWN
        if kept or harmless:
            return kept
        is_known = ask.sent_before or bool(ask.place)
        return await self._searched("Task", own_id(ask, "id"), errand, may_be_there=is_known)

    async def _by_place(self, ask: ReferralAsk, errand: Errand) -> Copy | None:
        key = id_of(Reference(ask.place)) if ask.place else None
        kept = await errand.fetch("Task", key) if key else None
        theirs = [each for each in kept.kept.identifier if each.system == ASK] if kept else []
        if kept and theirs and not kept.kept.carries(ASK, own_id(ask, "id")):
            raise Garbled("not_ours")  # an id used again: the answer would be another patient's
        return kept

    async def _searched(self, kind: str, number: str, errand: Errand, *, may_be_there: bool) -> Copy | None:
        """Search by our identifier. Raises NoAnswer where that cannot tell and there may be one."""
        found = await errand.find(kind, ASK, number)
        if not found.certain and may_be_there:
            raise NoAnswer("cannot_tell")
        return found.copies[0] if found.copies else None

    async def _asked(self, ask: ReferralAsk, errand: Errand) -> Copy:
        number, kind = own_id(ask, "id"), "ServiceRequest"
        # Whatever cannot be said is found out before anything is written: half a referral helps nobody.
        checked(task(ask, self._head, request="pending", now=self._clock()))
        known = None
        if not self._ability.creates_once(kind):
            known = await self._searched(kind, number, errand, may_be_there=ask.sent_before)
        request = known or await self._made(service_request(ask, self._head), number, errand)
        return await self._made(task(ask, self._head, request=request.id, now=self._clock()), number, errand)

    async def _made(self, resource: Json, number: str, errand: Errand) -> Copy:
        """Create once and return the hospital's copy, whoever made it. Raises NoAnswer for none of ours."""
        kind = str(resource["resourceType"])
        made = await errand.create(kind, checked(resource), unless=f"identifier={ASK}|{number}")
        if made is not None and not (made.kept.identifier and not made.kept.carries(ASK, number)):
            return made
        found: Found = await errand.find(kind, ASK, number)
        if not found.copies:
            raise NoAnswer("no_receipt")
        return found.copies[0]

    async def _brought(self, kept: Copy, ask: ReferralAsk, errand: Errand) -> Copy:
        """Change Task and ServiceRequest as far as needed; a Task moved meanwhile is judged anew, once."""
        if is_to_be_raised(ask, kept.kept):
            await self._change_request(kept, errand, lambda _: raised(ask, self._head), ask)
        try:
            kept = await self._change_task(kept, ask, errand)
        except Conflict:
            kept = await self._again(kept, ask, errand)
        if ask.step is Step.WITHDRAWN and kept.kept.status == UNDER_WAY:
            await self._ask_to_stop(kept, ask, errand)
        if ask.step in _ENDS:
            end = kept.kept
            await self._change_request(kept, errand, lambda own: request_status(ask, own.kept, end), ask)
        return kept

    async def _again(self, kept: Copy, ask: ReferralAsk, errand: Errand) -> Copy:
        fresh = await errand.fetch("Task", kept.id)
        if fresh is None:
            raise Refused("the hospital no longer has its copy", code="copy_gone")
        with refused_twice():
            return await self._change_task(fresh, ask, errand)

    async def _change_task(self, kept: Copy, ask: ReferralAsk, errand: Errand) -> Copy:
        changes = task_changes(ask, kept.kept, self._clock())
        return await errand.replace(kept, changes) if changes else kept

    async def _change_request(
        self, kept: Copy, errand: Errand, wanted: Callable[[Copy], Json], ask: ReferralAsk
    ) -> None:
        """Change the ServiceRequest behind a Task; the hospital may have touched it, so it is tried twice."""
        try:
            await self._change_once(await self._request_of(kept, ask, errand), errand, wanted)
        except Conflict:
            with refused_twice():
                await self._change_once(await self._request_of(kept, ask, errand), errand, wanted)

    async def _change_once(
        self, request: Copy | None, errand: Errand, wanted: Callable[[Copy], Json]
    ) -> None:
        if request is not None and (changes := wanted(request)):
            await errand.replace(request, changes)

    async def _request_of(self, kept: Copy, ask: ReferralAsk, errand: Errand) -> Copy | None:
        key = id_of(kept.kept.focus)
        request = await errand.fetch("ServiceRequest", key) if key else None
        if request is None or not request.kept.carries(ASK, own_id(ask, "id")):
            errand.remarks.add("request_missing")
            return None
        return request

    async def _ask_to_stop(self, kept: Copy, ask: ReferralAsk, errand: Errand) -> None:
        """
        Send the abort Task: from in-progress on, the Task's status is the hospital's alone.

        The ServiceRequest is revoked afterwards, so a revoked one says that this was done.
        """
        errand.remarks.add("abort_requested")
        request = await self._request_of(kept, ask, errand)
        if request is not None and request.kept.status == "revoked":
            return
        number = abort_number(ask)
        there = None
        if not self._ability.creates_once("Task"):
            there = await self._searched("Task", number, errand, may_be_there=ask.sent_before)
        if there is None:
            await self._made(abort_task(ask, self._head, asked=kept.id, now=self._clock()), number, errand)

    async def _nothing_to_withdraw(self, ask: ReferralAsk, errand: Errand) -> ReferralAnswer:
        """Revoke a ServiceRequest whose Task never came, if there is one."""
        known = ask.sent_before or bool(ask.place)
        request = await self._searched("ServiceRequest", own_id(ask, "id"), errand, may_be_there=known)
        with refused_twice():
            await self._change_once(request, errand, lambda own: request_status(ask, own.kept, None))
        return ReferralAnswer("", AnswerState.WITHDRAWN, Step.WITHDRAWN, remarks=("no_copy",))
