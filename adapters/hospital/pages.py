"""
A search read page by page, believed only as far as it proves itself.

Traps, all seen on real servers (2026-11): a larger total without a `next` link, the same row on
two pages, a page leading back to itself, a `next` link to another host (which would hand our token
over), rows withheld, one odd row spoiling a page. SATUSEHAT's total is the number of entries on
this page, so it is never compared there.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import httpx
from msgspec.structs import replace

from contracts import Garbled

from .moments import moment
from .outcome import error_of
from .structs import Entry, Link, Page, Resource, read_page

PAGE_CAP = 100
ROW_CAP = 20_000
# IssueType codes by which a server says, be it in passing, that this is not the whole answer.
_CUT_OFF = frozenset({"incomplete", "timeout", "throttled", "too-costly"})


@dataclass(slots=True)
class Found:
    """The rows of a search by id; *remarks* say what was odd, *complete* whether any may be missing."""

    rows: dict[str, Resource] = field(default_factory=dict)
    complete: bool = True
    remarks: set[str] = field(default_factory=set)
    left_out: int = 0  # rows that were there but unreadable or withheld
    more: bool = False  # there are further pages that nobody asked for

    def doubt(self, remark: str) -> None:
        """Note that rows may be missing, and why."""
        self.complete = False
        self.remarks.add(remark)

    def merge(self, other: "Found") -> None:
        """Add what another search found."""
        for row in other.rows.values():
            self.add(row)
        self.complete = self.complete and other.complete
        self.remarks |= other.remarks
        self.left_out += other.left_out

    def add(self, row: Resource) -> bool:
        """Keep *row*, of two with the same id the one that changed last; True if the id is new."""
        key = str(row.id)
        known = self.rows.get(key)
        self.rows[key] = row if known is None else _the_newer(known, row)
        if known is not None:
            self.remarks.add("duplicate_rows")
        return known is None


async def read_all(
    ask: Callable[[httpx.URL], Awaitable[bytes]],
    start: httpx.URL,
    *,
    base: httpx.URL,
    kind: str,
    totals: bool,
    pages: int = PAGE_CAP,
) -> Found:
    """
    Read every page from *start* on and return the rows of *kind*; *totals*: the total is meant.

    With fewer *pages* than PAGE_CAP, reading ends there and `more` says whether there were others.
    Raises PartnerError: what *ask* raises, Garbled where a page is no search answer or leads
    elsewhere, and what an OperationOutcome in place of a page means.
    """
    found, seen, total = Found(), set[httpx.URL](), None
    url: httpx.URL | None = start
    while url is not None:
        seen.add(url)
        page, unreadable = read_page(await ask(url))
        _refuse_other_answers(page)
        news = _take(found, page.entry or (), kind, unreadable)
        total = _number(page.total) if total is None else total
        url = _next(page.link or (), url, base)
        if url is not None and (url in seen or not news):
            found.doubt("page_loop")
            return found
        if url is not None and len(seen) >= pages < PAGE_CAP:
            found.more = True
            return found
        if url is not None and (len(seen) >= PAGE_CAP or len(found.rows) >= ROW_CAP):
            found.doubt("page_cap")
            return found
    if totals and total is not None:
        _hold_against(found, total)
    else:
        _doubt_the_end(found, page, start, pages_read=len(seen))
    return found


def _refuse_other_answers(page: Page) -> None:
    if page.resource_type == "Bundle":
        return
    if page.resource_type == "OperationOutcome":
        raise error_of(page.issue or ()) or Garbled("not_a_searchset")
    raise Garbled("not_a_searchset")


def _take(found: Found, entries: Sequence[Entry], kind: str, unreadable: int) -> bool:
    """Sort the entries of one page; False where it brought nothing that was not there before."""
    if unreadable:
        found.left_out += unreadable
        found.doubt("unreadable_row")
    matches, new = 0, 0
    for entry in entries:
        row = entry.resource
        if row is not None and row.resource_type == "OperationOutcome":
            _note_outcome(found, row)
        elif entry.search is not None and entry.search.mode not in (None, "match"):
            continue  # included beside the matches, not asked for
        elif row is None or row.resource_type != kind or row.id is None:
            found.left_out += 1
            found.doubt("unreadable_row")
        else:
            matches += 1
            new += found.add(row)
    return new > 0 or matches == 0


def _note_outcome(found: Found, outcome: Resource) -> None:
    issues = outcome.issue or ()
    if any(issue.code == "suppressed" for issue in issues):
        found.left_out += 1
        found.doubt("suppressed")
    elif any(issue.severity in ("error", "fatal") for issue in issues):
        found.doubt("outcome_error")
    elif any(issue.code in _CUT_OFF for issue in issues):
        found.doubt("outcome_incomplete")


def _next(links: Sequence[Link], here: httpx.URL, base: httpx.URL) -> httpx.URL | None:
    text = next((link.url for link in links if link.relation == "next"), None)
    if not text:
        return None
    try:
        url = here.join(text).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as wrong:
        raise Garbled("next_unreadable") from wrong
    if not _below(url, base):
        raise Garbled("next_elsewhere")
    return url


def _below(url: httpx.URL, base: httpx.URL) -> bool:
    """Say whether *url* stays on the server: same scheme, host, port and path, no other user."""
    root = base.path.rstrip("/")
    inside = url.path == root or url.path.startswith(f"{root}/")
    same_host = (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port)
    return same_host and inside and ".." not in url.path.split("/") and not url.userinfo


def _hold_against(found: Found, total: int) -> None:
    """Compare with the server's own total; more rows than it says is odd, fewer is a missing page."""
    seen = len(found.rows) + found.left_out
    if seen < total:
        found.doubt("page_missing")
    elif seen > total:
        found.remarks.add("total_too_small")


def _doubt_the_end(found: Found, last: Page, start: httpx.URL, *, pages_read: int) -> None:
    """Note why rows may be missing where no total tells."""
    if _is_full(last, start):
        found.doubt("page_full")
    if pages_read > 1 and "duplicate_rows" in found.remarks:
        found.doubt("rows_moved")  # one that moves on to a later page pushes another out of sight


def _is_full(last: Page, start: httpx.URL) -> bool:
    """
    Say whether the last page holds just as many entries as were asked for.

    Without a total to hold the rows against, a forgotten `next` link looks the same.
    """
    asked_for: str | None = start.params.get("_count")
    return asked_for == str(len(last.entry or ()))


def _number(total: int | str | None) -> int | None:
    text = str(total)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _the_newer(known: Resource, row: Resource) -> Resource:
    """Return the one that changed last; where nobody can tell, the row without a state if they disagree."""
    if (known.operational_status, known.status) == (row.operational_status, row.status):
        return row
    before, after = (moment(each.meta.last_updated) if each.meta else None for each in (known, row))
    if before is None or after is None or before == after:
        return replace(row, operational_status=None, status=None)
    return row if after > before else known
