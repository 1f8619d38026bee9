"""What an operator must supply so that a partner is told by webhook."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, model_validator

from adapters.wire_hook import Address
from adapters.wire_signing import Secrets

_ORIGIN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"


def _without_query(url: HttpUrl) -> HttpUrl:
    if url.query:
        raise ValueError("an address without query wanted")
    return url


class Settings(BaseModel):
    """One address of one partner."""

    # hide_input_in_errors: a mistyped secret must not stand in the message that refuses it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    hook_url: Address = Field(description="Address that takes the messages.")
    secret: Secrets = Field(
        description="whsec_ and base64 of 24 to 64 random bytes; while it is being changed, the old and the"
        " new one with a blank between them."
    )
    thin: bool = Field(False, description="Send ids, number and kind only; the partner fetches the rest.")
    fetch_from: Annotated[Address, AfterValidator(_without_query)] | None = Field(
        None, description="thin: where the partner fetches, the public address of our GET /v1/inbox."
    )
    origin: Annotated[str, Field(pattern=_ORIGIN, max_length=200)] = Field(
        "gerbang", description="The name we ask under whether messages are welcome (WebHook-Request-Origin)."
    )

    @model_validator(mode="after")
    def _knows_where_to_fetch(self) -> Self:
        if self.thin and self.fetch_from is None:
            raise ValueError("thin needs fetch_from")
        return self
