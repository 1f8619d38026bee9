"""SATUSEHAT Rujukan: offered once, referred once, whatever happens on the way."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from contracts import AnswerState, NoAnswer, PartnerError, ReferralAnswer, ReferralAsk, Refused, Step, Urgency

from .asks import FULL, NIK, PLATFORM, ROUTINE, Line, at
from .hospitals import wire
from .keeper import lost, refused
from .platform import NUMBER, Platform

ANSWERS: dict[str, dict[str, Any]] = json.loads(wire("rujukan-answers.json"))
STATES: dict[str, tuple[AnswerState, tuple[str, ...]]] = {
    "accepted": (AnswerState.ACCEPTED, ()),
    "rejected": (AnswerState.DECLINED, ()),
    "rejected, then accepted": (AnswerState.ACCEPTED, ()),
    "accepted, then failed": (AnswerState.FAILED, ()),
    "accepted, then rejected by status": (AnswerState.FAILED, ()),
    "rejected by status alone": (AnswerState.DECLINED, ()),
    "completed without an answer": (AnswerState.WAITING, ()),
    "another output": (AnswerState.WAITING, ()),
    "an answer of tomorrow": (AnswerState.WAITING, ("unknown_status",)),
    "requested": (AnswerState.WAITING, ()),
    "cancelled": (AnswerState.WITHDRAWN, ()),
}
STEPS = [Step.CHOSEN, Step.UNDER_WAY, Step.ARRIVED, Step.WITHDRAWN]


@pytest.fixture
def platform() -> Platform:
    """A platform with nothing on it."""
    return Platform()


def line(platform: Callable[[httpx.Request], httpx.Response], **settings: Any) -> Line:
    """Return a connection to it."""
    return Line(platform, **(PLATFORM | settings))


async def offered(platform: Platform, answer: str | None = None, ask: ReferralAsk = FULL) -> ReferralAsk:
    """Offer *ask*, let the hospital answer as recorded, and return the ask with its place."""
    told = await line(platform).convey(ask)
    if answer is not None:
        platform.say(**ANSWERS[answer])
    return replace(ask, place=told.place)


async def read(platform: Platform, ask: ReferralAsk) -> ReferralAnswer:
    """Read what the hospital says."""
    answer = await line(platform).read(ask)
    assert answer is not None
    return answer


async def test_an_offer_is_one_task_and_one_plan(platform: Platform) -> None:
    """We own the Task; the hospital asked stands in its input, the five questions inside it."""
    answer = await line(platform, sender_organization_id="99000112").convey(FULL)
    task, plan = platform.one("Task"), platform.one("CarePlan")
    assert (answer.place, answer.state, answer.step) == ("Task/t1", AnswerState.WAITING, Step.OFFERED)
    assert task["owner"] == task["requester"] == {"reference": "Organization/99000112"}
    assert task["input"][0]["valueReference"] == {"reference": "Organization/99000010"}
    assert task["identifier"] == [{"system": "http://sys-ids.kemkes.go.id/task/99000112", "value": FULL.id}]
    assert task["basedOn"] == [{"reference": f"CarePlan/{plan['id']}"}]
    asked = {
        item["linkId"]: item["answer"][0]["valueBoolean"] for item in task["contained"][1]["item"][0]["item"]
    }
    assert asked == {"000001": False, "000002": False, "000003": False, "000004": True, "000005": True}


@pytest.mark.parametrize("name", ANSWERS)
async def test_the_answer_stands_in_the_output(platform: Platform, name: str) -> None:
    """Every recorded answer; `completed` alone is neither an acceptance nor an arrival."""
    answer = await read(platform, await offered(platform, name))
    assert (answer.state, answer.remarks) == STATES[name]
    assert STATES.keys() == ANSWERS.keys()


async def test_an_accepted_offer_becomes_a_referral_with_a_number(platform: Platform) -> None:
    """Once, however often it is chosen; the number is the platform's."""
    ask = at(await offered(platform, "accepted"), Step.CHOSEN)
    answers = [await line(platform).convey(ask) for _ in range(3)]
    referral = platform.one("ServiceRequest")
    assert {(each.number, each.step) for each in answers} == {(NUMBER["value"], Step.CHOSEN)}
    assert referral["basedOn"] == [{"reference": "CarePlan/c1"}]
    assert referral["performer"] == [{"reference": "Organization/99000010"}]
    assert referral["priority"] == "stat"
    assert referral["code"]["coding"][0]["code"] == "385868005"
    assert await read(platform, ask) == answers[0]


