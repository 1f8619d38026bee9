"""Rows as values and values as rows: which column a field has, and what turns one into the other."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from sqlalchemy import Row, Table

V = TypeVar("V")

Changes = Mapping[str, object]


class Values:
    """
    The dataclasses of one room and the tables they stand in.

    A field of type datetime has a column `<name>_us` of microseconds since the epoch, UTC; an enum stands as
    its text; a tuple of texts or enums as one text with commas.
    """

    def __init__(self, tables: Mapping[type, Table]) -> None:
        """Take which table each kind of row stands in; fields and columns have the same names."""
        self._tables = tables
        self._readers = {kind: _readers(kind) for kind in tables}
        self._moments = frozenset(name for kind in tables for name in _moments(kind))

    def table(self, kind: type) -> Table:
        """Return the table of that kind."""
        return self._tables[kind]

    def read(self, kind: type[V], row: Row[Any]) -> V:
        """Return *row* as the value it was written from."""
        held = dict(zip(row._fields, row, strict=True))  # a Row looks attributes up in Python: slow for lists
        return kind(**{name: convert(held[column]) for name, column, convert in self._readers[kind]})

    def columns(self, values: Changes) -> dict[str, object]:
        """Return field values as the table's columns take them."""
        return dict(self._column(name, value) for name, value in values.items())

    def whole(self, row: object) -> dict[str, object]:
        """Return every field of *row* as the table's columns take them."""
        return self.columns(vars_of(row))

    def _column(self, name: str, value: object) -> tuple[str, object]:
        if isinstance(value, datetime) or (value is None and name in self._moments):
            return f"{name}_us", None if value is None else microseconds(value)
        if isinstance(value, tuple):
            return name, ",".join(str(part) for part in value)
        return name, str(value) if isinstance(value, Enum) else value


def vars_of(row: object) -> dict[str, Any]:
    """Return the fields of *row* by name."""
    return {each.name: getattr(row, each.name) for each in fields(row)}  # type: ignore[arg-type]  # rows are dataclasses


def microseconds(at: datetime) -> int:
    """Return *at* as microseconds since the epoch."""
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def moment(microseconds: int) -> datetime:
    """Return the UTC time of that many microseconds since the epoch."""
    whole, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=rest)


def _moments(kind: Any) -> list[str]:
    hints = get_type_hints(kind)
    return [each.name for each in fields(kind) if _only(hints[each.name]) is datetime]


def _readers(kind: Any) -> tuple[tuple[str, str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((each.name, *_reader(each.name, hints[each.name])) for each in fields(kind))


def _reader(name: str, hint: Any) -> tuple[str, Any]:
    """Return the column of a field, and what turns its content into the field's type."""
    given = _only(hint)
    if given is datetime:
        return f"{name}_us", lambda value: None if value is None else moment(value)
    if get_origin(given) is tuple:
        member = get_args(given)[0]
        return name, lambda value: tuple(member(part) for part in value.split(",") if part)
    if isinstance(given, type) and issubclass(given, Enum | bool):
        return name, lambda value: None if value is None else given(value)
    return name, lambda value: value


def _only(hint: Any) -> Any:
    """Return the one type a value has when it is given."""
    if get_origin(hint) is UnionType or isinstance(hint, UnionType):
        return next(part for part in get_args(hint) if part is not type(None))
    return hint
