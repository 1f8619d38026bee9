"""Every way a partner can fail has a problem of its own and an answer to "shall I ask again?"."""

import pytest

from contracts import CannotConvey, PartnerError, Refused, errors
from gateway.problem_table import KINDS, PARTNER_PROBLEMS, Retry
from gateway.problems import from_partner


def _family(cls):
    return [cls, *(each for child in cls.__subclasses__() for each in _family(child))]


EVERY = [cls for cls in _family(PartnerError) if cls.__module__ == errors.__name__]


def _raised(cls):
    if cls is Refused:
        return Refused("closed", code="201")
    return cls("field") if cls is CannotConvey else cls()


def test_the_table_names_every_partner_error_and_no_other():
    """A class added to the contracts cannot be forgotten here."""
    assert set(PARTNER_PROBLEMS) == set(EVERY)
    assert len(EVERY) > 7


def test_no_two_partner_errors_sound_the_same():
    """They differ by what to do next; so do their problems."""
    assert len(set(PARTNER_PROBLEMS.values())) == len(PARTNER_PROBLEMS)


@pytest.mark.parametrize("cls", EVERY)
def test_a_partner_error_becomes_a_problem_with_a_retry_answer(cls):
    """The fault is the partner's, by its id."""
    problem = from_partner(_raised(cls), partner="bpjs")
    assert problem.kind is KINDS[PARTNER_PROBLEMS[cls]]
    assert problem.kind.fault == "partner"
    assert problem.kind.retry in Retry
    assert problem.fault == "bpjs"


def test_an_adapters_own_subclass_answers_as_the_class_it_refines():
    """Unknown here, understood all the same."""

    class OutOfHours(Refused):
        """Their office is closed."""

    assert from_partner(OutOfHours("closed", code="9"), partner="bpjs").name == "partner-refused"
