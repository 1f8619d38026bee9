"""Whatever we build is valid by the OASIS schema, obeys the rules, and says what it was built from."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from adapters.cap.build import build
from adapters.cap.hardened import LARGEST, tree
from adapters.cap.model import Message
from adapters.cap.moments import moment, written
from adapters.cap.read import read
from adapters.cap.rules import first_error
from contracts import CannotConvey, Garbled

from .cases import VALID
from .messages import SENT, messages, zones
from .oracle import complaint, second_takes, takes


@settings(max_examples=60, deadline=None)
@given(message=messages(), zone=zones)
def test_what_is_built_is_valid_and_comes_back(message: Message, zone: timezone) -> None:
    """Two readers of the schema and our rules take it, and reading it gives the same values."""
    body = build(message, zone=zone)
    assert takes(body), complaint(body)
    assert second_takes(body)
    assert first_error(message) is None
    assert read(body) == message


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_we_are_never_laxer_than_the_schema(data: st.DataObject) -> None:
    """A valid message with one thing changed: what the schema refuses, we refuse."""
    body = _changed(data)
    assume(len(body) < LARGEST)
    try:
        wrong = first_error(read(body))
    except Garbled:
        return
    assert wrong is not None or takes(body), complaint(body)


def _changed(data: st.DataObject) -> bytes:
    root = tree(VALID.encode())
    every = list(root.iter())
    one, other = data.draw(st.sampled_from(every[1:])), data.draw(st.sampled_from(every[1:]))
    change = data.draw(st.sampled_from([_drop, _double, _move, _rename, _retell]))
    change(one, other)
    body: bytes = etree.tostring(root)
    return body


def _drop(one: Any, _: Any) -> None:
    one.getparent().remove(one)


def _double(one: Any, _: Any) -> None:
    one.addnext(deepcopy(one))


def _move(one: Any, other: Any) -> None:
    if one not in list(other.iterancestors()) and one is not other:
        other.addnext(one)


def _rename(one: Any, other: Any) -> None:
    one.tag = other.tag


def _retell(one: Any, other: Any) -> None:
    one.text = other.text


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    """An operator's text may hold anything; half a letter or a bell must not cost the message."""
    message = read(VALID.encode())
    odd = replace(message.infos[0], description="Air\x00 naik\x07 \ud800cepat\ufffe\r\nsekali\x1b")
    body = build(replace(message, infos=(odd,)))
    assert takes(body)
    assert read(body).infos[0].description == "Air naik cepat\nsekali"


def test_an_end_is_always_said() -> None:
    """Without one each receiver would make up its own."""
    message = read(VALID.encode())
    with pytest.raises(CannotConvey, match="expires"):
        build(replace(message, infos=(replace(message.infos[0], expires=None),)))


@pytest.mark.parametrize(
    ("hours", "text"),
    [(7, "2026-11-24T10:00:00+07:00"), (9, "2026-11-24T12:00:00+09:00"), (0, "2026-11-24T03:00:00-00:00")],
)
def test_times_are_local_without_fractions(hours: int, text: str) -> None:
    """Never Z; UTC is written as CAP wants it."""
    at = SENT.replace(microsecond=999_999)
    assert written(at, UTC if hours == 0 else timezone(timedelta(hours=hours))) == text
    assert moment(text) == SENT


def test_groups_keep_names_with_blanks() -> None:
    """They stand in double quotes."""
    message = replace(read(VALID.encode()), incidents=("i-1", "banjir besar", 'kata "lain"'))
    assert read(build(message)).incidents == ("i-1", "banjir besar", "kata lain")
