"""What an operator may set; both feeds are public, and no secret is needed."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, model_validator

KEEP_HOURS = 6.0


def _bare(url: HttpUrl) -> HttpUrl:
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("an address without user, query or fragment wanted")
    return url


class Settings(BaseModel):
    """One feed; the other one is a second partner, so that each has its own health."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    feed: Literal["nowcast", "quakes"] = Field(
        description="nowcast: weather of the next hours. quakes: earthquakes."
    )
    base_url: Annotated[HttpUrl, AfterValidator(_bare)] = Field(
        description="nowcast: https://www.bmkg.go.id. quakes: https://data.bmkg.go.id."
    )
    languages: Annotated[tuple[Literal["id", "en"], ...], Field(min_length=1)] = Field(
        ("id",), description="nowcast: which lists are read; what the first has is not read in the second."
    )
    near: str | None = Field(
        None, min_length=2, max_length=60, description="nowcast: a place; what names it is read first."
    )
    keep_hours: float = Field(
        KEEP_HOURS, gt=0, le=72, description="quakes: how long an earthquake is of interest."
    )

    @model_validator(mode="after")
    def _fits_feed(self) -> Self:
        if self.feed == "quakes" and (self.languages != ("id",) or self.near is not None):
            raise ValueError("feed quakes has no use for languages and near")
        if self.feed == "nowcast" and self.keep_hours != KEEP_HOURS:
            raise ValueError("feed nowcast has no use for keep_hours: each warning says its own end")
        return self

    @property
    def base(self) -> str:
        """The address without a slash at its end."""
        return str(self.base_url).rstrip("/")
