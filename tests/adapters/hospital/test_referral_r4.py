"""A referral at a hospital's own R4 server: one of each, whatever happens on the way."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from contracts import (
    AnswerState,
    Busy,
    CannotConvey,
    Garbled,
    NoAnswer,
    PartnerError,
    ReferralAsk,
    Refused,
    Step,
    Unreachable,
    Urgency,
)

from .asks import FULL, NIK, ROUTINE, Line, at
from .hospitals import wire
from .keeper import Keeper, lost, refused

KEEPERS: dict[str, dict[str, Any]] = {
    "conditional": {},
    "conditional, addresses only": {"bodies": False},
    "no conditional create": {"conditional": False},
    "no conditional create, addresses only": {"conditional": False, "bodies": False},
}
BLIND = [{"search": search} for search in ("refused", "everything", "warning")]
STEPS = [Step.OFFERED, Step.CHOSEN, Step.UNDER_WAY, Step.ARRIVED, Step.WITHDRAWN]


@pytest.fixture(params=KEEPERS)
def keeper(request: pytest.FixtureRequest) -> Keeper:
    """Each kind of server on which exactly one of each can be promised."""
    return Keeper(**KEEPERS[request.param])


async def offered(keeper: Keeper, ask: ReferralAsk = FULL, **task: Any) -> ReferralAsk:
    """Offer *ask*, let the hospital change its Task, and return the ask with its place."""
    answer = await Line(keeper).convey(ask)
    if task:
        keeper.say(**task)
    return replace(ask, place=answer.place)


def statuses(keeper: Keeper) -> tuple[str, str]:
    """Return the status of the only ServiceRequest and of the first Task."""
    return keeper.one("ServiceRequest")["status"], keeper.all("Task")[0]["status"]


class TestTheWay:
    """From the offer to the arrival."""

    async def test_an_offer_is_one_request_and_one_task(self, keeper: Keeper) -> None:
        """The Task leads to the ServiceRequest; both carry the ask's identifier."""
        answer = await Line(keeper).convey(FULL)
        request, task = keeper.one("ServiceRequest"), keeper.one("Task")
        assert task["focus"]["reference"] == f"ServiceRequest/{request['id']}"
        ours = {"system": "urn:gerbang:ask", "value": FULL.id}
        assert ours in request["identifier"]
        assert task["identifier"] == [ours]
        assert (answer.place, answer.state, answer.step) == ("Task/t1", AnswerState.WAITING, Step.OFFERED)

    @pytest.mark.parametrize("placed", [True, False])
    async def test_every_step_in_order(self, keeper: Keeper, placed: bool) -> None:
        """Accepted, chosen, under way, arrived; the same without the place, as after a lost answer."""
        ask = await offered(keeper, status="accepted")
        ask = ask if placed else replace(ask, place=None)
        seen = [
            await Line(keeper).convey(at(ask, step)) for step in (Step.CHOSEN, Step.UNDER_WAY, Step.ARRIVED)
        ]
        assert [(answer.state, answer.step) for answer in seen] == [
            (AnswerState.ACCEPTED, Step.CHOSEN),
            (AnswerState.ACCEPTED, Step.UNDER_WAY),
            (AnswerState.ARRIVED, Step.ARRIVED),
        ]
        assert statuses(keeper) == ("completed", "completed")

    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("said", ["requested", "accepted", "in-progress", "rejected", "failed"])
    async def test_a_step_once_made_is_not_written_again(self, keeper: Keeper, step: Step, said: str) -> None:
        """Whatever the hospital has said: the second time there is nothing to do, and it reads the same."""
        ask = at(await offered(keeper, status=said), step)
        first = await Line(keeper).convey(ask)
        written = len(keeper.writes())
        second = await Line(keeper).convey(ask)
        later = [write for write in keeper.writes()[written:] if write != "POST Task"]  # abort, conditional
        assert later == []
        assert second == first
        assert len(keeper.all("ServiceRequest")) == 1
        assert len(keeper.all("Task")) == (2 if (step, said) == (Step.WITHDRAWN, "in-progress") else 1)

    @pytest.mark.parametrize("step", [Step.OFFERED, Step.CHOSEN, Step.UNDER_WAY])
    async def test_an_older_step_takes_nothing_back(self, keeper: Keeper, step: Step) -> None:
        """A late message finds the patient arrived."""
        ask = await offered(keeper, status="accepted")
        await Line(keeper).convey(at(ask, Step.UNDER_WAY))
        await Line(keeper).convey(at(ask, step))
        assert statuses(keeper) == ("active", "in-progress")

    @pytest.mark.parametrize(("step", "mark"), [(Step.UNDER_WAY, "under-way"), (Step.ARRIVED, "arrived")])
    async def test_nobody_says_yes_in_the_hospitals_place(
        self, keeper: Keeper, step: Step, mark: str
    ) -> None:
        """An emergency that goes to a silent hospital: told beside the status, which stays its own."""
        ask = await offered(keeper, status="received")
        answer = await Line(keeper).convey(at(ask, step))
        assert (answer.state, answer.step) == (AnswerState.WAITING, step)
        assert keeper.one("Task")["businessStatus"]["coding"][0]["code"] == mark
        keeper.say(status="accepted")
        told = await Line(keeper).convey(at(ask, step))
        assert told.state in (AnswerState.ACCEPTED, AnswerState.ARRIVED)

    async def test_a_hospital_is_chosen_that_was_never_asked(self, keeper: Keeper) -> None:
        """Under way at once: the copy is made first."""
        answer = await Line(keeper).convey(at(FULL, Step.UNDER_WAY))
        assert (answer.state, answer.step) == (AnswerState.WAITING, Step.UNDER_WAY)
        assert statuses(keeper) == ("active", "requested")


