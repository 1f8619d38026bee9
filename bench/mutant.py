"""
`python -m bench.mutant`: the gateway as it must not be, for the fan-out's check to fail on.

One pool of 40 connections for all partners, no breaker, and every asker asks every hospital himself.
"""

import asyncio
import sys
from functools import cache

import httpx

from gateway import __main__ as gerbang
from gateway.capacity.asking import Asking
from gateway.capacity.picture import AskOutcome
from gateway.exchange.deadline import Deadline
from gateway.partners import http, registry
from gateway.partners.breaker import Breaker
from gateway.partners.guard import OutboundGuard
from gateway.partners.http import Reach
from gateway.partners.registry import Partner

POOL = 40

_under_way: set[asyncio.Task[AskOutcome]] = set()


@cache
def _shared(guard: OutboundGuard) -> httpx.AsyncClient:
    return http.client(guard, Reach(POOL, answer_cap=8_000_000, refuse_sandbox=False))


def _shared_client(guard: OutboundGuard, _: Reach) -> httpx.AsyncClient:
    return _shared(guard)


def _never_counts(_: Breaker, __: int) -> None:
    """Forget the failure."""


def _always_anew(asking: Asking, partner: Partner, deadline: Deadline) -> asyncio.Task[AskOutcome]:
    task = asyncio.create_task(asking._ask(partner, deadline))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return task


def main() -> int:
    """Take the guards out, then serve."""
    vars(registry)["client"] = _shared_client
    type.__setattr__(Breaker, "failed", _never_counts)
    type.__setattr__(Asking, "_exchange", _always_anew)
    return gerbang.main(["serve"])


if __name__ == "__main__":
    sys.exit(main())
