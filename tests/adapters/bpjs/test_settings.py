"""What an operator may write into the settings, and what a refusal of it shows."""

import httpx
import pytest
from pydantic import ValidationError

from adapters.bpjs import ADAPTER
from adapters.bpjs.settings import Settings
from contracts import ChecksEligibility
from tests.trust import TRUST

from .insurer import CONSID, ROOT, SECRET, SETTINGS, USER_KEY

RIGHT = {"base_url": ROOT, "consid": CONSID, "secret": SECRET, "user_key": USER_KEY}


async def test_the_adapter_checks_eligibility_and_nothing_else() -> None:
    """The folder exports what the gateway looks for, and its object satisfies the port."""
    assert ADAPTER.settings is Settings
    async with httpx.AsyncClient(verify=TRUST) as http:
        assert isinstance(ADAPTER.connect(SETTINGS, http), ChecksEligibility)


@pytest.mark.parametrize("missing", RIGHT)
def test_nothing_has_a_default(missing: str) -> None:
    """Hosts and keys have moved repeatedly: a forgotten one is refused, not guessed."""
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({name: value for name, value in RIGHT.items() if name != missing})
    assert [error["loc"] for error in caught.value.errors()] == [(missing,)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base_url", "https://user:hunter2@vclaim.example/vclaim-rest"),
        ("base_url", "https://vclaim.example/vclaim-rest?key=hunter2"),
        ("base_url", "ftp://vclaim.example"),
        ("consid", "hunter2\r\nX-evil: 1"),
        ("consid", ""),
        ("secret", ""),
        ("user_key", "hunter2\n"),
        ("user_key", "hunter2 é"),
        ("user_key", ""),
        ("extra", "hunter2"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_not_repeated(name: str, value: str) -> None:
    """A mistyped secret does not stand in the message that refuses it."""
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(RIGHT | {name: value})
    assert [error["loc"] for error in caught.value.errors()] == [(name,)]
    assert "hunter2" not in str(caught.value)


def test_every_setting_says_what_it_is_and_secrets_are_masked() -> None:
    """The operator reads a sentence per setting and never a secret."""
    assert all(field.description for field in Settings.model_fields.values())
    assert SECRET not in repr(SETTINGS)
    assert USER_KEY not in repr(SETTINGS)
