"""What an operator may set."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.police.settings import Settings

from .sample import SETTINGS


def test_our_own_name_is_known() -> None:
    """It stands in every distributionID."""
    assert Settings.model_validate(SETTINGS).sender == "id.jambi.112"


@pytest.mark.parametrize(
    "wrong",
    [
        SETTINGS | {"handover_url": "spkt"},
        SETTINGS | {"handover_url": "https://user:synthetic@polresta.example/"},
        SETTINGS | {"secret": "synthetic"},
        SETTINGS | {"recipient": "Polresta Jambi"},
        SETTINGS | {"recipient": "polresta_jambi"},
        SETTINGS | {"sender": ""},
        SETTINGS | {"sender": "-112"},
        {name: value for name, value in SETTINGS.items() if name != "recipient"},
    ],
)
def test_wrong_ones_are_refused_without_being_repeated(wrong: dict[str, Any]) -> None:
    """At start, not at the first case."""
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate(wrong)
    assert "synthetic" not in str(refusal.value)
