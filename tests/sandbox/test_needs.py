"""A hospital reads what kind of bed is wanted, from codes or from words."""

import pytest

from sandbox.referrals.need import need_of


@pytest.mark.parametrize(
    ("asking", "need"),
    [
        ({"code": {"coding": [{"code": "RT0007"}]}}, "icu"),
        ({"code": {"text": "Ruang isolasi"}}, "isolation"),
        ({"locationCode": [{"coding": [{"code": "PEDNICU"}]}], "code": {"text": "ICU"}}, "nicu"),
        ({"input": [{"type": {"text": "Kebutuhan"}, "valueCodeableConcept": {"text": "HCU"}}]}, "hcu"),
        ({"input": [{"valueCoding": {"code": "385868005", "display": "Emergency treatment"}}]}, None),
        ({"code": {"text": "lihat catatan"}}, None),
        ({}, None),
    ],
)
def test_the_need_is_read(asking: dict[str, object], need: str | None) -> None:
    """HL7's, Kemkes' and plain words; the code of an emergency is no kind of bed."""
    assert need_of(asking) == need
