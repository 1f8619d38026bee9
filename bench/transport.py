"""The same question sent three ways: by httpx's own pool, by the gateway's transport, by aiohttp alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from ipaddress import ip_network
from pathlib import Path
from statistics import median

import aiohttp
import httpx
import uvloop

from gateway.partners.guard import OutboundGuard
from gateway.partners.http import Reach, client

from .bars import Bar
from .houses import Program

IN_FLIGHT = 20
QUESTIONS = 2000
ROUNDS = 5
MOST = 0.5  # of httpx's own
BODY = b"{" + b"." * 398 + b"}"

Ask = Callable[[], Awaitable[int]]


def measure(folder: Path) -> list[Bar]:
    """Measure the three in turn against a stub in another process."""
    with Program(folder, "echo_stub") as stub:
        url = f"http://127.0.0.1:{stub.port}/question"
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            cpu_us = runner.run(_all_ways(url))
    return [
        Bar(
            "transport.ratio",
            "CPU of our transport / of httpx's own",
            cpu_us["ours"] / cpu_us["httpx"],
            "x",
            at_most=MOST,
        ),
        Bar("transport.cpu", f"ours, {IN_FLIGHT} in flight", cpu_us["ours"], "us"),
        Bar("transport.cpu.httpx", "httpx with its own pool", cpu_us["httpx"], "us"),
        Bar("transport.cpu.aiohttp", "aiohttp without httpx", cpu_us["aiohttp"], "us"),
    ]


async def _all_ways(url: str) -> dict[str, float]:
    async with AsyncExitStack() as stack:
        ways = {
            "httpx": _by_httpx(await stack.enter_async_context(_plain_httpx()), url),
            "ours": _by_httpx(await stack.enter_async_context(_ours()), url),
            "aiohttp": _by_aiohttp(await stack.enter_async_context(aiohttp.ClientSession()), url),
        }
        seen: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, ask in ways.items():
                seen[name].append(await _cpu_us(ask))
    return {name: median(taken) for name, taken in seen.items()}


def _plain_httpx() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    return httpx.AsyncClient(limits=limits, timeout=30, trust_env=False)


def _ours() -> httpx.AsyncClient:
    guard = OutboundGuard([ip_network("127.0.0.0/8")])
    return client(guard, Reach(connections=IN_FLIGHT, answer_cap=1_000_000, refuse_sandbox=True))


def _by_httpx(session: httpx.AsyncClient, url: str) -> Ask:
    async def ask() -> int:
        return (await session.post(url, content=BODY)).status_code

    return ask


def _by_aiohttp(session: aiohttp.ClientSession, url: str) -> Ask:
    async def ask() -> int:
        async with session.post(url, data=BODY) as answer:
            await answer.read()
            return answer.status

    return ask


async def _cpu_us(ask: Ask) -> float:
    """Return the processor time per question of this very process, microseconds."""
    left = QUESTIONS
    started = time.process_time()

    async def asker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            assert await ask() == 200

    await asyncio.gather(*(asker() for _ in range(IN_FLIGHT)))
    return (time.process_time() - started) / QUESTIONS * 1e6
