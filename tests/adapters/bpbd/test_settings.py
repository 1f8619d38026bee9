"""What an operator may configure."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.bpbd.settings import Settings

from .sample import SETTINGS


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "public"},
        {"addresses": []},
        {"restriction": "Hanya BPBD"},
        {"scope": "restricted"},
        {"scope": "restricted", "restriction": "Hanya BPBD"},
        {"sender": "112 kota"},
        {"sender": "kota"},
        {"sender": "a,b.example"},
        {"addresses": ["pusdalops bpbd"]},
        {"utc_offset": 6},
        {"secret": "whsec_kurz"},
        {"sender_name": ""},
    ],
)
def test_what_would_mislead_is_refused(wrong: dict[str, Any]) -> None:
    """Never public, never to nobody, and a name that CAP can hold."""
    with pytest.raises(ValidationError):
        Settings.model_validate(SETTINGS | wrong)


def test_no_secret_is_printed() -> None:
    """Neither whole nor in part."""
    assert SETTINGS["secret"] not in repr(Settings.model_validate(SETTINGS))
