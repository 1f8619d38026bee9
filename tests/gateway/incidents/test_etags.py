"""Versions as ETags."""

import pytest

from gateway.incidents import etags
from gateway.problems import Problem


@pytest.mark.parametrize("number", [1, 17, 999_999_999])
def test_what_was_said_comes_back(number: int) -> None:
    """Weak or strong; and none is none."""
    assert etags.version(etags.etag(number)) == number
    assert etags.version(f' "{number}" ') == number
    assert etags.version(None) is None


@pytest.mark.parametrize("said", ["", "*", "1", 'W/"x"', '"-1"', '"1", "2"', '"1234567890"'])
def test_what_is_no_etag_of_ours_is_refused(said: str) -> None:
    """Rather than let a change pass that saw something else."""
    with pytest.raises(Problem, match="wrong-input"):
        etags.version(said)
