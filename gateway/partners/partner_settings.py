"""A partner's own settings: what the file says, completed by its secrets, held against the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError

from gateway.settings import Environment

from .guard import Network
from .mistakes import Mistakes, below, found_by, reason
from .secret_places import CannotRead, SecretPlaces, secrets_of
from .web_address import address_mistake

DEMO_PREFIX = "demo-"

# Of a secret only these are said; a validator's own words could repeat it.
_SAID_OF_SECRETS = {"missing": "missing", "string_too_short": "too short", "string_too_long": "too long"}


@dataclass(frozen=True, slots=True)
class SettingsReader:
    """Reads settings for any adapter: *allow* are the private networks that may be spoken to."""

    places: SecretPlaces
    environment: Environment
    allow: Sequence[Network]

    def read(
        self, path: str, partner: str, given: Mapping[str, Any], model: type[BaseModel], mistakes: Mistakes
    ) -> BaseModel | None:
        """Return the settings, None after noting every mistake."""
        before = len(mistakes)
        for key in given:
            if key not in model.model_fields:
                mistakes.add(below(path, (key,)), "unknown key")
        secrets = self._secrets(path, partner, given, model, mistakes)
        plain = {
            key: value
            for key, value in given.items()
            if key in model.model_fields and key not in secrets_of(model)
        }
        settings = _validated(path, model, plain, secrets, self._absent(partner, model, secrets), mistakes)
        self._judge(path, plain | secrets if settings is None else dict(settings), mistakes)
        return settings if len(mistakes) == before else None

    def _secrets(
        self, path: str, partner: str, given: Mapping[str, Any], model: type[BaseModel], mistakes: Mistakes
    ) -> dict[str, str]:
        found = {}
        for name in secrets_of(model):
            if name in given:
                described = self.places.described(partner, name)
                mistakes.add(
                    f"{path}.{name}", f"a secret does not belong into this file: put it into {described}"
                )
            try:
                secret = self.places.fetch(partner, name)
            except CannotRead as wrong:
                mistakes.add(f"{path}.{name}", str(wrong))
                continue
            if secret is not None:
                found[name] = secret
            elif model.model_fields[name].is_required():
                mistakes.add(f"{path}.{name}", f"missing: put it into {self.places.described(partner, name)}")
        return found

    def _absent(self, partner: str, model: type[BaseModel], secrets: Mapping[str, str]) -> Mapping[str, str]:
        """Say where secrets that were not found would be; only the adapter knows whether it wants them."""
        absent = [name for name in secrets_of(model) if name not in secrets]
        return {name: self.places.described(partner, name) for name in absent}

    def _judge(self, path: str, values: Mapping[str, Any], mistakes: Mistakes) -> None:
        for name, value in values.items():
            if name.endswith("_url") and value is not None:
                wrong = address_mistake(str(value), environment=self.environment, allow=self.allow)
                if wrong:
                    mistakes.add(f"{path}.{name}", wrong)
            if self.environment is Environment.LIVE and _text(value).lower().startswith(DEMO_PREFIX):
                mistakes.add(f"{path}.{name}", "a live process refuses demo credentials")


def _validated(
    path: str,
    model: type[BaseModel],
    plain: Mapping[str, Any],
    secrets: Mapping[str, str],
    absent: Mapping[str, str],
    mistakes: Mistakes,
) -> BaseModel | None:
    try:
        return model.model_validate({**plain, **secrets})
    except ValidationError as wrong:
        for location, kind, message in found_by(wrong):
            field = str(location[0]) if location else ""
            if field in secrets:
                said = _SAID_OF_SECRETS.get(kind, "not acceptable")
            elif field in absent:
                said = f"missing: put it into {absent[field]}"
            else:
                said = _without(secrets.values(), reason(kind, message)) + ("" if location else _all(absent))
            mistakes.add(below(path, location), said)
        return None


def _all(absent: Mapping[str, str]) -> str:
    places = "; ".join(f"{name}: {place}" for name, place in absent.items())
    return f" (secrets not found: {places})" if absent else ""


def _without(secrets: Iterable[str], text: str) -> str:
    """Return *text* without the secrets an adapter's validator may have put into it."""
    for secret in secrets:
        text = text.replace(secret, "•••")
    return text


def _text(value: object) -> str:
    if isinstance(value, SecretBytes):
        return value.get_secret_value().decode("utf-8", "replace")
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
