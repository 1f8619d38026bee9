"""httpx over aiohttp: the same exceptions as httpx's own pool, and none of aiohttp's habits."""

import asyncio
import gzip
import socket
import traceback
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest

from adapters.wire import attempt
from contracts import Garbled
from tests.gateway.partners.servers import (
    Behave,
    Line,
    answer,
    drips,
    never_answers,
    ours,
    pours,
    resets,
    sends,
    serving,
    then_closes,
)
from tests.trust import TRUST

NIK = "1571015203909901"
PATIENCE = httpx.Timeout(0.3)

MISBEHAVING: dict[str, Behave] = {
    "closes before answering": then_closes(b""),
    "closes in mid-head": then_closes(b"HTTP/1.1 200 OK\r\nContent-"),
    "closes in mid-body": then_closes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
    "closes in mid-chunk": then_closes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf"),
    "garbage": sends(b"\x00\xff this is no HTTP at all\r\n\r\n"),
    "another protocol": sends(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "a chunk of no length": sends(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n0\r\n\r\n"
    ),
    "an endless head": sends(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"),
    "resets": resets,
    "never answers": never_answers,
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("behave", MISBEHAVING.values(), ids=MISBEHAVING.keys())
async def test_trouble_has_the_class_that_httpx_gives_it(behave: Behave, method: str) -> None:
    """Adapters name faults by httpx's classes; the transport must not change their meaning."""
    async with serving(behave) as server:
        assert type(await fault(_httpx(), method, server.url)) is type(
            await fault(ours(), method, server.url)
        )


async def test_a_closed_port_is_a_connect_error() -> None:
    """Nothing was sent."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert type(await fault(ours(), "GET", url)) is type(await fault(_httpx(), "GET", url))
    assert isinstance(await fault(ours(), "GET", url), httpx.ConnectError)


async def test_an_unknown_name_is_a_connect_error() -> None:
    """The same as with httpx."""
    url = "http://rs.invalid/"
    assert type(await fault(ours(), "GET", url)) is httpx.ConnectError


async def test_a_port_that_takes_no_connection_is_a_connect_timeout() -> None:
    """Its backlog is full: SYNs go unanswered, as they do behind a firewall that drops."""
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(deaf.getsockname())
        await asyncio.sleep(0.05)
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        assert type(await fault(_httpx(), "GET", url)) is httpx.ConnectTimeout
        assert type(await fault(ours(), "GET", url)) is httpx.ConnectTimeout


async def test_a_plain_server_behind_https_is_a_connect_error() -> None:
    """The handshake fails before anything was sent."""
    async with await asyncio.start_server(speaks_first, "127.0.0.1", 0) as listening:
        url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        assert type(await fault(_httpx(), "GET", url)) is httpx.ConnectError
        assert type(await fault(ours(), "GET", url)) is httpx.ConnectError


async def speaks_first(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send what is no TLS."""
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


async def test_a_pool_without_room_is_a_pool_timeout() -> None:
    """It must not look like a partner that takes no connection."""
    async with serving(never_answers) as server, ours(connections=1) as client:
        busy = asyncio.create_task(client.get(server.url, timeout=None))
        await asyncio.sleep(0.05)
        with pytest.raises(httpx.PoolTimeout):
            await client.get(server.url, timeout=httpx.Timeout(5, pool=0.05))
        busy.cancel()


async def test_a_drip_is_ended_by_the_exchanges_deadline() -> None:
    """Each byte comes in time: phases alone would wait for ever, with httpx as with us."""
    for client in (_httpx(), ours()):
        async with serving(drips) as server, client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await client.get(server.url, timeout=PATIENCE)


async def test_no_fault_tells_the_address() -> None:
    """VClaim's path holds a NIK; a traceback may be written down."""
    for behave in MISBEHAVING.values():
        async with serving(behave) as server:
            told = await fault(ours(), "GET", f"{server.url}/Peserta/nik/{NIK}")
            assert NIK not in "".join(traceback.format_exception(told))
            assert str(told)


async def test_a_get_is_sent_once_though_a_kept_connection_broke() -> None:
    """By itself aiohttp would send it again; that is the exchange's to decide."""
    async with serving(answers_once_per_connection) as server, ours() as client:
        assert (await client.get(f"{server.url}/1")).status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"{server.url}/2")
        assert [line.path for line in server.lines] == ["/1", "/2"]


async def answers_once_per_connection(line: Line, writer: asyncio.StreamWriter) -> None:
    """Answer the first question, take the second and close."""
    if line.path == "/1":
        await answer(b"{}")(line, writer)
    else:
        writer.close()


async def test_connections_are_kept_and_bounded() -> None:
    """Twenty questions, four connections."""
    async with serving(slowly) as server, ours(connections=4) as client:
        for _ in range(2):
            await asyncio.gather(*(client.get(server.url) for _ in range(10)))
        assert (server.most_open, len(server.lines)) == (4, 20)


async def slowly(line: Line, writer: asyncio.StreamWriter) -> None:
    """Answer after a moment."""
    await asyncio.sleep(0.01)
    await answer(b"{}")(line, writer)


async def test_an_asker_who_goes_away_leaves_no_half_read_connection() -> None:
    """The next question is not given the answer to the last."""
    async with serving(late_for_the_first) as server, ours(connections=1) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get(f"{server.url}/first")
        assert (await client.get(f"{server.url}/second")).text == "/second"


async def late_for_the_first(line: Line, writer: asyncio.StreamWriter) -> None:
    """Repeat the path, for /first after 0.3 s."""
    if line.path == "/first":
        await asyncio.sleep(0.3)
    await answer(line.path.encode())(line, writer)


class TestSaid:
    """What goes out is what the adapter said, and nothing of the transport's own."""

    async def test_the_bytes_of_the_address_stay(self) -> None:
        """FHIR has bars and commas in its searches; BPJS signs what it sees."""
        target = "/fhir/Location?identifier=http%3A%2F%2Fsys%7C1|2&_include=a:b&x=1,2&y=%2520"
        async with serving(answer(b"{}")) as server, ours() as client:
            request = client.build_request("GET", httpx.URL(server.url).copy_with(raw_path=target.encode()))
            await client.send(request)
            assert server.lines[0].path == target

    async def test_the_headers_are_ours_alone(self) -> None:
        """No library names itself; compression is asked for as we can bound it."""
        async with serving(answer(b"{}")) as server, ours() as client:
            await client.get(server.url, headers={"X-Signature": "abc=="})
            names = [line.split(b":")[0].lower() for line in server.lines[0].head.split(b"\r\n")[1:]]
            assert sorted(names) == [
                b"accept",
                b"accept-encoding",
                b"connection",
                b"host",
                b"user-agent",
                b"x-signature",
            ]
            assert server.lines[0].header("user-agent") == "Gerbang"
            assert server.lines[0].header("accept-encoding") == "gzip"
            assert server.lines[0].header("host") == httpx.URL(server.url).netloc.decode()

    async def test_a_body_arrives_whole(self) -> None:
        """Whether given as bytes, JSON or in pieces."""

        async def pieces() -> AsyncIterator[bytes]:
            yield b"one, "
            yield b"two"

        async with serving(answer(b"{}")) as server, ours() as client:
            await client.post(server.url, json={"a": 1})
            await client.put(server.url, content=pieces(), headers={"Content-Length": "8"})
            await client.post(server.url)
            assert [line.body for line in server.lines] == [b'{"a":1}', b"one, two", b""]

    async def test_an_answer_comes_as_it_was_sent(self) -> None:
        """Status, repeated headers, body; also none."""
        async with ours() as client:
            async with serving(
                answer(b"no such", "Via: 1.1 a", "Via: 1.1 b", status="404 Not Here")
            ) as server:
                got = await client.get(server.url)
                assert (got.status_code, got.headers.get_list("via")) == (404, ["1.1 a", "1.1 b"])
                assert (got.text, got.request.url) == ("no such", httpx.URL(server.url))
            async with serving(answer(b"", status="204 No Content")) as server:
                assert (await client.get(server.url)).content == b""

    async def test_a_cookie_is_not_brought_back(self) -> None:
        """Neither by aiohttp's jar nor by httpx's."""
        async with serving(answer(b"{}", "Set-Cookie: BIGipServer=1; Path=/")) as server, ours() as client:
            for _ in range(3):
                await client.get(server.url)
            assert [line.header("cookie") for line in server.lines] == [None] * 3
            assert not client.cookies

    async def test_a_redirect_is_not_followed(self) -> None:
        """It could lead our credentials elsewhere."""
        async with (
            serving(answer(b"", "Location: /elsewhere", status="302 Found")) as server,
            ours() as client,
        ):
            assert (await client.get(server.url)).status_code == 302
            assert len(server.lines) == 1

    async def test_the_environments_proxy_is_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who may be spoken to is the guard's to say."""
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
        async with serving(answer(b"{}")) as server, ours() as client:
            assert (await client.get(server.url)).status_code == 200


def _gzipped(body: bytes) -> Behave:
    return answer(gzip.compress(body), "Content-Encoding: gzip")


TOO_LONG = {
    "by its own account": answer(b"x" * 1001),
    "in the end": then_closes(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001),
    "chunk by chunk": sends(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"64\r\n%s\r\n" % (b"x" * 100) * 11
    ),
    "once unpacked": _gzipped(b"\0" * 1001),
    "as a bomb": _gzipped(b"\0" * 900_000),  # less than 1,000 bytes on the wire
    "without an end": pours,
}


class TestCap:
    """An answer never fills our memory: 1,000 bytes in these tests, before and after unpacking."""

    @pytest.mark.parametrize("behave", TOO_LONG.values(), ids=TOO_LONG.keys())
    async def test_what_is_longer_is_cut_off_as_garbled(self, behave: Behave) -> None:
        """By the words adapters/wire.py knows."""
        async with serving(behave) as server, ours() as client:
            with pytest.raises(Garbled) as told:
                await attempt(client, client.build_request("GET", server.url))
            assert told.value.detail == "too_long"

    async def test_a_bomb_does_not_go_off(self) -> None:
        """30 MB of nothing come as 30 kB; no more of it is unpacked than the cap allows."""
        async with serving(_gzipped(b"\0" * 30_000_000)) as server, ours(answer_cap=50_000) as client:
            tracemalloc.start()
            with pytest.raises(httpx.DecodingError):
                await client.get(server.url)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < 5_000_000

    @pytest.mark.parametrize("behave", [answer(b"x" * 1000), _gzipped(b"x" * 1000)])
    async def test_what_just_fits_is_handed_on(self, behave: Behave) -> None:
        """The cap is the last length allowed."""
        async with serving(behave) as server, ours() as client:
            assert (await client.get(server.url)).content == b"x" * 1000

    async def test_the_connection_of_a_cut_answer_is_not_used_again(self) -> None:
        """Its rest would be taken for the next answer."""
        async with serving(only_the_first_too_long) as server, ours(connections=1) as client:
            with pytest.raises(httpx.DecodingError):
                await client.get(f"{server.url}/long")
            assert (await client.get(f"{server.url}/short")).text == "/short"


async def only_the_first_too_long(line: Line, writer: asyncio.StreamWriter) -> None:
    """Answer /long with too much, anything else with its path."""
    await answer(b"x" * 50_000 if line.path == "/long" else line.path.encode())(line, writer)


BROKEN = {
    "deflate": answer(zlib.compress(b"x"), "Content-Encoding: deflate"),
    "twice": answer(gzip.compress(gzip.compress(b"x")), "Content-Encoding: gzip, gzip"),
    "not gzip at all": answer(b"plain", "Content-Encoding: gzip"),
    "cut": answer(gzip.compress(b"x" * 500)[:-9], "Content-Encoding: gzip"),
}


class TestPacking:
    """gzip is asked for, since a hospital's beds are 4 MB without; nothing else is taken."""

    async def test_gzip_is_unpacked(self) -> None:
        """And the headers no longer speak of it."""
        async with serving(_gzipped(b'{"a":1}')) as server, ours() as client:
            got = await client.get(server.url)
            assert (got.json(), got.headers.get("content-encoding")) == ({"a": 1}, None)

    @pytest.mark.parametrize("behave", BROKEN.values(), ids=BROKEN.keys())
    async def test_what_cannot_be_unpacked_is_garbled(self, behave: Behave) -> None:
        """Not an empty answer, and not a defect."""
        async with serving(behave) as server, ours() as client:
            with pytest.raises(Garbled):
                await attempt(client, client.build_request("GET", server.url))


SAMPLE = answer(b"{}", "X-Data-Contoh: 1")


class TestSampleData:
    """DATA CONTOH never reaches a live screen."""

    async def test_a_live_process_refuses_a_sandbox_that_answers(self) -> None:
        """Whatever address it stands at."""
        async with serving(SAMPLE) as server, ours(refuse_sandbox=True) as client:
            with pytest.raises(Garbled):
                await attempt(client, client.build_request("GET", server.url))

    async def test_a_demo_takes_it(self) -> None:
        """It is what it lives on."""
        async with serving(SAMPLE) as server, ours(refuse_sandbox=False) as client:
            assert (await client.get(server.url)).status_code == 200


def _httpx() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, verify=TRUST)


async def fault(client: httpx.AsyncClient, method: str, url: str) -> Exception:
    """Return what one request ends in."""
    async with client:
        with pytest.raises(httpx.HTTPError) as told:
            await client.request(method, url, timeout=PATIENCE)
    return told.value