class TestTakingBack:
    """Withdrawn, before and after the patient has left."""

    @pytest.mark.parametrize("said", ["requested", "received", "on-hold", "accepted", "ready"])
    async def test_before_departure_it_is_cancelled(self, keeper: Keeper, said: str) -> None:
        """With the reason, and the request is revoked."""
        ask = at(await offered(keeper, status=said), Step.WITHDRAWN, why="not_selected")
        answer = await Line(keeper).convey(ask)
        assert (answer.state, answer.step) == (AnswerState.WITHDRAWN, Step.WITHDRAWN)
        assert statuses(keeper) == ("revoked", "cancelled")
        assert keeper.one("Task")["statusReason"]["coding"][0]["code"] == "not_selected"

    async def test_under_way_it_is_asked_to_stop(self, keeper: Keeper) -> None:
        """One abort Task however often; the first Task's status is the hospital's."""
        ask = at(await offered(keeper, status="in-progress"), Step.WITHDRAWN, why="cancelled")
        for _ in range(3):
            answer = await Line(keeper).convey(ask)
        assert (answer.state, answer.remarks) == (AnswerState.ACCEPTED, ("abort_requested",))
        first, abort = keeper.all("Task")
        assert first["status"] == "in-progress"
        assert abort["code"]["coding"][0]["code"] == "abort"
        assert abort["focus"]["reference"] == f"Task/{first['id']}"
        assert abort["identifier"][0]["value"] == f"{ask.id}/abort"
        assert keeper.one("ServiceRequest")["status"] == "revoked"

    @pytest.mark.parametrize(
        ("said", "request_then"), [("rejected", "revoked"), ("failed", "revoked"), ("completed", "active")]
    )
    async def test_what_is_over_stays_as_it_is(self, keeper: Keeper, said: str, request_then: str) -> None:
        """Its Task is not touched; a request nobody fulfils is revoked, one that was fulfilled is not."""
        ask = at(await offered(keeper, status=said), Step.WITHDRAWN)
        await Line(keeper).convey(ask)
        assert statuses(keeper) == (request_then, said)

    async def test_a_question_that_never_came_needs_no_withdrawal(self, keeper: Keeper) -> None:
        """Nothing is made in order to be cancelled."""
        answer = await Line(keeper).convey(at(FULL, Step.WITHDRAWN, sent_before=True))
        assert (answer.place, answer.state, answer.remarks) == ("", AnswerState.WITHDRAWN, ("no_copy",))
        assert keeper.writes() == []

    async def test_half_a_question_is_revoked(self, keeper: Keeper) -> None:
        """The ServiceRequest had come, its Task never did."""
        first = _first_write(keeper)
        keeper.faults = dict.fromkeys(range(first + 1, first + 5), (refused, False))
        with pytest.raises(NoAnswer):
            await Line(keeper).convey(FULL)
        keeper.faults = {}
        answer = await Line(keeper).convey(at(FULL, Step.WITHDRAWN, sent_before=True))
        assert answer.remarks == ("no_copy",)
        assert keeper.one("ServiceRequest")["status"] == "revoked"
        assert keeper.all("Task") == []


