"""Kemendagri codes: one way to write them, and what lies below what."""

from collections.abc import Sequence

import pytest

from gateway.areas import codes


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("15", "15"),
        ("1571", "15.71"),
        ("15.71", "15.71"),
        ("157101", "15.71.01"),
        ("15.71.01", "15.71.01"),
        ("1571011004", "15.71.01.1004"),
        ("15.71.01.1004", "15.71.01.1004"),
    ],
)
def test_both_ways_of_writing_are_one(written: str, normal: str) -> None:
    """With the dots or without."""
    assert codes.normal(written) == normal


@pytest.mark.parametrize(
    "wrong",
    ["", "1", "157", "15.7", "15.71.", "15.71.01.10", "157101100", "١٥", "15.71.01.1004.1", "15\n", "x"],
)
def test_what_is_no_code_is_refused(wrong: str) -> None:
    """Half a code names no place."""
    with pytest.raises(ValueError, match="no Kemendagri code"):
        codes.normal(wrong)


@pytest.mark.parametrize(
    ("code", "ancestors", "within"),
    [
        ("15.71.01", ["15.71"], True),
        ("15.71", ["15.71"], True),
        ("15.71", ["15.71.01"], False),
        ("15.71.01", ["15.72", "15"], True),
        ("15.71.10", ["15.71.1"], False),  # no prefix of the text, but of the parts
        ("15.71", [], False),
    ],
)
def test_what_lies_below_what(code: str, ancestors: Sequence[str], within: bool) -> None:
    """An area lies in itself and in everything above it."""
    assert codes.is_within(code, ancestors) is within


@pytest.mark.parametrize(
    ("code", "others", "meets"),
    [
        ("15.71", ["15.71.01"], True),  # the whole city is at least partly there
        ("15.71.01", ["15.71"], True),
        ("15.71.02", ["15.71.01"], False),
        ("15.72", ["15.71", "15.72.01"], True),
    ],
)
def test_what_meets_what(code: str, others: Sequence[str], meets: bool) -> None:
    """One lies in the other, whichever way round."""
    assert codes.meets(code, others) is meets


@pytest.mark.parametrize(
    ("given", "shared"),
    [
        ([], None),
        (["15.71.03"], "15.71.03"),
        (["15.71.03", "15.71.05"], "15.71"),
        (["15.71", "15.71.05"], "15.71"),
        (["15.71.05", "15.04"], "15"),
        (["15.71", "16.71"], None),
    ],
)
def test_the_narrowest_that_holds_all(given: Sequence[str], shared: str | None) -> None:
    """What several areas have in common."""
    assert codes.common(given) == shared
