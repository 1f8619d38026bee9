"""
What somebody had typed when the step-up came between: kept in memory for five minutes, for that account only.

A reason may name the patient, so it goes into no URL. Lost with the process: then it is typed again.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

from starlette.requests import Request

KEEP_S: Final = 300.0
MOST: Final = 200


class KeptForms:
    """The last form of each account that waits for a step-up; `app.state.kept_forms`."""

    def __init__(self, *, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._kept: OrderedDict[tuple[str, str], tuple[float, Mapping[str, str]]] = OrderedDict()

    def keep(self, account: str, address: str, fields: Mapping[str, str]) -> None:
        """Keep *fields* for *account* until it comes back to *address*; the oldest go first when full."""
        self.forget_late()
        self._kept.pop((account, address), None)
        self._kept[account, address] = (self._now() + KEEP_S, dict(fields))
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def take(self, account: str, address: str) -> Mapping[str, str]:
        """Return what was kept, once; empty when there is nothing, or nothing any more."""
        self.forget_late()
        return self._kept.pop((account, address), (0.0, {}))[1]

    def forget_late(self) -> None:
        """Forget what nobody came back for; the oldest stand first."""
        while self._kept and next(iter(self._kept.values()))[0] <= self._now():
            self._kept.popitem(last=False)


def kept_forms(request: Request) -> KeptForms:
    """Return the application's kept forms, made at the first question for them."""
    state = request.app.state
    if not hasattr(state, "kept_forms"):
        state.kept_forms = KeptForms()
    found: KeptForms = state.kept_forms
    return found
