"""What a hospital's Task says to us: its status by a table, its reason cut short, nobody's name or number."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hospital.outcome import judged
from adapters.hospital.referral_answer import REASON_CAP, answer_of
from adapters.hospital.referral_find import found_in
from adapters.hospital.referral_parts import unchecked
from adapters.hospital.referral_read import copy_of, read_copy, read_rows
from contracts import AnswerState, Garbled, PartnerError, ReferralAnswer, Step

from .hospitals import wire

NOW = datetime(2026, 11, 25, 3, 5, tzinfo=UTC)
HELD = datetime(2026, 11, 25, 3, 45, tzinfo=UTC)
ANSWERS: dict[str, dict[str, Any]] = json.loads(wire("referral-answers.json"))
READ: dict[str, dict[str, Any]] = {
    "accepted, a bed held": {
        "state": AnswerState.ACCEPTED,
        "at": datetime(2026, 11, 25, 3, 2, tzinfo=UTC),
        "bed_held_until": HELD,
    },
    "accepted, held in words": {"state": AnswerState.ACCEPTED, "bed_held_until": HELD},
    "accepted, held till nobody knows": {"state": AnswerState.ACCEPTED, "remarks": ("bed_held_unreadable",)},
    "accepted tomorrow": {"state": AnswerState.ACCEPTED, "remarks": ("clock_ahead",)},
    "declined by code": {
        "state": AnswerState.DECLINED,
        "at": datetime(2026, 11, 25, 3, 1, tzinfo=UTC),
        "code": "full",
        "reason": "Tidak ada tempat tidur kosong",
    },
    "declined, display only": {
        "state": AnswerState.DECLINED,
        "code": "overload",
        "reason": "IGD kelebihan beban",
    },
    "declined with a number": {"state": AnswerState.DECLINED, "reason": "Hubungi …, NIK …"},
    "declined without a reason": {"state": AnswerState.DECLINED},
    "failed": {"state": AnswerState.FAILED, "code": "bed_not_free"},
    "an error": {"state": AnswerState.FAILED, "code": "entered-in-error"},
    "waiting with a reason": {"state": AnswerState.WAITING},
    "a status of tomorrow": {"state": AnswerState.WAITING, "remarks": ("unknown_status",)},
    "no status": {"state": AnswerState.WAITING, "remarks": ("unknown_status",)},
    "arrived": {"state": AnswerState.ARRIVED, "step": Step.ARRIVED},
}


def read(task: dict[str, Any]) -> ReferralAnswer:
    """Return what a Task says."""
    return answer_of(copy_of(json.dumps(task).encode(), "Task"), now=NOW)


@pytest.mark.parametrize("name", ANSWERS)
def test_as_recorded(name: str) -> None:
    """Every recorded answer, to the letter."""
    assert read(ANSWERS[name]) == ReferralAnswer(
        **({"place": "Task/77", "step": Step.OFFERED, "state": None} | READ[name])
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("draft", "waiting"),
        ("requested", "waiting"),
        ("received", "waiting"),
        ("on-hold", "waiting"),
        ("accepted", "accepted"),
        ("ready", "accepted"),
        ("in-progress", "accepted"),
        ("rejected", "declined"),
        ("failed", "failed"),
        ("entered-in-error", "failed"),
        ("cancelled", "withdrawn"),
        ("completed", "arrived"),
    ],
)
def test_all_twelve_statuses(status: str, state: str) -> None:
    """R4's TaskStatus."""
    assert read({"resourceType": "Task", "id": "77", "status": status}).state == state


@pytest.mark.parametrize(
    ("elements", "step"),
    [
        ({"status": "accepted"}, Step.OFFERED),
        ({"status": "accepted", "businessStatus": {"coding": [{"code": "selected"}]}}, Step.CHOSEN),
        ({"status": "received", "businessStatus": {"coding": [{"code": "under-way"}]}}, Step.UNDER_WAY),
        ({"status": "received", "businessStatus": {"text": "awaiting-information"}}, Step.OFFERED),
        ({"status": "in-progress", "businessStatus": {"coding": [{"code": "selected"}]}}, Step.UNDER_WAY),
        ({"status": "cancelled", "businessStatus": {"coding": [{"code": "selected"}]}}, Step.WITHDRAWN),
    ],
)
def test_how_far_the_copy_says_that_we_are(elements: dict[str, Any], step: Step) -> None:
    """By its status first, then by our own marks."""
    assert read({"resourceType": "Task", "id": "77", **elements}).step is step


