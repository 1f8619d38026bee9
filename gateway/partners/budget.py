"""
A token bucket that keeps retries to a tenth of the traffic: the rule of gRPC proposal A6 (read 2026-11-23).

A failed attempt takes one token, a good one gives a tenth of one; at half the bucket or less nobody retries.
"""

MOST = 10.0
RATIO = 0.1


class RetryBudget:
    """One partner's tokens, *most* at the start."""

    def __init__(self, *, most: float = MOST, ratio: float = RATIO) -> None:
        self._most = most
        self._ratio = ratio
        self.tokens = most

    def succeeded(self) -> None:
        """Give back a fraction."""
        self.tokens = min(self._most, self.tokens + self._ratio)

    def failed(self) -> None:
        """Take one."""
        self.tokens = max(0.0, self.tokens - 1)

    def allows_retry(self) -> bool:
        """Say whether another attempt is affordable."""
        return self.tokens > self._most / 2
