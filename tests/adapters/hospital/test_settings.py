"""What an operator may configure, and what is refused at start."""

from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from adapters.hospital import ADAPTER
from adapters.hospital.settings import Settings
from contracts import ReportsCapacity, TakesReferrals
from tests.trust import TRUST

from .sample import MORE_SETTINGS, SETTINGS

PLATFORM = MORE_SETTINGS[-1]


def without(settings: dict[str, Any], name: str) -> dict[str, Any]:
    """Leave one setting out."""
    return {key: value for key, value in settings.items() if key != name}


@pytest.mark.parametrize("settings", [SETTINGS, *MORE_SETTINGS])
def test_a_full_configuration_is_taken(settings: dict[str, Any]) -> None:
    """Both dialects, and counts."""
    assert Settings.model_validate(settings).page_size == 200


@pytest.mark.parametrize(
    "settings",
    [
        without(PLATFORM, "oauth_url"),
        without(PLATFORM, "client_id"),
        without(PLATFORM, "client_secret"),
        without(PLATFORM, "organization_id"),
        PLATFORM | {"token": "t"},
        PLATFORM | {"organization": "1"},
        PLATFORM | {"counts": "measure-report"},
        SETTINGS | {"client_id": "c"},
        SETTINGS | {"organization_id": "1"},
        SETTINGS | {"organization": "a,b"},
        SETTINGS | {"token": "with blank"},
        SETTINGS | {"token": ""},
        SETTINGS | {"dialect": "r5"},
        SETTINGS | {"page_size": 0},
        SETTINGS | {"base_url": "https://user:pass@rs.example/fhir"},
        SETTINGS | {"base_url": "https://rs.example/fhir?x=1"},
        SETTINGS | {"base_url": "ftp://rs.example/fhir"},
        SETTINGS | {"unknown": 1},
        SETTINGS | {"sender_organization_id": "1"},
        SETTINGS | {"sender_name": ""},
        SETTINGS | {"sender_name": " 112"},
        SETTINGS | {"sender_name": "112\nX"},
        PLATFORM | {"conditional_create": False},
        PLATFORM | {"sender_organization_id": "a/b"},
    ],
)
def test_a_wrong_configuration_is_refused_at_start(settings: dict[str, Any]) -> None:
    """Nothing is silently ignored, and nothing missing is found out in an emergency."""
    with pytest.raises(ValidationError):
        Settings.model_validate(settings)


@pytest.mark.parametrize("settings", [SETTINGS, *MORE_SETTINGS])
@pytest.mark.parametrize("referrals", [True, False])
async def test_a_hospital_takes_referrals_unless_told_otherwise(
    settings: dict[str, Any], referrals: bool
) -> None:
    """Beds in any case."""
    async with httpx.AsyncClient(verify=TRUST) as client:
        configured = Settings.model_validate(settings | {"referrals": referrals})
        hospital = ADAPTER.connect(configured, client)
    assert isinstance(hospital, ReportsCapacity)
    assert isinstance(hospital, TakesReferrals) == referrals