def _first_write(keeper: Keeper) -> int:
    """Return the number of the first POST: after /metadata, or after two searches as well."""
    return 2 if keeper.conditional else 4


class TestWorse:
    """It has become an emergency since the hospital was asked."""

    async def test_both_copies_are_raised(self, keeper: Keeper) -> None:
        """Priority, criteria and need, in the same two resources; the hospital's own elements stay."""
        ask = await offered(keeper, ROUTINE, status="accepted")
        keeper.kept["ServiceRequest"]["s1"]["encounter"] = {"reference": "Encounter/7"}
        worse = replace(
            ask, urgency=Urgency.EMERGENCY, criteria=FULL.criteria, need=FULL.need, step=Step.CHOSEN
        )
        await Line(keeper).convey(worse)
        request, task = keeper.one("ServiceRequest"), keeper.one("Task")
        assert (request["priority"], task["priority"], task["status"]) == ("stat", "stat", "accepted")
        assert request["locationCode"][0]["coding"][0]["code"] == "ICU"
        assert len(request["reasonCode"]) == 3
        assert request["encounter"] == {"reference": "Encounter/7"}

    async def test_nothing_is_lowered(self, keeper: Keeper) -> None:
        """An older message, still routine, comes late."""
        ask = await offered(keeper, FULL)
        await Line(keeper).convey(replace(ask, urgency=Urgency.ROUTINE))
        assert keeper.one("Task")["priority"] == "stat"


async def broken_off(keeper: Keeper, ask: ReferralAsk) -> PartnerError | None:
    """Convey once and return the fault, if there is one."""
    try:
        await Line(keeper).convey(ask)
    except PartnerError as fault:
        return fault
    return None


class TestFaults:
    """The answer is lost, or the server is away, at any request: the next attempt makes no second one."""

    @pytest.mark.parametrize("number", range(1, 8))
    @pytest.mark.parametrize(
        ("fault", "is_done"), [(lost, True), (lost, False), (refused, False)], ids=["done", "not", "unsent"]
    )
    async def test_an_offer_broken_off_anywhere(
        self, keeper: Keeper, number: int, fault: Any, is_done: bool
    ) -> None:
        """Lost after it was done, before, or never sent."""
        keeper.faults = {number: (fault, is_done)}
        fault_told = await broken_off(keeper, FULL)
        # Whoever is told that nothing was sent may send to a server that makes two of two.
        assert not (keeper.all("ServiceRequest") and isinstance(fault_told, Unreachable))
        ask = replace(FULL, sent_before=isinstance(fault_told, NoAnswer))
        keeper.faults = {}
        await Line(keeper).convey(ask)
        assert (len(keeper.all("ServiceRequest")), len(keeper.all("Task"))) == (1, 1)

    @pytest.mark.parametrize("step", STEPS[1:])
    @pytest.mark.parametrize("said", ["accepted", "in-progress"])
    @pytest.mark.parametrize("number", range(1, 8))
    async def test_a_step_broken_off_anywhere(
        self, keeper: Keeper, step: Step, said: str, number: int
    ) -> None:
        """Every step, repeated without its place, ends as it would have at once."""
        ask = at(await offered(keeper, status=said), step)
        plain = Keeper(conditional=keeper.conditional)
        wanted = await Line(plain).convey(at(await offered(plain, status=said), step))
        keeper.faults = {len(keeper.asked) + number: (lost, True)}
        ask = replace(ask, sent_before=isinstance(await broken_off(keeper, ask), NoAnswer))
        keeper.faults = {}
        answer = await Line(keeper).convey(ask)
        assert (answer.state, answer.step) == (wanted.state, wanted.step)
        assert [each["status"] for each in keeper.all("Task")] == [
            each["status"] for each in plain.all("Task")
        ]
        assert statuses(keeper)[0] == statuses(plain)[0]

    async def test_a_wait_after_half_the_work_is_no_mere_wait(self, keeper: Keeper) -> None:
        """The ServiceRequest is there, the Task is to wait: whoever repeats must know that."""
        keeper.faults = {_first_write(keeper) + 1: (lambda _: httpx.Response(503), False)}
        if not keeper.bodies:
            keeper.faults = {_first_write(keeper) + 2: (lambda _: httpx.Response(503), False)}
        with pytest.raises(NoAnswer):
            await Line(keeper).convey(FULL)
        assert len(keeper.all("ServiceRequest")) == 1

    async def test_what_cannot_be_said_is_found_out_before_anything_is_written(self, keeper: Keeper) -> None:
        """Half a referral helps nobody."""
        with pytest.raises(CannotConvey) as told:
            await Line(keeper).convey(replace(FULL, answer_by=FULL.answer_by.replace(tzinfo=None)))
        assert told.value.field == "answer_by"
        assert keeper.writes() == []


