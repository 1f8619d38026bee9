"""
The words on the screen, from `words*.toml`: each key with its Indonesian and its English text.

A missing key or value is an error at once, never an empty place on the screen: meaning is safety.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup, escape
from starlette.requests import Request

LANGUAGES: Final = ("id", "en")  # the first is the default
COOKIE: Final = "bahasa"
FOLDER: Final = Path(__file__).parent

Catalogue = Mapping[str, Mapping[str, str]]


class Speech:
    """The catalogue in one language; called with a key it returns the text."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self._texts = texts

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of *key* with *values* put in. Raises KeyError for an unknown key or value."""
        text = self._texts[key]
        return text.format_map(values) if values else text

    def mixed(self, key: str, /, **values: object) -> Markup:
        """Return the text of *key* as HTML; values that are Markup stay as they are, all else is escaped."""
        return escape(self._texts[key]).format_map(values)

    def knows(self, key: str) -> bool:
        """Say whether the catalogue has *key*; for codes that a partner may invent."""
        return key in self._texts


@cache
def catalogue() -> Catalogue:
    """Return key -> language -> text. Raises ValueError for a key told twice or not in every language."""
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted(FOLDER.glob("words*.toml")):
        for key, texts in _entries(tomllib.loads(file.read_text("utf-8"))):
            if key in found or set(texts) != set(LANGUAGES):
                raise ValueError(f"{file.name}: {key} must stand once, with {' and '.join(LANGUAGES)}")
            found[key] = texts
    return found


def _entries(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for section, words in document.items():
        yield from ((f"{section}.{name}", texts) for name, texts in words.items())


@cache
def speech(language: str) -> Speech:
    """Return the catalogue in *language*, in Indonesian for one that it does not speak."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    return Speech(spoken, {key: texts[spoken] for key, texts in catalogue().items()})


def speech_for(request: Request) -> Speech:
    """Return the catalogue in the language that the reader has chosen."""
    return speech(request.cookies.get(COOKIE, LANGUAGES[0]))
