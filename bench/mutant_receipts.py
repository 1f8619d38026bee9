"""`python -m bench.mutant_receipts`: the gateway that takes a machine's receipt for a person's."""

import sys

from contracts import Receipt
from gateway import __main__ as gerbang


def main() -> int:
    """Believe every receipt, then serve."""
    type.__setattr__(Receipt, "is_human", property(lambda _: True))
    return gerbang.main(["serve"])


if __name__ == "__main__":
    sys.exit(main())
