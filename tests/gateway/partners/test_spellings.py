"""
More than 500 spellings of addresses nobody may speak to, and names that change their mind: no connection.

Each goes the whole way, through settings, adapter, httpx and aiohttp, to where a socket would be connected;
what would be connected there is written down and goes no further.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_network
from itertools import count, product
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from adapters.webhook import ADAPTER
from contracts import PartnerError, Unreachable
from gateway.partners.guard import OutboundGuard
from gateway.partners.http import client
from gateway.partners.transport import Reach
from tests.adapters.webhook.sample import ALERT, SETTINGS

INSIDE = (
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "10.255.255.254"),  # noqa: S104  a target here
    *("172.16.0.1", "172.31.255.254", "192.168.0.1", "169.254.169.254", "100.64.0.1", "198.18.0.1"),
)
OUTSIDE = "36.95.1.1"
FULLWIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
IDEOGRAPHIC = str.maketrans(".", "。")
OTHERWISE = "http://{0}@{1}/ http://{0}:80@{1}/ http://{0}%40@{1}/ http://{0}#@{1}/ http://{0}?@{1}/ http://{0}\\@{1}/"


def written(number: int, base: str) -> str:
    """Return one part as inet_aton reads it: decimal, octal or hexadecimal."""
    return {"d": str(number), "o": f"0{number:o}", "h": f"0x{number:x}", "H": f"0X{number:X}"}[base]


def parts_of(address: str) -> Iterator[tuple[int, ...]]:
    """Yield the address in four, three, two parts and in one."""
    number = int(IPv4Address(address))
    a, b, c, d = number >> 24, (number >> 16) & 255, (number >> 8) & 255, number & 255
    yield from ((a, b, c, d), (a, b, (c << 8) | d), (a, number & 0xFFFFFF), (number,))


def numbers(address: str) -> Iterator[str]:
    """Yield the spellings of inet_aton, each part in each base."""
    for parts in parts_of(address):
        bases = (
            product("dohH", repeat=len(parts)) if len(parts) < 3 else ("dddd", "oooo", "hhhh", "HHHH", "dohH")
        )
        for base in bases:
            yield ".".join(written(part, each) for part, each in zip(parts, base, strict=False))


def carriers(address: str) -> Iterator[str]:
    """Yield the IPv6 addresses that carry it: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP."""
    low = int(IPv4Address(address))
    hexed = f"{low >> 16:x}:{low & 0xFFFF:x}"
    yield from (
        f"[::ffff:{address}]",
        f"[::ffff:{hexed}]",
        f"[0:0:0:0:0:FFFF:{hexed.upper()}]",
        f"[::{hexed}]",
    )
    yield from (f"[::ffff:0:{hexed}]", f"[64:ff9b::{hexed}]", f"[64:ff9b:1::{hexed}]", f"[2002:{hexed}::1]")
    yield f"[{IPv6Address((0x20010000 << 96) | (low ^ 0xFFFFFFFF))}]"
    yield from (f"[fe80::5efe:{hexed}]", f"[::ffff:{address}%25lo]")


def dressed(address: str) -> Iterator[str]:
    """Yield it in other signs, or with a dot behind."""
    yield from (address + ".", address.translate(FULLWIDTH), address.translate(IDEOGRAPHIC))
    yield "".join(f"%{ord(sign):02x}" for sign in address)
    yield address.replace(".", "%2e")
    yield f"[{address}]"


def names() -> Iterator[str]:
    """Yield names; the resolver of these tests leads all of them inside."""
    yield from "localhost LOCALHOST localhost. a.localhost ip6-localhost localhost.localdomain".split()
    for address in INSIDE:
        yield from (f"{address}.contoh.example", f"{address.replace('.', '-')}.contoh.example")
    yield from (
        "xn--bcher-kva.example",
        "rs.example",
        "RS.EXAMPLE",
        "ｒｓ.example",
        "metadata.contoh.internal",
    )


def spellings() -> list[str]:
    """Return every URL, each once."""
    hosts = [*names(), "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[fd00:ec2::254]", "[fe80::1%25lo]", "[ff02::1]"]
    for address in INSIDE:
        hosts += [*numbers(address), *carriers(address), *dressed(address)]
    urls = [f"http://{host}:8080/hook" for host in hosts]
    urls += [form.format(OUTSIDE, address) for form in OTHERWISE.split() for address in INSIDE[:4]]
    urls += [form.format(address, address) for form in OTHERWISE.split() for address in INSIDE[:4]]
    urls += [
        f"{scheme}://{INSIDE[0]}/" for scheme in ("HTTP", "https", "hTTps", "ws", "ftp", "file", "gopher")
    ]
    return list(dict.fromkeys(urls))


@dataclass
class Net:
    """Stands where sockets are connected: notes the address and lets nothing through."""

    connected: list[str] = field(default_factory=list)

    async def connect(self, _: object, sock: socket.socket, address: Any) -> None:
        """Note where it would have gone."""
        self.connected.append(address[0])
        raise ConnectionRefusedError


@pytest.fixture
async def net(monkeypatch: pytest.MonkeyPatch) -> Net:
    """Nothing leaves this machine while a test has it."""
    watched = Net()

    async def connect(loop: object, sock: socket.socket, address: Any) -> None:
        await watched.connect(loop, sock, address)

    monkeypatch.setattr(type(asyncio.get_running_loop()), "sock_connect", connect)
    return watched


def resolving(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], list[str]]) -> None:
    """Have every name resolved by *answer*; addresses stay what the system takes them for."""
    system = socket.getaddrinfo

    def resolve(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        try:
            return system(name, port, *rest, **{**more, "flags": socket.AI_NUMERICHOST})
        except (socket.gaierror, UnicodeError, TypeError):
            found = answer(name)
        families = [socket.AF_INET6 if ":" in each else socket.AF_INET for each in found]
        return [
            (family, socket.SOCK_STREAM, 6, "", (each, port))
            for family, each in zip(families, found, strict=True)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def guarded(*allow: str) -> httpx.AsyncClient:
    """Return a partner's client as the gateway makes it."""
    reach = Reach(connections=4, answer_cap=1000, refuse_sandbox=False)
    return client(OutboundGuard([ip_network(each) for each in allow]), reach)