class TestMovedMeanwhile:
    """The hospital changes its Task between our reading and our writing."""

    async def test_it_is_read_and_judged_again(self, keeper: Keeper) -> None:
        """Declined in that moment: it is not marked as chosen."""
        ask = at(await offered(keeper, status="accepted"), Step.CHOSEN)
        keeper.before["PUT Task"] = lambda: keeper.say(status="rejected")
        answer = await Line(keeper).convey(ask)
        assert answer.state is AnswerState.DECLINED
        assert "businessStatus" not in keeper.one("Task")

    async def test_a_second_time_is_left_to_the_next_attempt(self, keeper: Keeper) -> None:
        """Twice in one attempt: wait, and nothing of theirs is written over."""
        ask = at(await offered(keeper, status="accepted"), Step.UNDER_WAY)

        def again() -> None:
            keeper.say(status="accepted", description="masih diperiksa")
            keeper.before["PUT Task"] = again

        keeper.before["PUT Task"] = again
        with pytest.raises(Busy, match="changed_meanwhile"):
            await Line(keeper).convey(ask)
        assert keeper.one("Task")["status"] == "accepted"

    async def test_the_request_too(self, keeper: Keeper) -> None:
        """The hospital's system adds something to the ServiceRequest: it stays, and the end is told."""
        ask = at(await offered(keeper, status="accepted"), Step.WITHDRAWN)

        def noted() -> None:
            keeper._keep("ServiceRequest", keeper.one("ServiceRequest") | {"note": [{"text": "IGD 2"}]})

        keeper.before["PUT ServiceRequest"] = noted
        await Line(keeper).convey(ask)
        assert keeper.one("ServiceRequest")["status"] == "revoked"
        assert keeper.one("ServiceRequest")["note"] == [{"text": "IGD 2"}]


