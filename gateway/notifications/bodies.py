"""The bodies of receipts: strict, with every limit named."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from contracts import MACHINE, Progress, Receipt
from gateway.bodies import Moment, plain_words

_STRICT = ConfigDict(strict=True, extra="forbid")
_ID = "^n-[a-z0-9]{13}$"
CLOCKS_DIFFER = timedelta(minutes=5)
MOST_AT_ONCE = 100

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120), plain_words(digits=13)
]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500), plain_words(digits=13)
]
State = Annotated[Progress, Field(strict=False, description="How far the partner is.")]


class Spoken(StrEnum):
    """How an answer reached the operator."""

    PHONE = "phone"
    RADIO = "radio"
    WHATSAPP = "whatsapp"
    IN_PERSON = "in_person"


class _Said(BaseModel):
    """What every receipt says."""

    model_config = _STRICT

    state: State
    post: Annotated[Words | None, Field(description="The duty post or unit that speaks.")] = None
    at: Annotated[Moment | None, Field(description="When; now when absent.")] = None
    reason: Annotated[
        Text | None, Field(description="Beside refused and closed; nothing that names a person.")
    ] = None

    @field_validator("at")
    @classmethod
    def _said_already(cls, at: datetime | None) -> datetime | None:
        if at is not None and at > datetime.now(UTC) + CLOCKS_DIFFER:
            raise PydanticCustomError("future", "Nothing was said in the future.")
        return at


class ReceiptBody(_Said):
    """What a partner says to one notification."""

    by: Annotated[Words | None, Field(description="The person who speaks.")] = None
    reference: Annotated[Words | None, Field(description="The partner's own number, such as a report's.")] = (
        None
    )

    def receipt(self, notification: str) -> Receipt:
        """Return it as the contracts know it."""
        return Receipt(notification, self.state, self.at, self.by, self.post, self.reference, self.reason)


class CallbackReceipt(ReceiptBody):
    """What a partner's system says to the notification of that id (`webhook-id`)."""

    id: Annotated[str, Field(pattern=_ID, description="The notification's id.")]


class CallbackReceipts(
    RootModel[CallbackReceipt | Annotated[list[CallbackReceipt], Field(max_length=MOST_AT_ONCE)]]
):
    """One receipt, or several."""

    def receipts(self) -> list[Receipt]:
        """Return them as the contracts know them."""
        several = self.root if isinstance(self.root, list) else [self.root]
        return [each.receipt(each.id) for each in several]


class SpokenReceipt(_Said):
    """What a person at a partner said to an operator; who or which post it was is compulsory."""

    channel: Annotated[Spoken, Field(strict=False, description="How it was said.")]
    person: Annotated[Words | None, Field(description="Who said it.")] = None
    partner_ref: Annotated[Words | None, Field(description="The partner's own number.")] = None

    @model_validator(mode="after")
    def _by_a_person(self) -> Self:
        if self.state in MACHINE:
            raise PydanticCustomError("machine_state", "Only a system says this of itself.")
        if self.person is None and self.post is None:
            raise PydanticCustomError("nobody_named", "Name the person, or the duty post.")
        return self

    def receipt(self, notification: str) -> Receipt:
        """Return it as the contracts know it."""
        at = self.at or datetime.now(UTC)
        return Receipt(notification, self.state, at, self.person, self.post, self.partner_ref, self.reason)
