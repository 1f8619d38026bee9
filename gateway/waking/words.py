"""What a wake says: why, and the number of what waits, in the reader's language; nothing of a patient."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

LANGUAGES = ("id", "en")
# Where the matter is seen to, by how its number begins; anything else waits in the inbox.
PAGES = {"r-": "/rujukan/{}", "i-": "/insiden/{}", "n-": "/pemberitahuan/{}"}
DUTY = "alert_waiting"  # wakes a partner's duty officer, who has one page only

_OTHER = "other"  # for a reason nobody has put into words yet: it wakes all the same
_SAMPLE = {"id": "CONTOH: ", "en": "SAMPLE: "}


class Words(NamedTuple):
    """*title* for a lock screen, *text* for a message."""

    title: str
    text: str


@cache
def table() -> Mapping[str, Mapping[str, Words]]:
    """Return the words by reason and language, `{number}` not filled in."""
    read = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return {
        why: {language: Words(*texts) for language, texts in languages.items()}
        for why, languages in read.items()
    }


def worded(why: str, number: str, *, language: str, sample: bool) -> Words:
    """Return the words for *why*, a general sentence for one without; *sample* marks the demo's."""
    languages = table().get(why) or table()[_OTHER]
    title, text = languages[language]
    mark = _SAMPLE[language] if sample else ""
    return Words(mark + title, mark + text.format(number=number))


def link(public_url: str, number: str, *, why: str = "") -> str:
    """Return where in the console the matter is seen to."""
    if why == DUTY:
        return f"{public_url}/kotak"
    return public_url + PAGES.get(number[:2], "/antrean").format(number)
