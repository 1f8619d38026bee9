"""Whoever asks with the key of a role."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.running import House, Sandbox
from tests.trust import TRUST

Ask = Callable[[], httpx.Response]


class Asking:
    """A house, the sandbox behind it, and questions with the key of a role."""

    def __init__(self, house: House, sandbox: Sandbox) -> None:
        self.house = house
        self.sandbox = sandbox

    def ask(self, role: str, method: str, path: str, *, expect: int = 200, **more: Any) -> httpx.Response:
        """Ask with the key of *role*; the status is as expected."""
        with self.house.client(role) as client:
            answer = client.request(method, path, **more)
        assert answer.status_code == expect, answer.text
        return answer

    def bare(self, path: str, key: str | None) -> httpx.Response:
        """Ask with this key, or none; that is refused."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        answer = httpx.get(self.house.url + path, headers=headers, trust_env=False, verify=TRUST)
        assert answer.status_code == 401
        return answer
