"""Who walks the tour: one client per role, the sandbox's door, and the promises that are checked."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from .gatewaylink import ask, link
from .wrong import Wrong

HERE = {"lat": "-1.6101", "lon": "103.6131"}  # Pasar Jambi, the middle of town


class Disappointed(Exception):
    """A step did not show what it promises."""


class Guide:
    """The tour's connections: one client per role, and the sandbox's door for trouble."""

    def __init__(self) -> None:
        self.dispatcher = link(role="DISPATCHER")
        self.operator = link(role="OPERATOR")
        self.approver = link(role="APPROVER")
        self.admin = link(role="ADMIN")
        self.auditor = link(role="AUDITOR")
        sandbox = os.environ.get("GERBANG_SANDBOX_URL")
        if not sandbox:
            raise Wrong("GERBANG_SANDBOX_URL is not set: the tour needs the demo's simulated partners")
        self.door = httpx.Client(base_url=f"{sandbox}/door", timeout=10, trust_env=False)

    def mend(self) -> None:
        """Leave the sandbox without trouble, if it is there at all."""
        with suppress(httpx.HTTPError):
            self.door.delete("")

    def decides(self, hospital: str, decision: str) -> None:
        """Have a hospital answer every referral from now on, half a second after it is asked."""
        wish = {"decision": decision, "after_s": 0.5}
        self.door.put(f"/referrals/{hospital}", json=wish).raise_for_status()

    @contextmanager
    def trouble(self, target: str, mode: str) -> Iterator[None]:
        """Make a partner misbehave for a while."""
        self.door.put(f"/{target}", json={"mode": mode}).raise_for_status()
        try:
            yield
        finally:
            self.door.delete(f"/{target}").raise_for_status()

    def capacity(self, **question: str) -> Any:
        """Ask for beds as a dispatcher."""
        return ask(self.dispatcher, "GET", "/v1/capacity", params={**HERE, **question})


def expect(truth: bool, promise: str) -> None:
    """Say that *promise* holds, or end the tour."""
    if not truth:
        raise Disappointed(f"not so: {promise}")
    print(f"   ok: {promise}")
