"""The retry budget by itself."""

from gateway.partners.budget import RetryBudget


def test_a_few_failures_may_be_tried_again_and_then_none() -> None:
    """Half the bucket is for trying, the other half for the way back."""
    budget = RetryBudget()
    allowed = []
    for _ in range(10):
        budget.failed()
        allowed.append(budget.allows_retry())
    assert allowed == [True] * 4 + [False] * 6


def test_it_takes_ten_answers_to_earn_one_retry() -> None:
    """A tenth of a token each."""
    budget = RetryBudget()
    for _ in range(5):
        budget.failed()
    for _ in range(10):
        assert budget.tokens < 6
        budget.succeeded()
    assert budget.allows_retry()
    budget.failed()
    assert not budget.allows_retry()


def test_it_is_never_overdrawn_and_never_overflows() -> None:
    """A long outage is not paid for for ever, and a good year buys no flood."""
    budget = RetryBudget()
    for _ in range(1000):
        budget.failed()
    assert budget.tokens == 0
    for _ in range(10_000):
        budget.succeeded()
    assert budget.tokens == 10
