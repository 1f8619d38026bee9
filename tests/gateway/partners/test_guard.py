"""Which addresses may be spoken to, however they are spelled and whatever name leads there."""

import asyncio
import socket
from ipaddress import ip_address, ip_network

import aiohttp
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.partners.guard import AddressForbidden, OutboundGuard, is_public
from gateway.partners.http import client
from gateway.partners.transport import Reach

# Each leads, on one system or another, to this machine, to its neighbours or to nobody's partner.
FORBIDDEN = """
127.0.0.1 127.0.0.2 127.255.255.254 127.1 127.0.1 2130706433 0x7f000001 0x7F.0.0.1 0177.0.0.1 017700000001
0x7f.1 127.0.0.1. 0 0.0.0.0 0x0 00000000 1 255.255.255.255 255.255.255.255. 4294967295
10.0.0.1 10.255.255.255 012.0.0.1 0xa.0.0.1 167772161 172.16.0.1 172.31.255.255 192.168.0.1 192.168.1
0xc0a80001 100.64.0.1 100.127.255.255 169.254.169.254
169.254.169.254. 2852039166 0xa9fea9fe 0251.0376.0251.0376
192.0.2.1 198.51.100.7 203.0.113.9 198.18.0.1 192.88.99.1 192.0.0.1 224.0.0.1 239.255.255.250 240.0.0.1
[::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::] [0::0] [::127.0.0.1] [::7f00:1]
[::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:127.0.0.1] [0:0:0:0:0:ffff:7f00:0001] [::ffff:10.0.0.1]
[::ffff:169.254.169.254] [::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::7f00:1]
[2002:7f00:1::] [2002:a00:1::1] [2002:c0a8:101::] [2001:0:4136:e378:8000:63bf:80ff:fffe]
[fe80::1] [fe80::1%25lo] [fe80::5efe:7f00:1] [febf::1] [fc00::1] [fd00:ec2::254] [fdff:ffff::1] [fec0::1]
[ff02::1] [ff0e::1] [100::1] [2001:db8::1] [2001:DB8::1] [3fff::1] [2001:10::1] [5f00::1] [4000::1] [8000::1]
[2606:4700::1111%25lo] localhost LOCALHOST localhost. LocalHost. a.localhost
""".split()
PUBLIC = """
1.1.1.1 8.8.8.8 36.95.1.1 103.10.61.20 172.15.255.255 172.32.0.1 192.167.255.255 100.63.255.255 100.128.0.0
2606:4700::1111 2400:cb00::1 2a00:1450:4001::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1
""".split()


