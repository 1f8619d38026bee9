"""Telephone numbers in one form."""

import pytest

from gateway.incidents import phones


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("081278772112", "+6281278772112"),
        ("0812-7877-2112", "+6281278772112"),
        ("(0741) 61.692", "+6274161692"),
        ("+62 812 7877 2112", "+6281278772112"),
        ("6281278772112", "+6281278772112"),
        ("+6581234567", "+6581234567"),
    ],
)
def test_every_way_of_writing_is_one(typed: str, normal: str) -> None:
    """Spaces, dots, hyphens, brackets, the 0 or the country."""
    assert phones.normal(typed) == normal


@pytest.mark.parametrize(
    "typed", ["", "112", "110", "61692", "0065812345", "+62", "0812x", "08١٢7877211", "0" * 40, "+0812787721"]
)
def test_what_nobody_can_be_rung_by_is_refused(typed: str) -> None:
    """Half a number is none."""
    with pytest.raises(ValueError, match="no telephone number"):
        phones.normal(typed)
