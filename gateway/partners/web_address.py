"""Whether an address of a partner may be configured: https, no credentials, no sandbox in a live process."""

from collections.abc import Sequence
from ipaddress import ip_address

from pydantic import HttpUrl, TypeAdapter, ValidationError

from gateway.settings import Environment

from .guard import Network, OutboundGuard, carried

# One parser for all: it spells hosts out as a browser does, so 2130706433 and 127.1 are 127.0.0.1.
_PARSER = TypeAdapter(HttpUrl)
_OWN_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")


def address_mistake(text: str, *, environment: Environment, allow: Sequence[Network]) -> str | None:
    """Return what is wrong with the address *text*, None if nothing is; its text is not repeated."""
    try:
        url = _PARSER.validate_python(text)
    except ValidationError:
        return "no web address; wanted is https://..."
    host = (url.host or "").strip("[]").rstrip(".").lower()
    if url.username or url.password:
        return "no name and password in an address: the adapter has settings for them"
    if environment is Environment.LIVE and is_this_machine(host):
        return "a live process refuses sandbox addresses"
    if url.scheme != "https" and not is_this_machine(host):
        return "https wanted; plain http is for loopback only"
    if _is_literal(host) and not OutboundGuard(allow).permits(host):
        return "this network is not in GERBANG_OUTBOUND_ALLOW"
    return None


def is_this_machine(host: str) -> bool:
    """Say whether *host* is this machine, by name or address."""
    if host in _OWN_NAMES or host.endswith(".localhost"):
        return True
    if not _is_literal(host):
        return False
    address = carried(ip_address(host))
    return address.is_loopback or address.is_unspecified


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