@given(text=st.text(max_size=400))
def test_a_reason_is_short_and_holds_no_number(text: str) -> None:
    """Whatever a hospital writes there."""
    task = {"resourceType": "Task", "id": "77", "status": "rejected", "statusReason": {"text": text}}
    reason = read(task).reason
    assert reason is None or 0 < len(reason) <= REASON_CAP
    assert "\x00" not in (reason or "")


@given(digits=st.integers(10**5, 10**20))
def test_no_number_of_six_digits_gets_through(digits: int) -> None:
    """Neither in the text nor as a code."""
    reason = {"coding": [{"code": str(digits)}], "text": f"tel {digits}"}
    answer = read({"resourceType": "Task", "id": "77", "status": "rejected", "statusReason": reason})
    assert (answer.code, answer.reason) == (None, "tel …")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "empty"),
        (b"<html>", "html"),
        (b"{}", "not_fhir"),
        (b'{"resourceType": "Patient", "id": "1"}', "not_a_task"),
        (b'{"resourceType": "Task"}', "not_a_task"),
        (b'{"resourceType": "Task", "id": "../Patient/1"}', "not_a_task"),
        (b'{"resourceType": "Task", "id": ".."}', "not_a_task"),
        (b'{"resourceType": "OperationOutcome", "issue": []}', "outcome_only"),
    ],
)
def test_what_is_no_task_is_none(body: bytes, detail: str) -> None:
    """An answer of the wrong kind is never an acceptance."""
    with pytest.raises(Garbled, match=detail):
        copy_of(body, "Task")


def test_every_element_is_handed_back_to_the_last_digit() -> None:
    """A change of ours leaves what a hospital has added as it was."""
    body = (
        b'{"resourceType":"Task","id":"7","_status":{"id":"x"},"extension":[{"url":"u","valueDecimal":1.10}]}'
    )
    assert unchecked(copy_of(body, "Task").whole()) == body


def test_the_version_is_the_headers_or_its_own() -> None:
    """ETag first; without one, the version in meta; without either, none."""
    task = {"resourceType": "Task", "id": "7", "meta": {"versionId": "3"}}
    assert read_copy(httpx.Response(200, json=task, headers={"etag": 'W/"9"'}), "Task").etag == 'W/"9"'
    assert read_copy(httpx.Response(200, json=task), "Task").etag == 'W/"3"'
    assert copy_of(b'{"resourceType": "Task", "id": "7"}', "Task").etag is None


@given(body=st.binary(max_size=200))
def test_no_bytes_break_the_reading(body: bytes) -> None:
    """A PartnerError or an answer, of a resource and of a search."""
    for reading in (lambda: copy_of(body, "Task"), lambda: read_rows(body)):
        try:
            reading()
        except PartnerError:
            continue


def test_an_empty_bundle_of_another_kind_proves_nothing() -> None:
    """Only a search answer says that there is nothing."""
    for kind in ({}, {"type": "collection"}):
        page = read_rows(json.dumps({"resourceType": "Bundle", **kind}).encode())
        assert not found_in(page, "Task", system="s", value="v").certain


def test_a_search_is_believed_by_what_it_shows() -> None:
    """Of several copies the furthest; a stranger's row or an outcome leaves nothing certain."""
    ours = {"identifier": [{"system": "s", "value": "v"}]}
    tasks = [
        {"resourceType": "Task", "id": f"t{n}", "status": status, **ours}
        for n, status in enumerate(("requested", "accepted", "rejected"))
    ]
    stranger = {"resourceType": "Task", "id": "x", "identifier": [{"system": "s", "value": "w"}]}
    told = {"none": [], "ours": tasks, "stranger": [stranger], "both": [stranger, *tasks]}
    found = {}
    for name, rows in told.items():
        entries = [{"resource": row} for row in rows]
        bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
        page = read_rows(judged(httpx.Response(200, json=bundle)))
        found[name] = found_in(page, "Task", system="s", value="v")
    assert {name: each.certain for name, each in found.items()} == {
        "none": True,
        "ours": True,
        "stranger": False,
        "both": True,
    }
    assert [copy.id for copy in found["both"].copies] == ["t1", "t0", "t2"]
