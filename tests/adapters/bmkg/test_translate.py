"""One body of BMKG as a warning, and what is none."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.bmkg.translate import warned_of
from contracts import Category, Garbled, Severity, Warned
from tests.adapters.cap.oracle import takes

WIRE = Path(__file__).parents[2] / "wire" / "bmkg"
BODY = (WIRE / "nowcast.xml").read_text("utf-8")


def read(*changes: tuple[str, str], language: str = "id") -> Warned:
    """Return the example with some words changed."""
    text = BODY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return warned_of(text.encode(), language=language)


def test_the_example_is_valid_cap() -> None:
    """By the OASIS schema."""
    assert takes(BODY.encode())


def test_everything_an_operator_needs_is_read() -> None:
    """What, how bad, until when, where, by whom."""
    warned = read()
    assert warned.identifier == "contoh.360.2026.11.29.03.98.002"
    assert (warned.source, warned.language) == ("bmkg-nowcast", "id")
    assert (warned.category, warned.severity) == (Category.STORM, Severity.MODERATE)
    assert warned.headline == "Hujan Lebat disertai Petir di Provinsi Contoh"
    assert warned.expires_at == datetime(2026, 11, 29, 5, 5, tzinfo=UTC)
    assert warned.attribution == "BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)"
    assert (warned.text or "").endswith("Keterangan kedua.")


def test_polygons_stay_apart() -> None:
    """Joined they would be another place."""
    assert [ring[0] for ring in read().rings] == [(-1.6, 103.58), (-1.9, 103.1)]


@pytest.mark.parametrize(
    ("change", "category"),
    [
        (("OET:v1.2", "OET"), Category.STORM),
        (("OET-194", "OET-081"), Category.FLOOD),
        (("OET-194", "OET-999"), Category.STORM),
        (("OET:v1.2", "LAIN"), Category.STORM),
        (("<category>Met", "<category>Geo"), Category.STORM),
    ],
)
def test_what_happens_is_by_event_term_then_by_category(change: tuple[str, str], category: Category) -> None:
    """The term's name changed once already."""
    assert read(change).category is category
    unknown = read(("OET-194", "OET-000"), ("<category>Met", "<category>Other"))
    assert unknown.category is Category.OTHER


@pytest.mark.parametrize("severity", Severity)
def test_every_severity_has_ours(severity: Severity) -> None:
    """One to one."""
    assert read((">Moderate<", f">{severity.capitalize()}<")).severity is severity


def test_a_cancel_voids_what_it_names() -> None:
    """It has no place of its own."""
    start, end = BODY.index("  <info>"), BODY.index("</alert>")
    reference = "<references>cuaca@cuaca.example,contoh.1,2026-11-29T09:00:00+07:00</references>"
    text = BODY.replace(">Alert<", ">Cancel<").replace(BODY[start:end], reference)
    warned = warned_of(text.encode(), language="id")
    assert warned.is_cancel
    assert warned.cancels == ("contoh.1",)


def test_an_update_takes_the_place_of_what_it_names() -> None:
    """And is a warning itself."""
    scope = "<scope>Public</scope>"
    reference = f"{scope}<references>cuaca@cuaca.example,contoh.1,2026-11-29T09:00:00+07:00</references>"
    warned = read((">Alert<", ">Update<"), (scope, reference))
    assert not warned.is_cancel
    assert warned.cancels == ("contoh.1",)


@pytest.mark.parametrize("status", ["Test", "Exercise", "System", "Draft"])
def test_what_is_not_meant_is_marked(status: str) -> None:
    """Only Actual is."""
    assert read((">Actual<", f">{status}<")).is_test
    assert not read().is_test


def test_a_circle_is_a_centre() -> None:
    """As earthquakes have it."""
    start, end = BODY.index("      <polygon>"), BODY.index("    </area>")
    warned = read((BODY[start:end], "<circle>-1.6,103.6 20</circle>"))
    assert (warned.centre, warned.radius_km, warned.rings) == ((-1.6, 103.6), 20, ())


def test_the_language_asked_for_is_read() -> None:
    """Where a body has several; else the one it has."""
    start, end = BODY.index("  <info>"), BODY.index("</alert>")
    english = BODY[start:end].replace("<language>id<", "<language>en-GB<").replace("Hujan Lebat", "Rain")
    both = ("</alert>", f"{english}</alert>")
    assert read(both, language="en").headline.startswith("Rain")
    assert read(both, language="id").headline.startswith("Hujan")
    assert read(language="en").language == "id"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (">Alert<", ">Draft<", "cap.form.msgType"),
        ("<polygon>", "<polygon>x ", "cap.form.polygon"),
        ("-1.640,103.620", "103.620,-1.640", "rule.no_such_place"),
        ("T12:05:00", "T10:05:00", "rule.expires_too_early"),
        ("<alert ", "<!DOCTYPE alert><alert ", "xml.doctype"),
    ],
)
def test_what_cannot_be_trusted_is_garbled(old: str, new: str, code: str) -> None:
    """By its own code."""
    with pytest.raises(Garbled) as wrong:
        read((old, new))
    assert wrong.value.detail == code


def test_a_warning_without_a_place_is_none() -> None:
    """It must not pass for one that is elsewhere."""
    start, end = BODY.index("      <polygon>"), BODY.index("    </area>")
    for area, code in (("", "cap.no_area"), ("<circle>-1,103 2</circle>" * 2, "cap.several_circles")):
        with pytest.raises(Garbled) as wrong:
            read((BODY[start:end], area))
        assert wrong.value.detail == code


def test_a_novel_is_cut() -> None:
    """An operator reads the beginning."""
    assert len(read(("Keterangan kedua.", "panjang " * 2000)).text or "") == 4000
