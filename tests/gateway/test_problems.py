"""Every refusal is a problem that says what, whose fault and whether to ask again, and repeats nothing."""

import json

import pytest

from contracts import Busy, Refused
from gateway.access.roles import Role
from gateway.problem_table import KINDS
from gateway.problems import Problem, from_partner
from gateway.wrong_input import OTHERWISE, field_errors
from tests.gateway.gate import CANARY, Gate, ask_raw, key_for


@pytest.fixture
async def dispatcher():
    """Stand before the small gateway with a dispatcher's key."""
    key, text = key_for(Role.DISPATCHER)
    async with Gate([key]) as gate, gate.caller(text) as caller:
        yield gate, caller, text


def _errors(response):
    return [(error["field"], error["code"]) for error in response.json()["errors"]]


async def test_a_problem_says_everything_a_program_needs(dispatcher):
    """RFC 9457 members, fault, retry, the question's id, and the environment."""
    _, caller, _ = dispatcher
    response = await caller.get("/v1/nothing")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:gerbang:problem:not-found",
        "title": "There is nothing here",
        "status": 404,
        "fault": "caller",
        "retry": "never",
        "request": response.headers["gerbang-request-id"],
        "environment": "demo",
    }


async def test_a_method_that_is_not_there_names_those_that_are(dispatcher):
    """405 keeps its Allow header."""
    _, caller, _ = dispatcher
    response = await caller.put("/v1/beds")
    assert (response.status_code, response.headers["allow"]) == (405, "GET")
    assert response.json()["type"] == "urn:gerbang:problem:method-not-allowed"


async def test_a_database_that_cannot_write_says_send_help_now(dispatcher):
    """503, when to come back, and what comes first."""
    _, caller, _ = dispatcher
    response = await caller.post("/v1/unwritable")
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["type"] == "urn:gerbang:problem:cannot-record"
    assert "send help now" in response.json()["detail"]
    assert response.json()["fault"] == "gerbang"


async def test_a_database_that_cannot_be_read_is_the_gateways_fault(dispatcher):
    """503, and asking later helps."""
    _, caller, _ = dispatcher
    response = await caller.get("/v1/unreadable")
    assert (response.status_code, response.json()["retry"]) == (503, "later")
    assert response.json()["type"] == "urn:gerbang:problem:cannot-read"


def test_what_a_validator_says_is_used_only_if_the_house_worded_it():
    """A plain ValueError's text quotes what it likes; a code of our own comes with our own sentence."""
    plain = {"type": "value_error", "loc": ("body", "nik"), "msg": f"Value error, {CANARY}", "ctx": {}}
    tag = {
        "type": "union_tag_invalid",
        "loc": ("body",),
        "msg": "Input tag 'Siti' found",
        "ctx": {"tag": "Siti"},
    }
    ours = {"type": "nik_serial", "loc": ("body", "nik"), "msg": "NIK: the serial starts at 0001"}
    assert field_errors([plain, tag, ours]) == [
        ("body.nik", "value_error", OTHERWISE),
        ("body", "union_tag_invalid", OTHERWISE),
        ("body.nik", "nik_serial", "NIK: the serial starts at 0001"),
    ]


async def test_wrong_fields_are_named_without_their_values(dispatcher):
    """Where, a stable code, a sentence; the NIK stays with the caller."""
    _, caller, _ = dispatcher
    body = {"nik": "1571015203909900000", "age": 200, "purpose": CANARY, CANARY: 1, "extra": CANARY}
    response = await caller.post("/v1/persons", json=body)
    assert response.status_code == 422
    assert sorted(_errors(response)) == [
        ("body.?", "extra_forbidden"),
        ("body.age", "less_than_equal"),
        ("body.extra", "extra_forbidden"),
        ("body.nik", "digits"),
        ("body.purpose", "literal_error"),
    ]
    messages = {error["field"]: error["message"] for error in response.json()["errors"]}
    assert messages["body.nik"] == "NIK: 16 digits wanted"
    assert messages["body.age"] == "Must be at most 150."
    assert messages["body.purpose"] == "Must be one of 'ETREAT' or 'TREAT'."
    assert "15710152" not in response.text


