"""What a form says of an incident, for the API's own bodies; a mistake comes back to its field. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import ValidationError

from .ordered import number

Form = Mapping[str, str]

SOURCE: Final = "112"
COUNTED: Final = ("dead", "missing", "injured", "displaced")
_TEXTS: Final = ("category", "severity", "address", "landmark", "area_code", "narrative")
_URGENT: Final = {"yes": True, "no": False}
# Where a mistake of the body stands on the page; any other field has the same name there.
_ON_THE_PAGE: Final = {
    "lat": "point",
    "lon": "point",
    "source_ref": "ticket",
    "name": "caller_name",
    "phone": "caller_phone",
}


def picture_of(form: Form, cautions: Iterable[str]) -> dict[str, Any]:
    """Return everything a picture may say; None stands for a field that was left empty."""
    return {
        **{name: _filled(form, name) for name in _TEXTS},
        **_point(_filled(form, "point")),
        "urgent": _URGENT.get(form.get("urgent", "")),
        "cautions": list(cautions),
        "casualties": {name: _count(form, name) for name in COUNTED},
        "caller": {"name": _filled(form, "caller_name"), "phone": _filled(form, "caller_phone")},
    }


def new_of(form: Form, cautions: Iterable[str]) -> dict[str, Any]:
    """Return a new incident; what was left empty is not known."""
    ticket = _filled(form, "ticket")
    source = {"system": SOURCE, "ticket": ticket} if ticket else None
    said = {**picture_of(form, cautions), "source_ref": source, "drill": "drill" in form}
    return {name: value for name, value in said.items() if value is not None}


def news_of(form: Form, cautions: Iterable[str]) -> dict[str, Any]:
    """Return news; a point that moved finds its area by itself where no other area was chosen for it."""
    said = picture_of(form, cautions)
    moved = form.get("point", "").strip() != form.get("was_point", "").strip()
    if moved and form.get("area_code", "") == form.get("was_area", ""):
        said["area_code"] = None
    return said


def mistakes_of(wrong: ValidationError) -> frozenset[str]:
    """Return the page's fields that are wrong."""
    errors = wrong.errors(include_input=False, include_url=False)
    return frozenset(_field([str(part) for part in each["loc"]]) for each in errors)


def _field(parts: list[str]) -> str:
    """Return the page's field for a place in the body such as `casualties.dead`; `all` for the whole."""
    if not parts:
        return "all"
    inner = parts[1] if parts[0] in ("casualties", "caller") and len(parts) > 1 else parts[0]
    return _ON_THE_PAGE.get(inner, inner)


def _filled(form: Form, name: str) -> str | None:
    return form.get(name, "").strip() or None


def _count(form: Form, name: str) -> Any:
    text = _filled(form, name)
    return None if text is None else number(text, int)


def _point(text: str | None) -> dict[str, Any]:
    """Return a point as maps write it, latitude and longitude in degrees with a comma between."""
    if text is None:
        return {"lat": None, "lon": None}
    latitude, _, longitude = text.partition(",")
    return {"lat": number(latitude, float), "lon": number(longitude, float)}
