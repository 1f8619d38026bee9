"""The list of what is in force: RSS 2.0, one item for each province that is warned."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from adapters.cap.hardened import tree
from contracts import Garbled

# "C", two letters of the province, the day, a number: seen so far. What it means is not relied upon.
_CODE = "[A-Za-z0-9]{5,40}"


class Item(NamedTuple):
    """
    One listed warning: *name* is its CAP identifier, *link* None where it leads elsewhere than it may.

    An item whose *name* and *published* are as before is the same text as before.
    """

    name: str
    link: str | None
    published: str
    title: str


def items_of(body: bytes, *, base: str, language: str) -> tuple[Item, ...]:
    """Return what is listed, an empty list being an answer as well. Raises Garbled."""
    root = tree(body)
    channel = root.find("channel") if root.tag == "rss" else None
    if channel is None:
        raise Garbled("no_rss")
    allowed = re.compile(rf"{re.escape(base)}/alerts/nowcast/{language}/{_CODE}_alert\.xml")
    return tuple(_items(channel.findall("item"), allowed))


def nearest_first(items: Sequence[Item], near: str | None) -> list[Item]:
    """Return *items* with those first whose title names *near*."""
    return sorted(items, key=lambda item: near is None or near.lower() not in item.title.lower())


def _items(elements: Any, allowed: re.Pattern[str]) -> Iterator[Item]:
    for number, element in enumerate(elements, 1):
        link, guid, published, title = (_text(element, name) for name in ("link", "guid", "pubDate", "title"))
        followed = link if allowed.fullmatch(link) else None
        yield Item(guid or f"item {number}", followed, published, title)


def _text(element: Any, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())
