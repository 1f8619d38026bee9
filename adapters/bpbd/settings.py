"""What an operator must supply so that BPBD is told."""

from datetime import timedelta, timezone
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from adapters.cap.words import Scope
from adapters.wire_hook import Address
from adapters.wire_signing import Secrets

from .profile import Profile

CLOCKS = {7: "WIB", 8: "WITA", 9: "WIT"}

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,8}$")]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


class Settings(BaseModel):
    """One receiver of CAP messages."""

    # hide_input_in_errors: a mistyped secret must not stand in the message that refuses it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    cap_url: Address = Field(description="Address that takes CAP messages by POST.")
    secret: Secrets = Field(
        description="whsec_ and base64 of 24 to 64 random bytes, to sign with; while it is being changed, the"
        " old and the new one with a blank between them."
    )
    sender: _Name = Field(description="Our name in CAP, like a domain: 112.kota-contoh.go.id.")
    sender_name: _Words = Field(description="What people call us.")
    scope: Literal["private", "restricted"] = Field(
        "private", description="private: to the addresses only. restricted: to whom `restriction` says."
    )
    addresses: tuple[_Name, ...] = Field((), description="private: BPBD's names in CAP, like domains.")
    restriction: _Words | None = Field(None, description="restricted: who may read it, in words.")
    utc_offset: Literal[7, 8, 9] = Field(7, description="7: WIB, 8: WITA, 9: WIT; times are written in it.")

    @model_validator(mode="after")
    def _says_whom(self) -> Self:
        if self.scope == "private" and (not self.addresses or self.restriction):
            raise ValueError("private needs addresses, and no restriction")
        if self.scope == "restricted" and (self.addresses or not self.restriction):
            raise ValueError("restricted needs restriction, and no addresses")
        return self

    def profile(self) -> Profile:
        """Return what translating needs of it."""
        return Profile(
            sender=self.sender,
            sender_name=self.sender_name,
            scope=Scope.PRIVATE if self.scope == "private" else Scope.RESTRICTED,
            addresses=self.addresses,
            restriction=self.restriction,
            zone=timezone(timedelta(hours=self.utc_offset)),
            clock=CLOCKS[self.utc_offset],
        )
