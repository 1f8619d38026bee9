"""What an operator must supply to send e-mail (smtp), or SMS and WhatsApp (http)."""

from typing import Annotated, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr, model_validator

PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
_HERE = ("127.0.0.1", "::1", "localhost")
_NEEDS = {"smtp": ("server", "sender"), "http": ("send_url", "token")}
_ONLY = {"smtp": ("send_url", "token"), "http": ("server", "sender", "user", "password")}


def _bare(url: HttpUrl) -> HttpUrl:
    if url.username or url.password or url.fragment:
        raise ValueError("an address without user, password or fragment wanted")
    return url


def _header_safe(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text or not all("!" <= sign <= "~" for sign in text):
        raise ValueError("visible ASCII without blanks wanted")
    return secret


def _mail_server(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("no address") from None
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.path:
        raise ValueError("smtps://host:port or smtp+starttls://host:port wanted")
    if parts.scheme == "smtp" and parts.hostname not in _HERE:
        raise ValueError("plain smtp is for this machine only")
    return text


class MailServer(NamedTuple):
    """Where mail is handed in; *security* is a key of PORTS."""

    security: str
    host: str
    port: int
    sender: str
    user: str | None
    password: str | None

    def __repr__(self) -> str:
        """Show nothing of the password."""
        return f"MailServer({self.security}, {self.host})"


class Gateway(NamedTuple):
    """Where texts are handed in."""

    url: str
    token: str

    def __repr__(self) -> str:
        """Show nothing."""
        return "Gateway()"


class Settings(BaseModel):
    """One way out; a second one is a second partner."""

    # hide_input_in_errors: a mistyped secret must not stand in the message that refuses it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    dialect: Literal["smtp", "http"] = Field(description="smtp: e-mail. http: an SMS or WhatsApp gateway.")
    server: Annotated[str, AfterValidator(_mail_server)] | None = Field(
        None,
        description="smtp: smtps://host:port or smtp+starttls://host:port; smtp:// to this machine only.",
    )
    sender: Annotated[str, Field(pattern=r"^[!-+\--?A-~]{1,64}@[A-Za-z0-9.-]{1,190}$")] | None = Field(
        None, description="smtp: whom the mail is from."
    )
    user: str | None = Field(None, description="smtp: name to sign in with, where the server wants one.")
    password: SecretStr | None = Field(None, description="smtp: its password.")
    send_url: Annotated[HttpUrl, AfterValidator(_bare)] | None = Field(
        None, description="http: address that takes a message."
    )
    token: Annotated[SecretStr, AfterValidator(_header_safe)] | None = Field(
        None, description="http: bearer token of the gateway."
    )

    @model_validator(mode="after")
    def _fits_dialect(self) -> Self:
        for name in _NEEDS[self.dialect]:
            if getattr(self, name) is None:
                raise ValueError(f"dialect {self.dialect} needs {name}")
        for name in _ONLY[self.dialect]:
            if getattr(self, name) is not None:
                raise ValueError(f"dialect {self.dialect} has no use for {name}")
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together")
        return self

    def mail_server(self) -> MailServer:
        """Return what the dialect smtp needs."""
        parts = urlsplit(self.server or "")
        password = self.password.get_secret_value() if self.password else None
        port = parts.port or PORTS[parts.scheme]
        return MailServer(parts.scheme, parts.hostname or "", port, self.sender or "", self.user, password)

    def gateway(self) -> Gateway:
        """Return what the dialect http needs."""
        return Gateway(str(self.send_url), self.token.get_secret_value() if self.token else "")
