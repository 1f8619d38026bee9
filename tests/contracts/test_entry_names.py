"""An entry's name is its own, also over two processes that were one."""

import multiprocessing
from queue import SimpleQueue
from typing import Any

from contracts import Entry


def _name(told: "SimpleQueue[str]") -> None:
    told.put(Entry("a.test", "done").key)


def test_two_forks_give_different_names() -> None:
    """Both start from the same state of the same dice."""
    forks = multiprocessing.get_context("fork")
    told: Any = forks.SimpleQueue()
    both = [forks.Process(target=_name, args=(told,)) for _ in range(2)]
    for each in both:
        each.start()
    names = {told.get() for _ in both}
    for each in both:
        each.join()
    assert len({name[-12:] for name in names}) == 2
