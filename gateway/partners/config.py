"""
partners.toml: who the partners are. A wrong file is refused whole, every mistake named by its path.

Secrets never stand in the file; they come from `GERBANG_SECRET_<ID>_<SETTING>` or from files
`<secrets>/<id>.<setting>`.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from contracts import Adapter
from gateway.settings import Settings

from .agreements import hold_together
from .kinds import NoSuchKind, find
from .mistakes import Mistakes
from .partner_settings import SettingsReader
from .secret_places import SecretPlaces, secrets_of
from .shape import Facility, Limits, Row, Rungs, Standing, Telling, is_id, is_kind
from .toml_file import FileWrong, read_rows

__all__ = ["ConfigError", "Facility", "Limits", "PartnerConfig", "Standing", "load"]


class ConfigError(Exception):
    """The partner file cannot be used; *mistakes* are lines of a path and what is wrong there."""

    def __init__(self, file: Path, mistakes: list[str]) -> None:
        super().__init__("\n  ".join([f"{file} cannot be used:", *mistakes]))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class PartnerConfig:
    """One partner as configured; *adapter* and *settings* are None for one that has only a telephone."""

    id: str
    kind: str | None
    standing: Standing
    name: str
    phone: str | None
    limits: Limits
    ladder: Rungs | None
    facility: Facility | None
    adapter: Adapter | None
    settings: BaseModel | None
    telling: Telling | None = None


def load(
    path: Path, settings: Settings, *, environment: Mapping[str, str] | None = None
) -> tuple[PartnerConfig, ...]:
    """Read the file; secrets come from *environment* (the process's) or files. Raises ConfigError."""
    places = SecretPlaces(settings.secrets, os.environ if environment is None else environment)
    reader = SettingsReader(places, settings.environment, settings.outbound_allow)
    mistakes = Mistakes()
    try:
        rows = read_rows(path, mistakes)
    except FileWrong as wrong:
        raise ConfigError(path, [str(wrong)]) from None
    found = [_partner(f"partners[{number}]", raw, reader, mistakes) for number, raw in enumerate(rows)]
    partners = tuple(partner for partner in found if partner)
    _refuse_repeated_ids(rows, mistakes)
    _refuse_shared_variables(partners, mistakes)
    if mistakes.lines():
        raise ConfigError(path, mistakes.lines())
    return partners


def _partner(path: str, raw: object, reader: SettingsReader, mistakes: Mistakes) -> PartnerConfig | None:
    """Judge the row and its settings, the one even if the other is wrong: all mistakes are said at once."""
    before = len(mistakes)
    row = _row(path, raw, mistakes)
    if row is not None:
        hold_together(path, row, mistakes)
    adapter, settings = _system(path, raw, reader, mistakes)
    return _config(row, adapter, settings) if row and len(mistakes) == before else None


def _row(path: str, raw: object, mistakes: Mistakes) -> Row | None:
    try:
        return Row.model_validate(raw)
    except ValidationError as wrong:
        mistakes.add_all(path, wrong)
        return None


def _system(
    path: str, raw: object, reader: SettingsReader, mistakes: Mistakes
) -> tuple[Adapter | None, BaseModel | None]:
    """Return the adapter and its settings, neither for a partner that has only a telephone."""
    names = raw if isinstance(raw, dict) else {}
    partner, kind, given = names.get("id"), names.get("kind"), names.get("settings")
    if kind is None and given is not None:
        mistakes.add(f"{path}.settings", "nobody reads them without a kind")
    if not (is_id(partner) and is_kind(kind)):
        return None, None
    try:
        adapter = find(kind)
    except NoSuchKind as wrong:
        mistakes.add(f"{path}.kind", str(wrong))
        return None, None
    if not isinstance(given, dict):
        mistakes.add(f"{path}.settings", "missing; a partner with a kind needs settings")
        return adapter, None
    return adapter, reader.read(f"{path}.settings", partner, given, adapter.settings, mistakes)


def _config(row: Row, adapter: Adapter | None, settings: BaseModel | None) -> PartnerConfig:
    return PartnerConfig(
        id=row.id,
        kind=row.kind,
        standing=row.standing,
        name=row.name,
        phone=row.phone,
        limits=row.limits,
        ladder=row.ladder,
        telling=row.telling,
        facility=row.facility,
        adapter=adapter,
        settings=settings,
    )


def _refuse_repeated_ids(rows: list[Any], mistakes: Mistakes) -> None:
    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        name = row.get("id") if isinstance(row, dict) else None
        if isinstance(name, str) and first.setdefault(name, number) != number:
            mistakes.add(f"partners[{number}].id", f"stands in partners[{first[name]}] already")


def _refuse_shared_variables(partners: Sequence[PartnerConfig], mistakes: Mistakes) -> None:
    """Variables have underscores where ids have dashes: `a-b` with `c` and `a` with `b_c` would be one."""
    first: dict[str, str] = {}
    for partner in partners:
        for name in secrets_of(partner.adapter.settings) if partner.adapter else ():
            variable, secret = SecretPlaces.variable(partner.id, name), f"{partner.id}.{name}"
            if first.setdefault(variable, secret) != secret:
                mistakes.add(
                    secret, f"its variable {variable} is that of {first[variable]}; choose another id"
                )
