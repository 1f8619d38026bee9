"""By what addresses people are woken: an admin adds, lists and removes them."""

import httpx

from tests.running import House, Sandbox

from .account_holders import AccountHolders
from .asking import Ask, Asking

TELEPHONE = "tel:+6281200000001"


class Waking(Asking):
    """The contacts of one account of *holders*."""

    def __init__(
        self, house: House, sandbox: Sandbox, holders: AccountHolders, *, whose: str = "kepala"
    ) -> None:
        super().__init__(house, sandbox)
        self.holders = holders
        self.whose = whose
        self.contact = ""

    @property
    def contacts(self) -> str:
        """Where that account's are."""
        return f"/v1/accounts/{self.holders.id_of(self.whose)}/contacts"

    def add(self) -> httpx.Response:
        """Add a telephone."""
        answer = self.ask("admin", "POST", self.contacts, expect=201, json={"address": TELEPHONE})
        self.contact = answer.json()["contact"]["id"]
        return answer

    def remove(self) -> httpx.Response:
        """Remove it."""
        return self.ask("admin", "DELETE", f"{self.contacts}/{self.contact}", expect=204)

    def script(self) -> dict[str, Ask]:
        """Return what is done, in order; nobody can be woken after it."""
        return {
            "add a contact": self.add,
            "list contacts": lambda: self.ask("admin", "GET", self.contacts),
            "remove a contact": self.remove,
        }
