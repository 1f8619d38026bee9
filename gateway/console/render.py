"""
Pages: a template, the words in the reader's language, and what every page shows.

    return page(request, "inbox.html", lines=lines)

A template extends `layout.html` and says everything by `t("nav.inbox")`; a POST form begins with
`{{ csrf() }}`. Nothing inline: the policy below lets no inline script or style run.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from . import figures, moments, standing
from .counts import NOTHING, Counts
from .forms import here
from .static_files import address
from .telephone import dialled
from .visitor import Visitor, visitor_of
from .words import Speech, speech_for

POLICY: Final = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
_STANDING = (
    *(standing.state_text, standing.ask_text, standing.alarm_text, standing.no_refusal),
    standing.incident_text,
)


def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    jinja = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters["dialled"] = dialled
    return jinja


_JINJA = _environment()
# One: a second would not make pages sooner, and the event loop would get a third of the time, not half.
_BESIDE = ThreadPoolExecutor(1, thread_name_prefix="console-page")


async def prepare() -> None:
    """Compile every template beside the event loop: a start need not wait for it, and soon no page does."""
    loop = asyncio.get_running_loop()
    for name in _JINJA.list_templates(extensions=["html"]):
        await loop.run_in_executor(_BESIDE, _JINJA.get_template, name)


def page(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Return *template* with *values* as a page; *status* is the HTTP status."""
    html = _JINJA.get_template(template).render(_everywhere(request) | values)
    return HTMLResponse(html, status, headers={"content-security-policy": POLICY})


async def long_page(request: Request, template: str, **values: Any) -> Response:
    """Return the page as `page`, made beside the event loop: 500 lines would hold a bed answer for 30 ms."""
    make = partial(page, request, template, **values)
    return await asyncio.get_running_loop().run_in_executor(_BESIDE, make)


def _everywhere(request: Request) -> dict[str, Any]:
    """Return what every template may use."""
    t, visitor, now = speech_for(request), visitor_of(request), datetime.now(UTC)
    return {
        "t": t,
        "language": t.language,
        "visitor": visitor,
        "csrf": _csrf(visitor),
        "environment": str(request.app.state.settings.environment),
        "counts": _counts(request) if visitor else NOTHING,
        "partner_of": partial(partner_of, request),
        "path": request.url.path,
        "here": here(request),
        "now": now,
        "static": address,
        "beds": partial(figures.sentence, now=now, t=t),
        "source": partial(figures.source, t=t),
        **{each.__name__: partial(each, language=t.language) for each in _STANDING},
        **_times(now, t),
    }


def _times(now: datetime, t: Speech) -> dict[str, Callable[..., Any]]:
    """Return the ways of saying a time: `clock` as text, `age` and `left` kept true by live.js."""

    def ticking(kind: str, say: Callable[..., str], at: datetime | None) -> str:
        text = say(at, now=now, t=t)
        return text if at is None else moments.ticking(kind, at, text)

    return {
        "clock": partial(moments.clock, now=now, t=t),
        "age": partial(ticking, "age", moments.age),
        "left": partial(ticking, "left", moments.left),
    }


def partner_of(request: Request, partner: str) -> Any:
    """Return that partner's name and telephone; one that is in no file any more still has its id."""
    registry = getattr(request.app.state, "registry", None)
    found = registry.partners.get(partner) if registry is not None else None
    return found or SimpleNamespace(name=partner, phone=None)


def _csrf(visitor: Visitor | None) -> Callable[[], Markup]:
    field = Markup('<input type="hidden" name="csrf" value="{}">')
    return lambda: field.format(visitor.csrf) if visitor else Markup("")


def _counts(request: Request) -> Counts:
    """Return what waits as last counted; a page is never held back to count anew."""
    found = getattr(request.app.state, "console_counts", None)
    return found.now if found is not None else NOTHING
