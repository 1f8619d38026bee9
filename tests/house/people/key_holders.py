"""The admin's access keys, and strangers at the door."""

from typing import Any

import httpx

from .asking import Ask, Asking
from .questions import BEDS


class KeyHolders(Asking):
    """Who orders, lists and revokes keys, or comes with a wrong one."""

    made: Any = None

    def order(self, *, expect: int) -> httpx.Response:
        """Order a key that ends soon."""
        order = {"role": "auditor", "holder": "Meja contoh", "days": 5}
        answer = self.ask(
            "admin", "POST", "/v1/keys", expect=expect, json=order, headers={"Idempotency-Key": "order-1"}
        )
        self.made = answer.json() if expect == 201 else self.made
        return answer

    def revoke(self) -> httpx.Response:
        """Revoke that key."""
        return self.ask("admin", "DELETE", f"/v1/keys/{self.made['access_key']['id']}")

    def script(self) -> dict[str, Ask]:
        """Return what is done, in order."""
        return {
            "create a key": lambda: self.order(expect=201),
            "repeat an order": lambda: self.order(expect=200),
            "list keys": lambda: self.ask("admin", "GET", "/v1/keys"),
            "revoke a key": self.revoke,
            "revoke it again": self.revoke,
            "revoked key": lambda: self.bare(BEDS, self.made["key"]),
            "no key": lambda: self.bare(BEDS, None),
            "unknown key": lambda: self.bare(BEDS, "grb_demo_abcdefghij_" + "A" * 43),
            "wrong role": lambda: self.ask("dispatcher", "GET", "/v1/keys", expect=403),
        }
