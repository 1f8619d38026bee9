"""
What was wrong with a caller's input, said without repeating any of it.

FastAPI's own answer echoes the value (a NIK) and cannot even be written for a lone surrogate, NaN or
1e999. Ours takes three things from an error: where, a stable code, and our own sentence for that code.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic_core import core_schema

from gateway.logs import masked

FieldError = tuple[str, str, str]
"""Where (`body.nik`), a stable code, and a sentence for people."""

MOST_ERRORS = 20

# The sentence for each code; {limits} are our own schema's, never the caller's words.
SENTENCES: Mapping[str, str] = {
    "missing": "Is required.",
    "extra_forbidden": "Is not known here.",
    "json_invalid": "The body is no JSON.",
    "string_type": "Must be text.",
    "string_unicode": "Must be valid Unicode text.",
    "string_too_short": "Must have at least {min_length} characters.",
    "string_too_long": "Must have at most {max_length} characters.",
    "string_pattern_mismatch": "Does not have the form wanted.",
    "int_type": "Must be a whole number.",
    "int_parsing": "Must be a whole number.",
    "int_from_float": "Must be a whole number.",
    "int_parsing_size": "Is too large a number.",
    "float_type": "Must be a number.",
    "float_parsing": "Must be a number.",
    "finite_number": "Must be a finite number.",
    "bool_type": "Must be true or false.",
    "bool_parsing": "Must be true or false.",
    "greater_than": "Must be greater than {gt}.",
    "greater_than_equal": "Must be at least {ge}.",
    "less_than": "Must be less than {lt}.",
    "less_than_equal": "Must be at most {le}.",
    "enum": "Must be one of {expected}.",
    "literal_error": "Must be one of {expected}.",
    "date_type": "Must be a date, YYYY-MM-DD.",
    "date_parsing": "Must be a date, YYYY-MM-DD.",
    "date_from_datetime_parsing": "Must be a date, YYYY-MM-DD.",
    "date_from_datetime_inexact": "Must be a date without a time.",
    "datetime_type": "Must be a date and time with zone.",
    "datetime_parsing": "Must be a date and time with zone.",
    "datetime_from_date_parsing": "Must be a date and time with zone.",
    "timezone_aware": "Must be a date and time with zone.",
    "list_type": "Must be a list.",
    "too_short": "Must have at least {min_length} entries.",
    "too_long": "Must have at most {max_length} entries.",
    "model_attributes_type": "Must be an object.",
    "model_type": "Must be an object.",
    "dict_type": "Must be an object.",
}
OTHERWISE = "Is not acceptable."

_LIBRARY_CODES = frozenset(get_args(core_schema.ErrorType))
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")
_MOST_DIGITS = 5
_MOST_INDEX = 100_000


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Return pydantic's *errors* as ours: at most MOST_ERRORS, none with a value."""
    found: list[FieldError] = []
    for error in errors:
        if len(found) == MOST_ERRORS:
            break
        code = str(error["type"])
        found.append((_place(code, error["loc"]), code, _sentence(code, error)))
    return found


def safe_name(part: object) -> str:
    """Return a caller's own field name if it looks like one and not like a number of somebody's, else `?`."""
    if isinstance(part, int) and not isinstance(part, bool):
        return str(part) if 0 <= part <= _MOST_INDEX else "?"
    text = part if isinstance(part, str) else ""
    few = sum(map(str.isdigit, text)) <= _MOST_DIGITS
    return text if few and _NAME.fullmatch(text) else "?"


def _place(code: str, location: Sequence[object]) -> str:
    # The position within a broken body says nothing a machine can use.
    parts = location[:1] if code == "json_invalid" else location
    return ".".join(safe_name(part) for part in parts)


def _sentence(code: str, error: Mapping[str, Any]) -> str:
    if code in SENTENCES:
        limits = {name: str(limit) for name, limit in (error.get("ctx") or {}).items()}
        return SENTENCES[code].format_map(_Limits(limits))
    if code in _LIBRARY_CODES:
        return OTHERWISE
    return masked(str(error["msg"]))  # the house's own: contracts and rooms word these without the value


class _Limits(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "the limit"
