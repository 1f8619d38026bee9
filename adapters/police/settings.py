"""What an operator must supply so that cases are handed over to the police."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from adapters.wire_hook import Address
from adapters.wire_signing import Secrets

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$")]


class Settings(BaseModel):
    """One desk of the police, and who both sides are to each other."""

    # hide_input_in_errors: a mistyped secret must not stand in the message that refuses it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    handover_url: Address = Field(description="Address that takes cases.")
    secret: Secrets = Field(
        description="whsec_ and base64 of 24 to 64 random bytes; while it is being changed, the old and the"
        " new one with a blank between them."
    )
    recipient: Name = Field(description="Their name in explicitAddress, and the senderID of what they send.")
    sender: Name = Field("id.jambi.112", description="Our senderID.")
