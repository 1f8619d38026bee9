"""Every text on every ground it can stand on: 7:1 or better, in daylight colours and in dark ones."""

import re

import pytest

from gateway.console.static_files import files

CSS = files()["console.css"].decode()
ENOUGH, ENOUGH_FOR_LINES = 7.0, 3.0

# Which text stands on which ground; lines and focus rings need only be seen.
TEXTS = [
    *(("text", ground) for ground in ("page", "raised")),
    *(("soft", ground) for ground in ("page", "raised")),
    *((colour, ground) for colour in ("link", "good-text", "grave-text") for ground in ("page", "raised")),
    *((f"on-{ground}", ground) for ground in ("action", "good", "grave", "warn")),
]
LINES = [("line", "page"), ("line", "raised"), ("focus", "page"), ("focus", "raised")]


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


LIGHT = _colours(CSS.partition("@media")[0])
DARK = LIGHT | _colours(CSS.partition("prefers-color-scheme: dark")[2].partition("box-sizing")[0])


def _luminance(colour: str) -> float:
    """Return the relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_itself() -> None:
    """Black on white is 21, and the well-known grey is just 4.5."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_is_readable_in_sunlight(scheme: dict[str, str], text: str, ground: str) -> None:
    """AAA: a phone in the sun loses most of its contrast."""
    assert contrast(scheme[text], scheme[ground]) >= ENOUGH


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_borders_and_focus_are_seen(scheme: dict[str, str], line: str, ground: str) -> None:
    """WCAG 2.2, 1.4.11 and 2.4.13."""
    assert contrast(scheme[line], scheme[ground]) >= ENOUGH_FOR_LINES


def test_no_colour_stands_outside_the_two_palettes() -> None:
    """A colour written elsewhere would escape the table above."""
    rules = re.sub(r":root \{[^}]*\}", "", CSS)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules) == []
    assert set(LIGHT) == set(DARK)


def test_nothing_to_touch_is_smaller_than_44_pixels() -> None:
    """Every min-height of something to press, as written (the browser tests measure the rest)."""
    heights = [int(each) for each in re.findall(r"(?:min-height|height): (\d+)px", CSS)]
    assert min(each for each in heights if each not in (1, 28)) >= 44  # 1: hidden; 28: a box inside its label