@pytest.mark.parametrize(
    ("body", "status", "errors"),
    [
        (b'{"nik": "\\ud800"}', 422, [("body.nik", "digits")]),
        (b'{"nik": "1571015203909901", "\\ud800": 1}', 422, [("body", "string_unicode")]),
        (b'{"nik": "1571015203909901", "weight": NaN}', 422, [("body.weight", "finite_number")]),
        (b'{"nik": "1571015203909901", "weight": 1e999}', 422, [("body.weight", "finite_number")]),
        (b'{"nik": "1571015203909901", "age": 1' + b"0" * 300 + b"}", 422, [("body.age", "less_than_equal")]),
        (b'{"nik": "1571015203909901", "age": 1' + b"0" * 5000 + b"}", 400, []),
        (b"[" * 100_000, 400, []),
        (b'{"notes": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400, []),
        (b"\xff\xfe", 400, [("body", "json_invalid")]),
        (b"{", 400, [("body", "json_invalid")]),
        (b'"1571015203909901"', 422, [("body", "model_attributes_type")]),
        (b"null", 422, [("body", "model_attributes_type")]),
        (b"", 422, [("body", "missing")]),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_hostile_bodies_are_refused_and_nothing_more(dispatcher, body, status, errors):
    """The framework's own answer to several of these is a crash."""
    _, caller, _ = dispatcher
    headers = {"Content-Type": "application/json"}
    response = await caller.post("/v1/persons", content=body, headers=headers)
    assert response.status_code == status
    assert [(each["field"], each["code"]) for each in response.json().get("errors", [])] == errors
    assert CANARY not in response.text


async def test_a_hundred_wrong_fields_are_not_all_repeated(dispatcher):
    """An answer stays small whatever the question."""
    _, caller, _ = dispatcher
    body = {f"field_{number}": 1 for number in range(500)}
    assert len(_errors(await caller.post("/v1/persons", json=body))) == 20


async def test_a_path_that_does_not_fit_is_named_by_its_parameter(dispatcher):
    """Never by what stood there."""
    _, caller, _ = dispatcher
    response = await caller.get(f"/v1/items/x{CANARY}")
    assert _errors(response) == [("path.item", "int_parsing")]
    assert CANARY not in response.text


async def test_a_path_in_no_encoding_finds_nothing(dispatcher):
    """A lone surrogate in a path crashes nothing."""
    gate, _, text = dispatcher
    headers = [(b"authorization", b"Bearer " + text.encode())]
    status, _, _ = await ask_raw(gate.app, path="/v1/items/\ud800", headers=headers)
    assert status == 422
    status, _, _ = await ask_raw(gate.app, path="/\ud800", headers=headers)
    assert status == 404


def test_an_unlisted_problem_cannot_be_raised():
    """Names are stable, so they stand in one table."""
    with pytest.raises(KeyError):
        Problem("something-new")


@pytest.mark.parametrize("name", KINDS)
def test_every_problem_of_the_table_can_be_answered(name):
    """Each row gives a valid problem; 401 names the scheme, 429 and 503 the time."""
    response = Problem(name, partner="rsud-contoh").answer(environment="live", request="abc")
    said = json.loads(response.body)
    kind = KINDS[name]
    assert response.status_code == said["status"] == kind.status
    assert said["fault"] == ("rsud-contoh" if kind.fault == "partner" else kind.fault)
    assert ("www-authenticate" in response.headers) == (kind.status == 401)
    assert ("retry-after" in response.headers) == (kind.status in (429, 503))
    assert said["environment"] == "live"


def test_a_partners_patience_and_reason_are_passed_on():
    """Retry-After in whole seconds, at least one; the reason of a refusal."""
    busy = from_partner(Busy(retry_after=0.2), partner="bpjs").answer(environment="demo", request="abc")
    assert busy.headers["retry-after"] == "1"
    refused = from_partner(Refused("Poli tutup", code="201"), partner="bpjs")
    assert (refused.detail, refused.fault) == ("Poli tutup (201)", "bpjs")
