"""Which of the two feeds the settings are for."""

import httpx

from .nowcast import Nowcast
from .quakes import Quakes
from .settings import Settings


def connect(settings: Settings, http: httpx.AsyncClient) -> "Nowcast | Quakes":
    """Return the feed; nothing is asked."""
    return Nowcast(settings, http) if settings.feed == "nowcast" else Quakes(settings, http)
