"""What an operator must supply to speak with VClaim; the gateway has it from partners.toml and secrets."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr


def _header_safe(text: str) -> str:
    if not text or not all("!" <= letter <= "~" for letter in text):
        raise ValueError("printable ASCII without spaces wanted")
    return text


def _secret_header_safe(secret: SecretStr) -> SecretStr:
    _header_safe(secret.get_secret_value())
    return secret


def _bare(url: HttpUrl) -> HttpUrl:
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("an address with a path and nothing else wanted")
    return url


class Settings(BaseModel):
    """Hosts and prefixes of BPJS have moved repeatedly, so nothing here has a default."""

    # hide_input_in_errors: a mistyped secret must not stand in the message that refuses it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: Annotated[HttpUrl, AfterValidator(_bare)] = Field(
        description="Address up to and with the prefix: https://<host>/vclaim-rest."
    )
    consid: Annotated[str, AfterValidator(_header_safe)] = Field(
        description="Consumer id issued by BPJS Kesehatan to the facility."
    )
    secret: Annotated[SecretStr, Field(min_length=1)] = Field(
        description="Consumer secret; signs each attempt and never leaves."
    )
    user_key: Annotated[SecretStr, AfterValidator(_secret_header_safe)] = Field(
        description="Key of the VClaim service; each BPJS service has its own."
    )
