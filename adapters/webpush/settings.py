"""What an operator must supply to send Web Push: a key of our own, and whom a push service can write to."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from .vapid import CannotRead, read_key


def _a_key(secret: SecretStr) -> SecretStr:
    try:
        read_key(secret.get_secret_value())
    except CannotRead:
        raise ValueError("a P-256 private key wanted: PEM, or its 32 bytes in base64url") from None
    return secret


Service = Annotated[str, Field(pattern=r"^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$", max_length=200)]

# Where Chrome, Firefox, Safari and Edge have their push services (endpoints seen 2026-11-24).
SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)


class Settings(BaseModel):
    """There is no account with a push service: it knows us by the key that browsers subscribed for."""

    # hide_input_in_errors: a mistyped key must not stand in the message that refuses it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    vapid_key: Annotated[SecretStr, AfterValidator(_a_key)] = Field(
        description="P-256 private key, PEM or 32 bytes in base64url; a new one ends every subscription."
    )
    contact: Annotated[
        str, Field(pattern=r"^(mailto:[!-+\--?A-~]{1,64}@|https://)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
    ] = Field(description="Whom a push service writes to about us: mailto:name@host or https://host.")
    services: tuple[Service, ...] = Field(
        SERVICES,
        description="Hosts a browser's endpoint may have, `*.` for all below; plain http on 127.0.0.1 only.",
    )