class TestWithoutConditionalCreate:
    """A server that makes two of two requests, and a search that proves little."""

    @pytest.mark.parametrize("blind", BLIND, ids=[str(each["search"]) for each in BLIND])
    async def test_the_first_time_it_may_be_made(self, blind: dict[str, Any]) -> None:
        """Nothing was ever sent."""
        keeper = Keeper(conditional=False, **blind)
        await Line(keeper).convey(FULL)
        assert (len(keeper.all("ServiceRequest")), len(keeper.all("Task"))) == (1, 1)

    @pytest.mark.parametrize("blind", BLIND, ids=[str(each["search"]) for each in BLIND])
    async def test_the_second_time_nothing_is_sent(self, blind: dict[str, Any]) -> None:
        """It may be there: unconfirmed, for somebody to ring."""
        keeper = Keeper(conditional=False, **blind)
        await Line(keeper).convey(replace(FULL, id="q-somebodyelse"))
        sent = len(keeper.writes())
        with pytest.raises(NoAnswer, match="cannot_tell"):
            await Line(keeper).convey(replace(FULL, sent_before=True))
        assert len(keeper.writes()) == sent

    async def test_a_search_that_looked_says_that_there_is_none(self) -> None:
        """An earlier attempt that never arrived is made up for."""
        keeper = Keeper(conditional=False)
        await Line(keeper).convey(replace(FULL, sent_before=True))
        assert len(keeper.all("Task")) == 1

    @pytest.mark.parametrize(
        "more",
        [
            {"total": 3},
            {"link": [{"relation": "self", "url": "https://rs.example/fhir/Task?_count=20"}]},
            {"link": [{"relation": "next", "url": "https://rs.example/fhir/Task?_page=2"}]},
        ],
        ids=["rows elsewhere", "parameter dropped", "another page"],
    )
    async def test_an_empty_page_that_proves_nothing(self, more: dict[str, Any]) -> None:
        """It counts rows it does not show, or says that it did not look at the identifier."""
        page = {"resourceType": "Bundle", "type": "searchset", **more}

        def answer(request: httpx.Request) -> httpx.Response:
            assert request.method == "GET"
            return httpx.Response(404) if "metadata" in request.url.path else httpx.Response(200, json=page)

        with pytest.raises(NoAnswer, match="cannot_tell"):
            await Line(answer).convey(replace(FULL, sent_before=True))

    async def test_a_place_once_known_needs_no_search(self) -> None:
        """From then on the hospital's own id is enough."""
        keeper = Keeper(conditional=False, search="refused")
        ask = replace(await offered(keeper, status="accepted"), sent_before=True)
        for step in (Step.CHOSEN, Step.UNDER_WAY, Step.ARRIVED):
            await Line(keeper).convey(at(ask, step))
        assert statuses(keeper) == ("completed", "completed")

    async def test_a_stop_is_asked_for_once_all_the_same(self) -> None:
        """The request, revoked behind it, says that it was; before that, nobody can tell."""
        keeper = Keeper(conditional=False, search="refused")
        ask = at(await offered(keeper, status="in-progress"), Step.WITHDRAWN)
        with pytest.raises(NoAnswer, match="cannot_tell"):
            await Line(keeper).convey(replace(ask, sent_before=True))
        for sent_before in (False, True, True):
            await Line(keeper).convey(replace(ask, sent_before=sent_before))
        assert len(keeper.all("Task")) == 2

    @pytest.mark.parametrize(("setting", "looks"), [(True, 1), (False, 3)])
    async def test_an_operator_knows_better(self, setting: bool, looks: int) -> None:
        """The setting outweighs what the server says of itself."""
        keeper = Keeper(conditional=not setting)
        await Line(keeper, conditional_create=setting).convey(FULL)
        assert len([each for each in keeper.asked if each.method == "GET"]) == looks

    async def test_two_of_one_are_noticed(self) -> None:
        """Somebody doubled it: the one the hospital works with counts, and it is told."""
        keeper = Keeper(conditional=False)
        await offered(keeper)
        keeper.kept["Task"]["t2"] = keeper.one("Task") | {"id": "t2", "status": "accepted"}
        answer = await Line(keeper).convey(FULL)
        assert (answer.place, answer.state) == ("Task/t2", AnswerState.ACCEPTED)
        assert answer.remarks == ("duplicate_copies",)

    async def test_two_of_one_on_a_conditional_server(self) -> None:
        """412 to If-None-Exist: looked up instead of made a third time."""
        keeper = Keeper()
        await offered(keeper)
        keeper.kept["Task"]["t2"] = keeper.one("Task") | {"id": "t2", "status": "accepted"}
        answer = await Line(keeper).convey(FULL)
        assert (answer.place, len(keeper.all("Task"))) == ("Task/t2", 2)


