"""What an operator may set: environment variables `GERBANG_<NAME>`, each with its default and meaning."""

from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Environment(StrEnum):
    """Demo data and live data never mix in one process or one database."""

    DEMO = "demo"
    LIVE = "live"


class Settings(BaseSettings):
    """The gateway's settings; a wrong one is refused at start with its name."""

    model_config = SettingsConfigDict(
        env_prefix="GERBANG_",
        env_ignore_empty=True,  # "" is what compose makes of a variable nobody set, and no address
        frozen=True,
        extra="ignore",
    )

    environment: Environment = Field(
        Environment.DEMO, description="demo or live; stands in every answer and is kept in the database."
    )
    data_dir: Path = Field(
        Path("var"), description="The one writable folder: database, spool, afloat, lock, secrets."
    )
    database_url: SecretStr | None = Field(
        None, description="postgresql+psycopg://... for PostgreSQL; SQLite in data_dir when unset."
    )
    keys_url: SecretStr | None = Field(
        None,
        description="postgresql+psycopg://... for people's keys; SQLite in data_dir when unset.",
    )
    partners_file: Path = Field(
        Path("partners.toml"), description="Who the partners are and how to reach them."
    )
    secrets_dir: Path | None = Field(
        None, description="Folder of secret files, `<partner>.<setting>` each; data_dir/secrets when unset."
    )
    outbound_allow: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Private networks (CIDRs, with commas) partners may live in; none by default.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8112, ge=1, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[A-Za-z0-9.:\[\]-]{1,200}(/[A-Za-z0-9._~/-]{0,100})?$",
        description="Where people open the console, for links in messages; http://host:port when unset.",
    )
    replica: str = Field(
        "gerbang-1", pattern="^[a-z0-9-]{1,32}$", description="Name of this process's chain in the audit log."
    )
    audit_authority: str | None = Field(
        None,
        pattern=r"^[a-z0-9.-]{3,100}$",
        description="Whose audit log it is: a domain name. Must be set in live.",
    )
    audit_anchor_file: Path | None = Field(
        None,
        description="File that every checkpoint is appended to; data_dir/anchors.txt when unset.",
    )
    report_to: str | None = Field(
        None,
        pattern=r"^[!-+\--?A-~]{1,64}@[A-Za-z0-9.-]{1,190}$",
        description="Where the daily audit report is mailed, outside the city's administrators.",
    )
    report_hour: int = Field(6, ge=0, le=23, description="Hour of the daily audit report, WIB.")
    smtp_url: SecretStr | None = Field(
        None, description="smtps://user:password@host or smtp+starttls://...; smtp:// to this machine only."
    )
    capacity_refresh_s: float = Field(
        60.0, gt=0, le=3600, description="Seconds between two background rounds over the hospitals."
    )
    capacity_deadline_ms: int = Field(
        2000, ge=100, le=30000, description="Default deadline of a fresh capacity question, milliseconds."
    )
    eligibility_deadline_ms: int = Field(
        1500, ge=100, le=30000, description="Deadline of an eligibility check, milliseconds."
    )
    eligibility_cache_s: float = Field(
        600.0, ge=0, le=86400, description="Seconds a coverage answer may be repeated, always with its age."
    )
    approval_reminder_s: float = Field(
        300.0, gt=0, le=86400, description="Seconds until the head is reminded of a referral that waits."
    )
    approval_deputy_s: float = Field(
        600.0, gt=0, le=86400, description="Seconds until the deputy is woken for it as well."
    )
    approval_run_out_s: float = Field(
        1800.0, gt=0, le=86400, description="Seconds until it goes back to the operator, with an alarm."
    )
    answer_routine_s: float = Field(
        900.0, gt=0, le=86400, description="Seconds a hospital has to answer a routine referral."
    )
    answer_emergency_s: float = Field(
        120.0, gt=0, le=3600, description="Seconds a hospital has to answer an emergency."
    )
    callback_phone: str = Field(
        "112", pattern=r"^[0-9+ ()-]{3,20}$", description="The centre's telephone, for partners to ring back."
    )
    areas_file: Path | None = Field(
        None,
        description="GeoJSON of the areas (code, name, Polygon); the shipped ones when unset.",
    )
    warnings_refresh_s: float = Field(
        120, ge=60, le=3600, description="Seconds between two readings of weather and earthquake warnings."
    )
    spool_bytes: int = Field(
        16_000_000,
        ge=100_000,
        description="Space reserved on disk for audit entries while the database is away.",
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="Least level logged.")

    @field_validator("outbound_allow", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @cached_property
    def url(self) -> str:
        """The database's SQLAlchemy URL."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.resolve() / 'gerbang.db'}"

    @cached_property
    def people_url(self) -> str:
        """The key database's SQLAlchemy URL."""
        if self.keys_url is not None:
            return self.keys_url.get_secret_value()
        return f"sqlite:///{self.data_dir.resolve() / 'keys.db'}"

    @cached_property
    def public_address(self) -> str:
        """Where people open the console, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @cached_property
    def authority(self) -> str:
        """Whose log it is; a demo's evidence can never pass for a real house's."""
        return self.audit_authority or "gerbang-demo.example"

    @cached_property
    def anchors(self) -> Path:
        """The file of published checkpoints."""
        return self.audit_anchor_file or self.data_dir / "anchors.txt"

    @cached_property
    def reports(self) -> Path:
        """The folder of daily audit reports."""
        return self.data_dir / "reports"

    @cached_property
    def secrets(self) -> Path:
        """The folder of secret files."""
        return self.secrets_dir or self.data_dir / "secrets"