async def told(http: httpx.AsyncClient, url: str) -> PartnerError | None:
    """Tell a partner at *url* of an incident; return what went wrong, None where it cannot be configured."""
    try:
        settings = ADAPTER.settings.model_validate(SETTINGS | {"hook_url": url})
    except ValidationError:
        return None
    port: Any = ADAPTER.connect(settings, http)
    with pytest.raises(PartnerError) as fault:
        await port.convey_alert(ALERT, key=ALERT.id)
    return fault.value


def inward(_: str) -> list[str]:
    """Lead every name to this machine, its neighbours and the cloud's metadata."""
    return ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:192.168.0.1"]


def test_there_are_five_hundred() -> None:
    """Each once."""
    assert len(spellings()) >= 500


async def test_no_spelling_leads_inside(monkeypatch: pytest.MonkeyPatch, net: Net) -> None:
    """By the client alone, and the whole way from settings through the adapter: nothing is ever sent."""
    resolving(monkeypatch, inward)
    async with guarded() as http:
        for url in spellings():
            # ValueError: aiohttp's, for a name before an @; settings let none through.
            with pytest.raises((httpx.HTTPError, httpx.InvalidURL, ValueError)):
                await http.post(url, content=b"{}", timeout=5)
            fault = await told(http, url)
            assert fault is None or isinstance(fault, Unreachable), url
            assert set(net.connected) <= ({OUTSIDE} if OUTSIDE in url else set()), url
            net.connected.clear()


async def test_without_the_guard_most_of_them_would(monkeypatch: pytest.MonkeyPatch, net: Net) -> None:
    """Otherwise the test above proves nothing."""
    resolving(monkeypatch, inward)
    reached = 0
    async with guarded("0.0.0.0/0", "::/0") as http:
        for url in spellings():
            net.connected.clear()
            await told(http, url)
            reached += bool(net.connected and OUTSIDE not in net.connected)
    assert reached > 300


@pytest.mark.parametrize("first", [0, 1])
async def test_a_name_that_changes_its_mind_is_judged_each_time(
    monkeypatch: pytest.MonkeyPatch, net: Net, first: int
) -> None:
    """Outside when it is looked at, inside when it is used, and the other way: only outside is tried."""
    turns = count(first)

    def changing(_: str) -> list[str]:
        return ["127.0.0.1", "169.254.169.254", "::1"] if next(turns) % 2 else [OUTSIDE]

    resolving(monkeypatch, changing)
    for number in range(20):
        async with guarded() as http:
            assert isinstance(await told(http, f"http://rs{number}.example:8080/hook"), Unreachable)
    assert set(net.connected) == {OUTSIDE}


async def test_of_mixed_answers_only_the_outer_is_used(monkeypatch: pytest.MonkeyPatch, net: Net) -> None:
    """A name with an inner and an outer address."""
    resolving(monkeypatch, lambda _: ["127.0.0.1", OUTSIDE, "::1", "fd00:ec2::254"])
    async with guarded() as http:
        assert isinstance(await told(http, "http://rs.example:8080/hook"), Unreachable)
    assert set(net.connected) == {OUTSIDE}