class TestNotOurs:
    """What is under our address and is not ours."""

    async def test_an_id_used_again_is_not_believed(self, keeper: Keeper) -> None:
        """Another patient's acceptance is no answer to us."""
        ask = await offered(keeper)
        keeper.say(status="accepted", identifier=[{"system": "urn:gerbang:ask", "value": "q-zzzzzzzzzz"}])
        for asking in (Line(keeper).convey(ask), Line(keeper).read(ask)):
            with pytest.raises(Garbled, match="not_ours"):
                await asking

    async def test_a_request_that_is_not_ours_is_not_touched(self, keeper: Keeper) -> None:
        """The Task leads elsewhere: it is told, and nothing is revoked there."""
        ask = await offered(keeper)
        request = keeper.one("ServiceRequest")
        keeper.kept["ServiceRequest"]["s1"] = request | {"identifier": []}
        answer = await Line(keeper).convey(at(ask, Step.WITHDRAWN))
        assert answer.remarks == ("request_missing",)
        assert keeper.one("ServiceRequest")["status"] == "active"

    async def test_a_copy_that_is_gone_is_not_made_again(self, keeper: Keeper) -> None:
        """The hospital has deleted it: told, except when that is what we want."""
        ask = await offered(keeper)
        keeper.kept["Task"].clear()
        with pytest.raises(Refused) as told:
            await Line(keeper).convey(at(ask, Step.CHOSEN))
        assert told.value.code == "copy_gone"
        assert (await Line(keeper).convey(at(ask, Step.WITHDRAWN))).remarks == ("no_copy",)
        assert keeper.one("ServiceRequest")["status"] == "revoked"
        assert await Line(keeper).read(ask) is None

    @pytest.mark.parametrize("place", ["Task/..", "Task/a?b=c", "", "Task/"])
    async def test_an_odd_place_leads_nowhere(self, keeper: Keeper, place: str) -> None:
        """It is searched for instead."""
        await offered(keeper, status="accepted")
        answer = await Line(keeper).read(replace(FULL, place=place))
        assert answer is not None
        assert answer.place == "Task/t1"


class TestReading:
    """What the hospital says now."""

    async def test_by_place_and_by_identifier(self, keeper: Keeper) -> None:
        """The same answer, and nothing is written."""
        ask = await offered(keeper, status="accepted", lastModified="2026-11-25T10:02:00+07:00")
        written = keeper.writes()
        by_place = await Line(keeper).read(ask)
        assert by_place == await Line(keeper).read(replace(ask, place=None))
        assert by_place is not None
        assert by_place.state is AnswerState.ACCEPTED
        assert keeper.writes() == written

    async def test_nothing_there_is_none(self, keeper: Keeper) -> None:
        """Only where the search can tell."""
        assert await Line(keeper).read(FULL) is None
        keeper.search = "refused"
        with pytest.raises(NoAnswer, match="cannot_tell"):
            await Line(keeper).read(FULL)

    @pytest.mark.parametrize("name", ["metadata-r5.json", "metadata-stu3.json"])
    async def test_another_version_is_told_nothing(self, name: str) -> None:
        """A patient is not described in words of another FHIR."""
        asked: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request.method)
            return httpx.Response(200, content=wire(name))

        with pytest.raises(CannotConvey):
            await Line(answer).convey(FULL)
        assert asked == ["GET"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 422, 429, 500, 503])
@pytest.mark.parametrize("number", range(1, 8))
async def test_no_person_stands_in_an_error_or_an_address(status: int, number: int) -> None:
    """Wherever it fails; and no address of ours carries more than our own ids."""
    keeper = Keeper(conditional=False)
    keeper.faults = {number: (lambda _: httpx.Response(status, text=f"NIK {NIK} Siti Contoh"), False)}
    fault = await broken_off(keeper, FULL)
    if fault is not None:
        assert "Siti" not in f"{fault!r}{fault.__cause__!r}{fault.__context__!r}"
        assert NIK not in f"{fault!r}"
    for request in keeper.asked:
        assert NIK not in str(request.url)
        assert NIK not in str(request.headers)
