"""What somebody at a partner has said to the operator by telephone, as a form tells it. Pure."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from contracts import Progress, Receipt
from gateway.notifications.bodies import Spoken, SpokenReceipt
from gateway.problems import Problem

from .ordered import Form, wrong

# What an operator may enter after a call, the likeliest first; a machine's words are none of a person.
SAID: Final = (
    *(Progress.ACCEPTED, Progress.DISPATCHED, Progress.ON_SCENE, Progress.READ),
    *(Progress.CLOSED, Progress.REFUSED),
)
# The API's names by the page's.
_FIELDS: Final[Mapping[str, str]] = {
    "state": "state",
    "channel": "channel",
    "person": "person",
    "post": "post",
    "reference": "partner_ref",
    "reason": "reason",
}
_ON_THE_PAGE: Final = {name: field for field, name in _FIELDS.items()}
NOBODY: Final = "person_or_post"  # neither of the two is there


def call_in(form: Form) -> tuple[Receipt, Spoken]:
    """Return what was said in a call, and by which way. Raises Problem with the fields that are wrong."""
    said = {name: form[field].strip() for field, name in _FIELDS.items() if form.get(field, "").strip()}
    try:
        call = SpokenReceipt.model_validate(said)
    except ValidationError as mistakes:
        raise _wrong_in(mistakes) from None
    if call.state is Progress.REFUSED and call.reason is None:
        raise wrong("reason", code="missing")
    return call.receipt(form.get("notification", "")), call.channel


def _wrong_in(mistakes: ValidationError) -> Problem:
    """Return the problem of the page's fields; what is wrong with the whole is that nobody is named."""
    places = [each["loc"] for each in mistakes.errors(include_input=False, include_url=False)]
    fields = {_ON_THE_PAGE.get(str(place[0]), str(place[0])) if place else NOBODY for place in places}
    sentence = "Wanted as the page offers it."
    return Problem("wrong-input", errors=[(f"body.{each}", "wrong", sentence) for each in sorted(fields)])