async def test_no_referral_is_made_before_the_hospital_accepts(platform: Platform) -> None:
    """An emergency under way to a silent hospital: told in the Task; the referral follows its answer."""
    ask = at(await offered(platform), Step.UNDER_WAY)
    answer = await line(platform).convey(ask)
    assert (answer.state, answer.step) == (AnswerState.WAITING, Step.UNDER_WAY)
    assert platform.all("ServiceRequest") == []
    platform.say(**ANSWERS["accepted"])
    assert (await line(platform).convey(ask)).number == NUMBER["value"]


async def test_the_way_to_the_arrival(platform: Platform) -> None:
    """Each step is written once and none is taken back."""
    ask = await offered(platform, "accepted")
    steps = [(await line(platform).convey(at(ask, step))).step for step in STEPS[:3]]
    assert steps == STEPS[:3]
    written = platform.one("Task")["meta"], platform.one("ServiceRequest")["meta"]
    assert (await line(platform).convey(at(ask, Step.UNDER_WAY))).step is Step.ARRIVED
    assert (platform.one("Task")["meta"], platform.one("ServiceRequest")["meta"]) == written


@pytest.mark.parametrize("chosen", [True, False])
async def test_taken_back(platform: Platform, chosen: bool) -> None:
    """The Task is cancelled with the reason, and a referral already made is revoked."""
    ask = await offered(platform, "accepted")
    if chosen:
        await line(platform).convey(at(ask, Step.CHOSEN))
    for _ in range(2):
        answer = await line(platform).convey(at(ask, Step.WITHDRAWN, why="not_selected"))
    assert (answer.state, answer.step) == (AnswerState.WITHDRAWN, Step.WITHDRAWN)
    assert platform.one("Task")["statusReason"]["coding"][0]["code"] == "not_selected"
    assert [each["status"] for each in platform.all("ServiceRequest")] == (["revoked"] if chosen else [])


async def test_an_offer_that_never_came_needs_no_withdrawal(platform: Platform) -> None:
    """Nothing is made in order to be cancelled."""
    answer = await line(platform).convey(at(FULL, Step.WITHDRAWN, sent_before=True))
    assert (answer.state, answer.remarks) == (AnswerState.WITHDRAWN, ("no_copy",))
    assert platform.all("Task") == []


@pytest.mark.parametrize("chosen", [True, False])
async def test_worse_is_told_everywhere(platform: Platform, chosen: bool) -> None:
    """A planned referral becomes an emergency: Task, plan and referral say so, and stay one of each."""
    ask = await offered(platform, "accepted", ROUTINE)
    assert platform.one("Task")["priority"] == "routine"
    if chosen:
        await line(platform).convey(at(ask, Step.CHOSEN))
    worse = replace(ask, urgency=Urgency.EMERGENCY, criteria=FULL.criteria, step=Step.CHOSEN)
    await line(platform).convey(worse)
    task, plan = platform.one("Task"), platform.one("CarePlan")
    assert task["priority"] == platform.one("ServiceRequest")["priority"] == "stat"
    assert task["contained"][1]["questionnaire"].endswith("/Q100")
    assert plan["category"][0]["coding"][0]["code"] == "TK000068"


