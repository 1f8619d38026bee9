"""Ids: the same question makes the same one, another another."""

import re

import pytest

from contracts import Category
from gateway.incidents.ids import id_of, id_of_warning
from gateway.incidents.orders import Draft

PLAIN = Draft(Category.FIRE)
KEYED = Draft(Category.FIRE, repeat="k-1")
TICKET = Draft(Category.FIRE, source_system="cad", source_ticket="T-1")


@pytest.mark.parametrize("draft", [PLAIN, KEYED, TICKET])
def test_an_id_is_one(draft: Draft) -> None:
    """A letter and 13 signs that cannot be mistaken for others."""
    assert re.fullmatch("i-[abcdefghjkmnpqrstuvwxyz23456789]{13}", id_of(draft, "k"))


def test_what_nobody_can_repeat_is_new_each_time() -> None:
    """Two calls about two fires."""
    assert len({id_of(PLAIN, "k") for _ in range(100)}) == 100


def test_the_same_question_makes_the_same_id() -> None:
    """A key counts for its bearer, a ticket for everybody, and before a key."""
    assert id_of(KEYED, "k") == id_of(KEYED, "k")
    assert id_of(KEYED, "k") != id_of(KEYED, "other")
    assert id_of(TICKET, "k") == id_of(TICKET, "other")
    both = Draft(Category.FIRE, source_system="cad", source_ticket="T-1", repeat="k-9")
    assert id_of(both, "k") == id_of(TICKET, "k")


def test_different_questions_make_different_ids() -> None:
    """Also where parts of one could be parts of another."""
    made = {
        *(id_of(Draft(Category.FIRE, repeat=repeat), "k") for repeat in ("a", "b")),
        id_of(Draft(Category.FIRE, source_system="a", source_ticket="b"), "k"),
        id_of(Draft(Category.FIRE, source_system="b", source_ticket="a"), "k"),
        *(id_of_warning(warning) for warning in ("a", "b")),
    }
    assert len(made) == 6
