"""Query strings are read strictly: no unknown name, no second value, no strange number."""

from datetime import UTC, datetime

import msgspec
import pytest
from starlette.requests import Request

from contracts import Need
from gateway.problems import Problem
from gateway.queries import query_parameters, read_query
from tests.gateway.gate import CANARY, BedQuestion


def _read(query: str | bytes) -> BedQuestion:
    raw = query.encode("ascii") if isinstance(query, str) else query
    return read_query(Request({"type": "http", "query_string": raw}), BedQuestion)


def _refused(query):
    with pytest.raises(Problem) as problem:
        _read(query)
    assert problem.value.name == "wrong-input"
    return [(field, code) for field, code, _ in problem.value.errors]


def test_a_full_question_is_read():
    """Every kind of parameter."""
    query = "need=icu&lat=-1.61&sex=female&fresh=true&limit=99&word=a%20b&since=2026-11-24T03:00:00Z"
    assert _read(query) == BedQuestion(
        Need.ICU, -1.61, "female", True, 99, "a b", datetime(2026, 11, 24, 3, tzinfo=UTC)
    )


@pytest.mark.parametrize("query", ["lat=-90", "lat=90", "lat=90.0", "lat=-0.000001", "limit=1", "limit=99"])
def test_the_limits_themselves_are_inside(query):
    """At least and at most mean what they say."""
    _read(f"need=icu&{query}")


def test_what_is_not_given_has_its_default():
    """Only the need is required."""
    assert _read("need=igd") == BedQuestion(Need.IGD)
    assert _refused("") == [("query.need", "missing")]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("need=icu&freh=true", [("query.freh", "unknown_parameter")]),
        (f"need=icu&{CANARY}=1", [("query.?", "unknown_parameter")]),
        ("need=icu&need=igd", [("query.need", "repeated_parameter")]),
        ("need=ICU", [("query.need", "not_one_of")]),
        ("need=icu&sex=none", [("query.sex", "not_one_of")]),
        ("need=icu&fresh=1", [("query.fresh", "not_true_or_false")]),
        ("need=icu&fresh", [("query.fresh", "not_true_or_false")]),
        ("need=icu&lat=90.1", [("query.lat", "not_a_number")]),
        ("need=icu&lat=NaN", [("query.lat", "not_a_number")]),
        ("need=icu&lat=inf", [("query.lat", "not_a_number")]),
        ("need=icu&lat=1e1", [("query.lat", "not_a_number")]),
        ("need=icu&lat=null", [("query.lat", "not_a_number")]),
        ("need=icu&lat=", [("query.lat", "not_a_number")]),
        ("need=icu&lat=%D9%A1", [("query.lat", "not_a_number")]),
        ("need=icu&lat=1%0A", [("query.lat", "not_a_number")]),
        ("need=icu&limit=0", [("query.limit", "not_a_whole_number")]),
        ("need=icu&limit=100", [("query.limit", "not_a_whole_number")]),
        ("need=icu&limit=1.0", [("query.limit", "not_a_whole_number")]),
        ("need=icu&limit=" + "9" * 5000, [("query.limit", "not_a_whole_number")]),
        ("need=icu&word=toolong", [("query.word", "not_this_text")]),
        ("need=icu&since=yesterday", [("query.since", "not_a_time")]),
        (
            "lat=x&limit=y",
            [("query.lat", "not_a_number"), ("query.limit", "not_a_whole_number"), ("query.need", "missing")],
        ),
        ("need=icu&word=%FF", [("query", "unreadable")]),
        ("need=icu&word=%ED%A0%80", [("query", "unreadable")]),
        (b"need=icu&word=\xff", [("query", "unreadable")]),
        ("&".join(f"a{number}=1" for number in range(40)), [("query", "unreadable")]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_not_acceptable_is_named(query, errors):
    """By its name, never by its value."""
    assert _refused(query) == errors


def test_a_sentence_says_what_would_do():
    """A person can correct the question from the answer alone."""
    with pytest.raises(Problem) as problem:
        _read("need=bed&lat=100&limit=0")
    sentences = [sentence for _, _, sentence in problem.value.errors]
    assert sentences == [
        "Must be one of igd, icu, hcu, nicu, picu, isolation, delivery, ward, other.",
        "Must be a decimal number, at least -90 and at most 90.",
        "Must be a whole number, at least 1 and less than 100.",
    ]


def test_the_description_of_the_api_shows_the_same_limits():
    """OpenAPI parameters come from the same struct, without null and without references."""
    parameters = {each["name"]: each for each in query_parameters(BedQuestion)}
    assert [name for name, each in parameters.items() if each["required"]] == ["need"]
    assert parameters["need"]["description"] == "What for."
    assert set(parameters["need"]["schema"]["enum"]) == {str(need) for need in Need}
    assert parameters["lat"] == {
        "name": "lat",
        "in": "query",
        "required": False,
        "schema": {"type": "number", "minimum": -90, "maximum": 90},
        "description": "Degrees north.",
    }
    assert parameters["limit"]["schema"]["default"] == 16
    assert "null" not in repr(parameters)
    assert "$ref" not in repr(parameters)


def test_a_field_that_no_query_can_carry_is_refused_when_the_route_is_built():
    """Not at the first question."""

    class Odd(msgspec.Struct):
        places: list[str]

    with pytest.raises(TypeError, match="places"):
        query_parameters(Odd)
