"""E-mail by SMTP, or SMS and WhatsApp by a gateway over HTTP: a link and a number to somebody's pocket."""

from contracts import Adapter

from .connect import connect
from .settings import Settings

ADAPTER = Adapter(
    title="E-mail, SMS and WhatsApp gateways", settings=Settings, connect=connect, answer_cap=100_000
)

__all__ = ["ADAPTER"]
