"""A record has exactly one text, and it is RFC 8785's."""

import json
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from contracts.audit import SYSTEM, Entry
from gateway.audit.canonical import NotCanonical, canonical, instant, leaf_of
from gateway.evidence.verify import canonical as verifiers_canonical

from .material import BEGAN, entry

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
ascii_keys = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=12)
integers = st.integers(-(2**53) + 1, 2**53 - 1)
scalars = st.none() | st.booleans() | integers | texts
details = st.dictionaries(
    ascii_keys, scalars | st.lists(scalars).map(tuple) | st.dictionaries(ascii_keys, scalars), max_size=6
)
entries = st.builds(
    entry,
    st.integers(1, 9999),
    act=texts,
    outcome=texts,
    purpose=st.none() | texts,
    object_type=st.none() | texts,
    object_id=st.none() | texts,
    subject=st.none() | texts,
    partner=st.none() | texts,
    code=st.none() | texts,
    request=st.none() | texts,
    elapsed_ms=st.none() | integers,
    detail=st.none() | details,
)


def _text(one: Entry, **place: Any) -> bytes:
    return canonical(
        one, **{"log": "l", "seq": 1, "ts": instant(one.at), "mono": 0, "prev": "0" * 64, **place}
    )


@given(entries)
def test_the_text_is_rfc_8785s(one: Entry) -> None:
    """An independent implementation writes the same bytes, and so does the verifier's own."""
    text = _text(one)
    assert rfc8785.dumps(json.loads(text)) == text
    assert verifiers_canonical(json.loads(text)) == text


def test_every_character_is_escaped_as_rfc_8785_says() -> None:
    """Control characters, quotes, the line separators, the last of the plane and beyond."""
    every = "".join(map(chr, (*range(1, 0x300), 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF, 0x1F691, 0x10FFFF)))
    text = _text(entry(1, detail={"every": every}))
    assert rfc8785.dumps(json.loads(text)) == text


def test_a_record_says_everything_that_is_known() -> None:
    """Each field stands under its short name."""
    one = entry(7, subject="p-1", partner="rsud-a", code="breaker_open")
    assert json.loads(_text(one, log="gerbang-1", seq=9, mono=12)) == {
        "act": "capacity.asked",
        "actor": {"id": "key-dispatch", "kind": "machine", "role": "dispatcher"},
        "code": "breaker_open",
        "detail": {"answered": 14, "late": 2, "need": "icu", "note": "rumah sakit é"},
        "key": f"{7:032x}",
        "lat_ms": 7,
        "log": "gerbang-1",
        "mono": 12,
        "obj": {"id": "icu", "type": "capacity"},
        "outcome": "answered",
        "partner": "rsud-a",
        "prev": "0" * 64,
        "purpose": "dispatch",
        "req": f"{7:032x}",
        "seq": 9,
        "subj": "p-1",
        "ts": "2026-11-24T03:00:00.049000Z",
        "v": 1,
    }


def test_what_is_absent_is_left_out() -> None:
    """A bare entry has only what every record has."""
    names = json.loads(_text(Entry("audit.gap", "lost", actor=SYSTEM))).keys()
    assert sorted(names) == ["act", "actor", "key", "log", "mono", "outcome", "prev", "seq", "ts", "v"]


class Word(StrEnum):
    """An outcome's word, as rooms hold it."""

    ACTIVE = "ACTIVE"


def test_words_and_frozen_maps_are_welcome() -> None:
    """Enumerations of text and read-only maps are what rooms have in hand."""
    one = entry(
        1, outcome=Word.ACTIVE, detail=MappingProxyType({"a": Word.ACTIVE, "b": MappingProxyType({"c": 1})})
    )
    found = json.loads(_text(one))
    assert (found["outcome"], found["detail"]) == ("ACTIVE", {"a": "ACTIVE", "b": {"c": 1}})


def test_a_backslash_before_u0000_is_no_nul() -> None:
    """Text that only looks like an escape is kept."""
    one = entry(1, detail={"x": "\\u0000", "y": "\\\\u0000"})
    assert json.loads(_text(one))["detail"] == one.detail


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"detail": {"x": 1.0}}, "x: a float"),
        ({"detail": {"x": (1, float("nan"))}}, "x: a float"),
        ({"detail": {"x": {"y": 0.5}}}, "y: a float"),
        ({"detail": {"x": 2**53}}, "x: an integer"),
        ({"detail": {"x": -(2**53)}}, "x: an integer"),
        ({"detail": {"x": (2**70,)}}, "x: an integer"),
        ({"elapsed_ms": 2**53}, "elapsed_ms: an integer"),
        ({"elapsed_ms": 1.5}, "elapsed_ms: a float"),
        ({"detail": {"né": 1}}, "a key that is not ASCII"),
        ({"detail": {"x": {"né": 1}}}, "a key that is not ASCII"),
        ({"detail": {1: 1}}, "a key that is not ASCII"),
        ({"detail": {"x": b"bytes"}}, "x: a bytes"),
        ({"detail": {"x": BEGAN}}, "x: a datetime"),
        ({"detail": {"x": {"y": {"z": 1}}}}, "y: a dict"),
        ({"detail": {"x": ((1,),)}}, "x: a tuple"),
        ({"detail": {"x": "\ud800"}}, "half a surrogate pair"),
        ({"act": "\udfff"}, "half a surrogate pair"),
        ({"request": "a\0b"}, "NUL"),
        ({"detail": {"x": "\\\0"}}, "NUL"),
        ({"detail": {"\0": 1}}, "NUL"),
    ],
)
def test_what_could_be_read_two_ways_is_refused(fields: dict[str, Any], reason: str) -> None:
    """Outside the profile there is no canonical text, and the refusal names the place."""
    with pytest.raises(NotCanonical, match=reason):
        _text(entry(1, **fields))


def test_a_refusal_does_not_repeat_the_value() -> None:
    """Neither the message nor its cause shows what stood in the entry."""
    with pytest.raises(NotCanonical) as caught:
        _text(entry(1, detail={"x": "1571015203909901\ud800"}))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "1571015203909901" not in str(caught.value)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (BEGAN, "2026-11-24T03:00:00.000000Z"),
        (BEGAN.astimezone(timezone(timedelta(hours=7))), "2026-11-24T03:00:00.000000Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 6, timezone(timedelta(0))), "2026-01-02T03:04:05.000006Z"),
    ],
)
def test_times_are_utc_and_sort_as_text(at: datetime, text: str) -> None:
    """Whatever zone an entry was made in, its time is written in one form."""
    assert instant(at) == text


def test_a_time_without_a_zone_is_refused() -> None:
    """Nobody could say when that was."""
    with pytest.raises(NotCanonical, match="zone"):
        instant(datetime(2026, 1, 1))


def test_a_leaf_is_the_trees_leaf() -> None:
    """RFC 6962's hash of an empty leaf, from its test vectors."""
    assert leaf_of(b"") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
