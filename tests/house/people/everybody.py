"""Everybody, in an order in which each finds what the others have left."""

from tests.running import House, Sandbox

from .account_holders import AccountHolders
from .asking import Ask
from .auditors import Auditors
from .informing import Informing
from .key_holders import KeyHolders
from .questions import Questions
from .referring import Referring
from .visitors import Visitors
from .waking import Waking


class People:
    """Whoever asks something of *house*."""

    def __init__(self, house: House, sandbox: Sandbox) -> None:
        self.questions = Questions(house, sandbox)
        self.auditors = Auditors(house, sandbox)
        self.key_holders = KeyHolders(house, sandbox)
        self.referring = Referring(house, sandbox)
        self.informing = Informing(house, sandbox)
        self.holders = AccountHolders(house, sandbox)
        self.waking = Waking(house, sandbox, self.holders)
        self.visitors = Visitors(house, sandbox, self.holders)

    def script(self) -> dict[str, Ask]:
        """Return what is done, in order, by the names in the rooms' tables."""
        return {
            **self.questions.script(),
            **self.referring.script(),
            **self.informing.script(),
            **self.holders.script(),
            **self.waking.script(),
            **self.visitors.script(),
            **self.holders.last_script(),
            **self.auditors.script(),
            **self.questions.script_in_trouble(),
            **self.key_holders.script(),
        }
