"""From validated settings to the object that speaks to the hospital."""

import httpx

from contracts import ReportsCapacity

from .client import CountingHospital, R4Hospital
from .satusehat import SatusehatHospital
from .server import FixedToken, Server
from .settings import Settings
from .token import Tokens


def connect(settings: Settings, client: httpx.AsyncClient) -> ReportsCapacity:
    """Return the hospital of the configured dialect."""
    return _satusehat(settings, client) if settings.dialect == "satusehat" else _r4(settings, client)


def _r4(settings: Settings, client: httpx.AsyncClient) -> ReportsCapacity:
    token = settings.token.get_secret_value() if settings.token else None
    kind = CountingHospital if settings.counts == "measure-report" else R4Hospital
    return kind(
        Server(client, str(settings.base_url), FixedToken(token)),
        organization=settings.organization,
        page_size=settings.page_size,
    )


def _satusehat(settings: Settings, client: httpx.AsyncClient) -> ReportsCapacity:
    platform = settings.platform()
    tokens = Tokens(
        client,
        oauth_url=platform.oauth_url,
        client_id=platform.client_id,
        client_secret=platform.client_secret,
    )
    return SatusehatHospital(
        Server(client, str(settings.base_url), tokens),
        organization=platform.organization_id,
        page_size=settings.page_size,
    )
