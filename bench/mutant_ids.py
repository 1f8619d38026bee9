"""`python -m bench.mutant_ids`: the gateway whose every attempt at one message has an id of its own."""

import secrets
import sys
from dataclasses import replace

from contracts import Alert, Change, Conveyed
from gateway import __main__ as gerbang
from gateway.notifications import delivering
from gateway.partners.registry import Partner

_attempt = delivering._attempt


def main() -> int:
    """Make up an id for each attempt, then serve."""
    delivering._attempt = _anew
    return gerbang.main(["serve"])


async def _anew(partner: Partner, message: Alert | Change) -> Conveyed | None:
    return await _attempt(partner, replace(message, id=f"{message.id}-{secrets.token_hex(4)}"))


if __name__ == "__main__":
    sys.exit(main())
