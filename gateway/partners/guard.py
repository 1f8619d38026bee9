"""
Which addresses may be spoken to: the public internet, and private networks an operator has named.

The judgement falls when the socket is made, on the very address it will connect to. So it does not matter
how the address was spelled, which name led there, or whether that name changes between two look-ups.
"""

import errno
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]

# Python's `is_global` is by far not all of it and differs from release to release. Of IPv6 only 2000::/3 has
# been given out (IANA, read 2026-11-24): site-local fec0::/10, local NAT64 64:ff9b:1::/48 and the translated
# ::ffff:0:0:0/96, which all lead back inside, lie elsewhere.
_GIVEN_OUT = IPv6Network("2000::/3")
_NOT_PUBLIC = (
    IPv6Network("3fff::/20"),  # RFC 9637: for documentation
    IPv4Network("192.88.99.0/24"),  # RFC 7526: once the way to the nearest 6to4 relay
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_COMPATIBLE = IPv6Network("::/96")  # RFC 4291 2.5.5.1: deprecated, still parsed everywhere
_LOW_32_BITS = 0xFFFFFFFF


class AddressForbidden(OSError):
    """The partner's name or address leads to where nothing of ours may go."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "address_forbidden")


class OutboundGuard:
    """Judges addresses; *allow* are the private networks partners may live in."""

    def __init__(self, allow: Sequence[Network] = ()) -> None:
        self._allow = tuple(allow)

    def permits(self, text: str) -> bool:
        """Say whether the address in *text* may be spoken to; one with a zone (%eth0) never is."""
        try:
            address = carried(ip_address(text))
        except ValueError:
            return False
        if "%" in text or address.is_multicast:
            return False
        return is_public(address) or any(address in network for network in self._allow)

    def open_socket(self, info: AddressInfo) -> socket.socket:
        """Make the socket of one connection to come. Raises AddressForbidden."""
        family, kind, protocol, _, address = info
        if not self.permits(address[0]):
            raise AddressForbidden
        return socket.socket(family, kind, protocol)


def is_public(address: Address) -> bool:
    """Say whether *address* is one of the public internet's, to be spoken to without leave."""
    if isinstance(address, IPv6Address) and address not in _GIVEN_OUT:
        return False
    return address.is_global and not any(address in network for network in _NOT_PUBLIC)


def carried(address: Address) -> Address:
    """Return the IPv4 address an IPv6 one carries (mapped, compatible, 6to4, Teredo, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & _LOW_32_BITS)
    return address
