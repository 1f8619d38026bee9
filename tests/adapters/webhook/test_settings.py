"""What an operator may set."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.webhook.settings import Settings

from .sample import MORE_SETTINGS, SETTINGS

THIN = MORE_SETTINGS[0]


@pytest.mark.parametrize("right", [SETTINGS, *MORE_SETTINGS])
def test_whole_thin_and_while_secrets_change(right: dict[str, Any]) -> None:
    """All three stand."""
    assert Settings.model_validate(right).hook_url


@pytest.mark.parametrize(
    "wrong",
    [
        SETTINGS | {"hook_url": "damkar"},
        SETTINGS | {"hook_url": "https://user:synthetic@damkar.example/hook"},
        SETTINGS | {"hook_url": "https://damkar.example/hook#synthetic"},
        SETTINGS | {"hook_url": "https://xn--synthetic-abc.example/hook"},
        SETTINGS | {"secret": "demo-synthetic"},
        SETTINGS | {"thin": True},
        SETTINGS | {"origin": "https://112.example"},
        SETTINGS | {"origin": "112.example\r\nX: y"},
        SETTINGS | {"origin": "*"},
        THIN | {"fetch_from": "https://gerbang.example/v1/inbox?since=1"},
        THIN | {"fetch_from": "https://user:synthetic@gerbang.example/v1/inbox"},
        {name: value for name, value in SETTINGS.items() if name != "secret"},
    ],
)
def test_wrong_ones_are_refused_without_being_repeated(wrong: dict[str, Any]) -> None:
    """At start, not at the first message."""
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate(wrong)
    assert "synthetic" not in str(refusal.value)
