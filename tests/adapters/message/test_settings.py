"""What an operator may set: one dialect, whole and without leftovers."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.message.settings import Settings

from .sample import SETTINGS

SMTP = {"dialect": "smtp", "server": "smtps://mail.example", "sender": "gerbang@112.example"}


@pytest.mark.parametrize(
    ("server", "port"),
    [
        ("smtps://mail.example", 465),
        ("smtp+starttls://mail.example", 587),
        ("smtps://mail.example:4650", 4650),
        ("smtp://127.0.0.1:2525", 2525),
    ],
)
def test_servers(server: str, port: int) -> None:
    """The scheme says how it is secured, and the usual port."""
    settings = Settings.model_validate(SMTP | {"server": server, "user": "gerbang", "password": "synthetic"})
    found = settings.mail_server()
    assert (found.security, found.port) == (server.partition(":")[0], port)
    assert "synthetic" not in repr(found)


@pytest.mark.parametrize(
    "wrong",
    [
        SMTP | {"server": "smtp://mail.example"},
        SMTP | {"server": "https://mail.example"},
        SMTP | {"server": "smtps://gerbang:synthetic@mail.example"},
        SMTP | {"server": "smtps://mail.example:port"},
        SMTP | {"sender": "nobody"},
        SMTP | {"sender": "a@b.example\nBcc: c@d.example"},
        SMTP | {"user": "gerbang"},
        SMTP | {"token": "synthetic"},
        {name: value for name, value in SMTP.items() if name != "sender"},
        SETTINGS | {"server": "smtps://mail.example"},
        SETTINGS | {"token": "with blank"},
        SETTINGS | {"send_url": "https://user:synthetic@sms.example/"},
        {name: value for name, value in SETTINGS.items() if name != "token"},
        SETTINGS | {"dialect": "pigeon"},
    ],
)
def test_halves_and_mixtures_are_refused(wrong: dict[str, Any]) -> None:
    """Without repeating what was typed."""
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate(wrong)
    assert "synthetic" not in str(refusal.value)