async def broken_off(platform: Platform, ask: ReferralAsk) -> PartnerError | None:
    """Convey once and return the fault, if there is one."""
    try:
        await line(platform).convey(ask)
    except PartnerError as fault:
        return fault
    return None


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("number", range(1, 8))
@pytest.mark.parametrize(
    ("fault", "is_done"), [(lost, True), (lost, False), (refused, False)], ids=["done", "not", "unsent"]
)
@pytest.mark.parametrize("step", [Step.OFFERED, *STEPS])
async def test_broken_off_anywhere(tells: bool, number: int, fault: Any, is_done: bool, step: Step) -> None:
    """At every request of every step: afterwards there is one of each."""
    platform = Platform(tells_what_it_made=tells)
    ask = FULL
    if step is not Step.OFFERED:
        ask = at(await offered(platform, "accepted"), step)
    platform.faults = {len(platform.asked) + number: (fault, is_done)}
    told = await broken_off(platform, ask)
    platform.faults = {}
    answer = await line(platform).convey(replace(ask, sent_before=isinstance(told, NoAnswer)))
    assert answer.step is step
    assert (len(platform.all("Task")), len(platform.all("CarePlan"))) == (1, 1)
    assert len(platform.all("ServiceRequest")) == (0 if step in (Step.OFFERED, Step.WITHDRAWN) else 1)


@pytest.mark.parametrize("search", ["refused", "everything", "warning"])
async def test_where_the_search_cannot_tell_nothing_is_sent_again(search: str) -> None:
    """Offer and referral alike: unconfirmed, for somebody to ring."""
    platform = Platform(search=search)
    await line(platform).convey(replace(FULL, id="q-somebodyelse"))
    with pytest.raises(NoAnswer, match="cannot_tell"):
        await line(platform).convey(replace(FULL, sent_before=True))
    assert len(platform.all("Task")) == 1


async def test_a_duplicate_nobody_finds_stands_as_unconfirmed() -> None:
    """The platform says that it has it; its search does not show it."""
    platform = Platform()
    await offered(platform)
    platform.search = "nothing"
    with pytest.raises(NoAnswer, match="no_receipt"):
        await line(platform).convey(FULL)
    assert len(platform.all("Task")) == 1


async def test_a_duplicate_found_is_the_one(platform: Platform) -> None:
    """Another process was faster between our search and our offer."""
    ask = await offered(platform)
    first = platform.kept["Task"].pop("t1")
    platform.kept["CarePlan"]["c0"] = platform.kept["CarePlan"].pop("c1")

    def faster(request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path.rstrip("/") == "/fhir-r4/v1":
            platform.kept["Task"]["t1"] = first
        return platform(request)

    answer = await line(faster).convey(replace(ask, place=None))
    assert answer.place == "Task/t1"
    assert len(platform.all("Task")) == 1


async def test_a_place_that_is_not_ours_is_searched_for(platform: Platform) -> None:
    """A Task without our identifier says nothing about our patient."""
    ask = await offered(platform, "accepted")
    platform.kept["Task"]["t9"] = platform.one("Task") | {"id": "t9", "identifier": []}
    answer = await read(platform, replace(ask, place="Task/t9"))
    assert answer.place == "Task/t1"


async def test_what_is_gone_is_not_made_again(platform: Platform) -> None:
    """Told instead; reading finds none."""
    ask = await offered(platform)
    platform.kept["Task"].clear()
    with pytest.raises(Refused) as told:
        await line(platform).convey(at(ask, Step.CHOSEN))
    assert told.value.code == "copy_gone"
    assert await line(platform).read(ask) is None


async def test_no_person_stands_in_an_address(platform: Platform) -> None:
    """The patient goes along in the body; nobody is looked up by NIK."""
    ask = await offered(platform, "accepted")
    await line(platform).convey(at(ask, Step.CHOSEN))
    assert [request for request in platform.asked if NIK in f"{request.url}{request.headers}"] == []
