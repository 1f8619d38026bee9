"""What an operator may set."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from adapters.webpush.settings import Settings
from adapters.webpush.vapid import read_key

from .sample import SETTINGS


def pem(curve: ec.EllipticCurve, form: PrivateFormat) -> str:
    """Return a new private key as openssl writes it."""
    return ec.generate_private_key(curve).private_bytes(Encoding.PEM, form, NoEncryption()).decode()


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_key_in_pem_is_read(form: PrivateFormat) -> None:
    """Both headers that openssl writes."""
    text = pem(ec.SECP256R1(), form)
    settings = Settings.model_validate(SETTINGS | {"vapid_key": text})
    assert read_key(settings.vapid_key.get_secret_value()).key_size == 256


@pytest.mark.parametrize(
    "wrong",
    [
        {"vapid_key": pem(ec.SECP384R1(), PrivateFormat.PKCS8)},
        {"vapid_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"},
        {"vapid_key": "c2hvcnQ"},
        {"vapid_key": "é"},
        {"vapid_key": "A" * 43},
        {"contact": "somebody"},
        {"contact": "mailto:a@localhost"},
        {"services": ["https://fcm.googleapis.com"]},
        {"services": ["*"]},
    ],
)
def test_wrong_ones_are_refused_without_being_repeated(wrong: dict[str, Any]) -> None:
    """At start, not at the first wake."""
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate(SETTINGS | wrong)
    assert not [value for value in wrong.values() if str(value) in str(refusal.value)]
