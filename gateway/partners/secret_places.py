"""Where a partner's secrets are: an environment variable or a file each, never in partners.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretBytes, SecretStr


class CannotRead(Exception):
    """A secret's file is there and cannot be read."""


@dataclass(frozen=True, slots=True, repr=False)
class SecretPlaces:
    """Finds secrets by partner and setting: in *environment*, else in a file of *folder*."""

    folder: Path
    environment: Mapping[str, str]

    @staticmethod
    def variable(partner: str, name: str) -> str:
        """Return the name of the secret's environment variable."""
        return f"GERBANG_SECRET_{partner}_{name}".upper().replace("-", "_")

    def file(self, partner: str, name: str) -> Path:
        """Return the path of the secret's file."""
        return self.folder / f"{partner}.{name}"

    def described(self, partner: str, name: str) -> str:
        """Say where the secret belongs."""
        return f"{self.variable(partner, name)} in the environment, or the file {self.file(partner, name)}"

    def fetch(self, partner: str, name: str) -> str | None:
        """Return the secret, None where there is none or an empty one. Raises CannotRead."""
        text = self.environment.get(self.variable(partner, name))
        return (text or self._from_file(self.file(partner, name))).strip() or None

    def _from_file(self, file: Path) -> str:
        try:
            return file.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return ""
        except OSError as exc:
            raise CannotRead(f"{file} cannot be read: {exc.strerror}") from exc
        except UnicodeDecodeError:
            # The decoder's own error carries the bytes.
            raise CannotRead(f"{file} is not UTF-8") from None


def secrets_of(model: type[BaseModel]) -> list[str]:
    """Return the fields of *model* that hold secrets."""
    return [name for name, field in model.model_fields.items() if _is_secret(field.annotation)]


def _is_secret(annotation: Any) -> bool:
    return annotation in (SecretStr, SecretBytes) or any(_is_secret(part) for part in get_args(annotation))
