"""Anyone with a web address: Damkar, Dinsos, a hospital's pre-alert, the dispatch system."""

from contracts import Adapter

from .client import Webhook
from .settings import Settings

ADAPTER = Adapter(title="Standard Webhooks", settings=Settings, connect=Webhook, answer_cap=100_000)

__all__ = ["ADAPTER"]
