"""Which of the two ways the settings are for."""

import httpx

from .mail import Mail
from .settings import Settings
from .texts import Texts


def connect(settings: Settings, http: httpx.AsyncClient) -> "Mail | Texts":
    """Return the way; nothing is sent."""
    return Mail(settings.mail_server()) if settings.dialect == "smtp" else Texts(settings.gateway(), http)