class Listener:
    """A port on this machine that nobody may reach; it counts who did."""

    def __init__(self) -> None:
        self.reached = 0
        self.port = 0
        self._servers: list[asyncio.Server] = []

    async def __aenter__(self) -> "Listener":
        """Listen on every loopback and wildcard address there is, all on one port."""
        self._servers.append(await asyncio.start_server(self._count, "0.0.0.0", 0))  # noqa: S104  that is the point
        self.port = self._servers[0].sockets[0].getsockname()[1]
        if socket.has_dualstack_ipv6():
            own = socket.socket(socket.AF_INET6)
            own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            own.bind(("::", self.port))
            self._servers.append(await asyncio.start_server(self._count, sock=own))
        return self

    async def _count(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reached += 1
        writer.close()

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        for server in self._servers:
            server.close()


def guarded(*allow: str) -> httpx.AsyncClient:
    """Return a partner's client with these networks allowed."""
    reach = Reach(connections=4, answer_cap=1000, refuse_sandbox=False)
    return client(OutboundGuard([ip_network(each) for each in allow]), reach)


async def ask(http: httpx.AsyncClient, url: str) -> Exception | None:
    """Ask once; return what went wrong."""
    try:
        await http.get(url, timeout=2)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        return fault
    return None


def test_the_table_is_long_enough() -> None:
    """Sixty spellings and more, each once."""
    assert len(set(FORBIDDEN)) == len(FORBIDDEN) >= 60


async def test_no_spelling_of_a_forbidden_address_gets_a_connection() -> None:
    """Every one of them fails before anything is sent, and nobody on this machine is reached."""
    async with Listener() as listener, guarded() as http:
        for host in FORBIDDEN:
            fault = await ask(http, f"http://{host}:{listener.port}/")
            assert isinstance(fault, httpx.ConnectError | httpx.UnsupportedProtocol | httpx.InvalidURL), host
        assert listener.reached == 0


async def test_the_table_would_get_connections_without_the_guard() -> None:
    """Otherwise the test above proves nothing: with loopback allowed many of them do arrive."""
    async with Listener() as listener, guarded("127.0.0.0/8", "0.0.0.0/32", "::/127") as http:
        for host in FORBIDDEN:
            await ask(http, f"http://{host}:{listener.port}/")
        assert listener.reached >= 12


@pytest.mark.parametrize(
    "url", ["http://", "http:///", "http://[::1", "http://%00/", "http://./", "http://:80/"]
)
async def test_what_is_no_address_at_all_is_not_sent_anywhere(url: str) -> None:
    """Whatever the libraries between make of it."""
    async with guarded() as http:
        with pytest.raises((httpx.HTTPError, httpx.InvalidURL)):
            await http.get(url)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_permitted(address: str) -> None:
    """Neighbours of every private block, and IPv4 carried in IPv6."""
    assert OutboundGuard().permits(address)


def test_the_allow_list_opens_exactly_its_networks() -> None:
    """First and last address are in, their neighbours are not."""
    guard = OutboundGuard([ip_network("10.20.0.0/16"), ip_network("fd12:3456::/32")])
    inside = ["10.20.0.0", "10.20.255.255", "::ffff:10.20.0.1", "fd12:3456::", "fd12:3456:ffff::1"]
    outside = [
        "10.19.255.255",
        "10.21.0.0",
        "127.0.0.1",
        "fd12:3455:ffff::1",
        "fd12:3457::",
        "::ffff:10.21.0.1",
    ]
    assert [each for each in inside + outside if guard.permits(each)] == inside


def test_a_zone_is_never_permitted() -> None:
    """It names an interface of this machine, whatever the network."""
    guard = OutboundGuard([ip_network("fe80::/10"), ip_network("::/0")])
    assert guard.permits("fe80::1")
    assert not guard.permits("fe80::1%eth0")
    assert not guard.permits("2606:4700::1111%eth0")


def test_multicast_is_no_partner_even_when_allowed() -> None:
    """Nobody answers for a group."""
    guard = OutboundGuard([ip_network("0.0.0.0/0"), ip_network("::/0")])
    assert not guard.permits("224.0.0.1")
    assert not guard.permits("ff02::1")


@pytest.mark.parametrize(
    "text", ["", " ", "127.1", "0x7f.1", "1.1.1.1 ", " 1.1.1.1", "1.1.1.1/8", "rs.example", "[::1]"]
)
def test_what_is_not_plainly_an_address_is_forbidden(text: str) -> None:
    """A socket would look it up once more, and nobody would have judged what it found."""
    assert not OutboundGuard([ip_network("0.0.0.0/0"), ip_network("::/0")]).permits(text)


def test_the_socket_is_made_for_the_judged_address_only() -> None:
    """The last place where an address can be refused is where its socket is made."""
    stream = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
    with pytest.raises(AddressForbidden):
        OutboundGuard().open_socket((*stream, ("127.0.0.1", 80)))
    OutboundGuard().open_socket((*stream, ("1.1.1.1", 80))).close()


PRIVATE = [
    ip_network(each)
    for each in "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16"
    " 198.18.0.0/15 224.0.0.0/4 240.0.0.0/4".split()
]


@given(st.ip_addresses(v=4))
def test_no_private_ipv4_address_is_public_in_any_wrapping(address: object) -> None:
    """Mapped, compatible, NAT64, 6to4: the wrapping changes nothing."""
    plain = ip_address(str(address))
    low = int(plain)
    wrapped = [
        str(plain),
        f"::ffff:{plain}",
        f"64:ff9b::{plain}",
        str(ip_address((0x2002 << 112) | (low << 80) | 1)),
    ]
    permitted = {OutboundGuard().permits(each) for each in wrapped}
    assert len(permitted) == 1
    if any(plain in network for network in PRIVATE):
        assert permitted == {False}


@given(st.ip_addresses(v=6))
def test_of_ipv6_only_what_was_given_out_is_public(address: object) -> None:
    """Whatever the release of Python thinks of the rest."""
    plain = ip_address(str(address))
    assert not is_public(plain) or plain in ip_network("2000::/3")


class Rebinding:
    """A name service that changes its mind: the public address first, then this machine."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, *_: object) -> list[tuple[object, ...]]:
        """Answer as getaddrinfo does."""
        self.asked += 1
        address = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]


@pytest.mark.parametrize("second", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0"])  # noqa: S104  that is the point
async def test_a_name_that_changes_its_mind_reaches_nobody_here(
    monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """First it leads outside, where nobody answers, then to this machine: no connection either time."""
    service = Rebinding("192.0.2.1", second)
    monkeypatch.setattr(socket, "getaddrinfo", service)
    async with Listener() as listener:
        for _ in range(4):
            async with guarded("192.0.2.0/24") as http:
                fault = await ask(http, f"http://rs.example:{listener.port}/")
                assert isinstance(fault, httpx.ConnectError | httpx.ConnectTimeout)
        assert listener.reached == 0
    assert service.asked >= 4


async def test_a_name_with_one_forbidden_address_uses_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A partner that publishes an inner address beside its outer one is still served."""

    def both(host: str, port: int, *_: object) -> list[tuple[object, ...]]:
        stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*stream, ("10.0.0.1", port)), (*stream, ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    async with Listener() as listener, guarded("127.0.0.0/8") as http:
        await ask(http, f"http://rs.example:{listener.port}/")
        assert listener.reached == 1


async def test_a_name_service_that_hangs_holds_back_only_its_own_partner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each partner's names are looked up on threads of its own."""
    hanging = asyncio.Event()
    loop = asyncio.get_running_loop()
    real = socket.getaddrinfo

    def sometimes(host: str, *rest: object) -> object:
        if host == "hangs.example":
            asyncio.run_coroutine_threadsafe(hanging.wait(), loop).result(20)
            raise socket.gaierror("gone")
        return real("127.0.0.1", *rest)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(socket, "getaddrinfo", sometimes)
    async with Listener() as listener, guarded("127.0.0.0/8") as one, guarded("127.0.0.0/8") as other:
        stuck = [asyncio.create_task(ask(one, f"http://hangs.example:{listener.port}/")) for _ in range(50)]
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2):
            await ask(other, f"http://rs.example:{listener.port}/")
        assert listener.reached == 1
        hanging.set()
        await asyncio.gather(*stuck)


def test_aiohttp_lets_the_guard_make_the_sockets() -> None:
    """The one promise of the library that all of the above stands on."""
    assert "socket_factory" in aiohttp.TCPConnector.__init__.__annotations__
