"""The switch of language: a cookie for a year, and back to the page."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import PUBLIC, allow

from .forms import read_form, safe_next
from .guard import ConsoleRoute
from .words import COOKIE, LANGUAGES

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

A_YEAR_S: Final = 31_536_000


@router.post("/bahasa")
@allow(PUBLIC)
async def switch_language(request: Request) -> Response:
    """Remember the language; anything that is not spoken here changes nothing."""
    form = await read_form(request)
    answer = RedirectResponse(safe_next(form.get("next"), otherwise="/"), 303)
    if form.get("bahasa") in LANGUAGES:
        secure = request.url.scheme == "https"
        answer.set_cookie(
            COOKIE, form["bahasa"], max_age=A_YEAR_S, samesite="strict", httponly=True, secure=secure
        )
    return answer
