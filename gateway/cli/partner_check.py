"""`gerbang partners check`: the conformance conversation, from partners.toml alone; no gateway need run."""

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from contracts import OffersTrials, TakesAlerts, TakesChanges
from gateway.db.engine import reading
from gateway.ground import check_address, first_line, read_settings
from gateway.partners import standing_store
from gateway.partners.config import ConfigError, PartnerConfig, load
from gateway.partners.registry import connect
from gateway.partners.shape import Standing, Telling
from gateway.settings import Environment, Settings

from .conversation import Conversation, Finding
from .drills import Drills
from .wrong import Wrong

MAY_BE_CHECKED = (Standing.ONBOARDING, Standing.LIVE)
_WORDS = {True: "pass", False: "FAIL", None: "note"}


def check(arguments: argparse.Namespace) -> int:
    """Print what each turn shows; 0 when every promise was kept, else 1. Raises Wrong."""
    settings = read_settings()
    check_address(settings)
    config = _config(settings, arguments.name)
    if config.standing not in MAY_BE_CHECKED:
        raise Wrong(f"{config.id} is {config.standing}: only an onboarding or live partner is sent anything")
    findings = asyncio.run(_converse(config, settings))
    kept = sum(finding.kept is True for finding in findings)
    asked = sum(finding.kept is not None for finding in findings)
    if not asked:
        raise Wrong(f"{config.id} is told nothing by its telling: there is nothing to try")
    print(f"{config.id}: {kept} of {asked} promises kept")
    return 0 if kept == asked else 1


def _config(settings: Settings, name: str) -> PartnerConfig:
    """Return the partner as it stands, each turn a single attempt. Raises Wrong."""
    try:
        partners = load(settings.partners_file, settings)
    except ConfigError as exc:
        raise Wrong(str(exc)) from exc
    found = next((each for each in partners if each.id == name), None)
    if found is None:
        raise Wrong(f"{settings.partners_file} has no partner {name}")
    standing = _said(settings, name) or found.standing
    return replace(found, standing=standing, limits=replace(found.limits, attempts=1))


def _said(settings: Settings, name: str) -> Standing | None:
    """Return what somebody has said to the gateway, None before its first start. Raises Wrong."""
    parts = make_url(settings.url)
    if parts.get_backend_name() == "sqlite" and not Path(str(parts.database)).exists():
        return None
    reader = reading(settings.url, connections=1)
    try:
        with reader.connect() as connection:
            said = standing_store.load(connection, name)
    except SQLAlchemyError as exc:
        raise Wrong(f"the partner's standing cannot be read: {first_line(exc)}") from exc
    finally:
        reader.dispose()
    return None if said is None else said.standing


async def _converse(config: PartnerConfig, settings: Settings) -> list[Finding]:
    registry = connect([config], settings)
    try:
        partner = registry.partners[config.id]
        if not isinstance(partner.port, TakesAlerts | TakesChanges | OffersTrials):
            raise Wrong(f"{config.id} ({config.kind or 'telephone'}) takes neither alerts nor changes")
        drills = Drills(config.telling or Telling(), live=settings.environment is Environment.LIVE)
        print(f"{partner.name} ({partner.id}), {partner.standing}: drills only, nothing has happened")
        return [_said_aloud(finding) async for finding in Conversation(partner, drills).run()]
    finally:
        await registry.close()


def _said_aloud(finding: Finding) -> Finding:
    print(f"  {_WORDS[finding.kept]}  {finding.promise} ({finding.said})", flush=True)
    return finding
