"""What an operator must supply to reach one hospital over FHIR."""

from typing import Annotated, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError


def _bare(url: HttpUrl) -> HttpUrl:
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("a plain address: no user, password, query or fragment")
    return url


def _header_safe(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text or not all("!" <= sign <= "~" for sign in text):
        raise ValueError("visible ASCII without blanks wanted")
    return secret


Address = Annotated[HttpUrl, AfterValidator(_bare)]
FhirId = Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]{1,64}$")]
SenderName = Annotated[str, Field(pattern=r"^[^\s\x00-\x1f]([^\x00-\x1f]{0,118}[^\s\x00-\x1f])?$")]
BearerToken = Annotated[SecretStr, AfterValidator(_header_safe)]

_SATUSEHAT_NEEDS = ("oauth_url", "client_id", "client_secret", "organization_id")
_ONLY_R4 = ("token", "organization", "conditional_create")
_ONLY_SATUSEHAT = (*_SATUSEHAT_NEEDS, "sender_organization_id")


def _is_idle(dialect: object, field: str, value: object) -> bool:
    """Say whether *field* is filled in and the dialect would not look at it."""
    if dialect == "satusehat":
        return value != "beds" if field == "counts" else field in _ONLY_R4 and value is not None
    return dialect == "r4" and field in _ONLY_SATUSEHAT and value is not None


class Platform(NamedTuple):
    """What the satusehat dialect needs, all of it there."""

    oauth_url: str
    client_id: str
    client_secret: str
    organization_id: str
    sender: str

    def __repr__(self) -> str:
        """Show nothing of the secret."""
        return f"Platform({self.organization_id})"


class Settings(BaseModel):
    """One hospital's FHIR server, or its place on the SATUSEHAT platform."""

    # Inputs are hidden: a refusal of the whole model would otherwise print the secrets in it.
    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True
    )  # defaults too, since a field that is absent may be one its dialect needs

    dialect: Literal["r4", "satusehat"] = Field(
        "r4", description="r4: the hospital's own FHIR R4 server. satusehat: the Ministry's platform."
    )
    base_url: Address = Field(description="The server's FHIR base, such as https://rs.example/fhir.")
    counts: Literal["beds", "measure-report"] = Field(
        "beds",
        description="beds: one Location per bed. measure-report: the hospital publishes SANER counts only.",
    )
    page_size: int = Field(200, ge=1, le=1000, description="Rows asked for per page (_count).")
    token: BearerToken | None = Field(None, description="r4: bearer token, if the server wants one.")
    organization: FhirId | None = Field(
        None, description="r4: id of the hospital's Organization, where the server holds several hospitals."
    )
    oauth_url: Address | None = Field(
        None, description="satusehat: token base, such as https://api-satusehat.kemkes.go.id/oauth2/v1."
    )
    client_id: str | None = Field(None, description="satusehat: the client id, tied to one organisation.")
    client_secret: SecretStr | None = Field(None, description="satusehat: the secret to client_id.")
    organization_id: FhirId | None = Field(
        None, description="satusehat: the hospital's organisation id; its departments are found below it."
    )
    referrals: bool = Field(True, description="Whether the hospital is sent referrals; false: beds only.")
    sender_name: SenderName = Field(
        "Command Center Bahagia 112 Kota Jambi", description="r4: who refers, as the hospital is to read it."
    )
    sender_organization_id: FhirId | None = Field(
        None,
        description="satusehat: the organisation that refers, if client_id is ours; unset: organization_id.",
    )
    conditional_create: bool | None = Field(
        None,
        description="r4: whether the server honours If-None-Exist; unset: as its /metadata says."
        " false: it is searched by our identifier first.",
    )

    @field_validator(*_ONLY_SATUSEHAT, *_ONLY_R4, "counts")
    @classmethod
    def _fits_the_dialect(cls, value: object, about: ValidationInfo) -> object:
        """Refuse a dialect without what it needs, or with what it would silently ignore."""
        dialect, field = about.data.get("dialect"), str(about.field_name)
        if dialect == "satusehat" and field in _SATUSEHAT_NEEDS and value is None:
            raise PydanticCustomError("missing", "missing: the satusehat dialect needs it")
        if _is_idle(dialect, field, value):
            raise ValueError(f"not for the {dialect} dialect")
        return value

    def platform(self) -> Platform:
        """Return what the satusehat dialect needs. Raises ValueError for the other dialect."""
        if not (self.oauth_url and self.client_id and self.client_secret and self.organization_id):
            raise ValueError("not the satusehat dialect")
        return Platform(
            oauth_url=str(self.oauth_url).rstrip("/"),
            client_id=self.client_id,
            client_secret=self.client_secret.get_secret_value(),
            organization_id=self.organization_id,
            sender=self.sender_organization_id or self.organization_id,
        )
