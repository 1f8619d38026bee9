"""From validated settings to the object that speaks to the hospital."""

import httpx

from contracts import ReportsCapacity, TakesReferrals

from .ability import Ability
from .client import CountingHospital, R4Hospital
from .referral_build import Letterhead
from .referral_parts import warm
from .referral_r4 import R4Desk
from .referring import ReferringHospital
from .rujukan import RujukanDesk
from .rujukan_build import Parties
from .satusehat import SatusehatHospital
from .server import FixedToken, Server
from .settings import Platform, Settings
from .token import Tokens


def connect(settings: Settings, client: httpx.AsyncClient) -> ReportsCapacity:
    """Return the hospital of the configured dialect; it takes referrals unless told otherwise."""
    if settings.dialect == "satusehat":
        platform = settings.platform()
        server = _platform(platform, client, str(settings.base_url))
        desk: TakesReferrals = RujukanDesk(server, Parties(platform.sender, platform.organization_id))
        return _referring(_departments(settings, server, platform), desk, settings)
    token = settings.token.get_secret_value() if settings.token else None
    server = Server(client, str(settings.base_url), FixedToken(token))
    ability = Ability(server, creates_once=settings.conditional_create)
    desk = R4Desk(server, ability, Letterhead(settings.sender_name, settings.organization))
    return _referring(_beds(settings, server, ability), desk, settings)


def _referring(beds: ReportsCapacity, desk: TakesReferrals, settings: Settings) -> ReportsCapacity:
    if not settings.referrals:
        return beds
    warm()
    return ReferringHospital(beds, desk)


def _beds(settings: Settings, server: Server, ability: Ability) -> ReportsCapacity:
    kind = CountingHospital if settings.counts == "measure-report" else R4Hospital
    return kind(server, organization=settings.organization, page_size=settings.page_size, ability=ability)


def _departments(settings: Settings, server: Server, platform: Platform) -> ReportsCapacity:
    return SatusehatHospital(server, organization=platform.organization_id, page_size=settings.page_size)


def _platform(platform: Platform, client: httpx.AsyncClient, base: str) -> Server:
    tokens = Tokens(
        client,
        oauth_url=platform.oauth_url,
        client_id=platform.client_id,
        client_secret=platform.client_secret,
    )
    return Server(client, base, tokens)
