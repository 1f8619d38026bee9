"""Every page of the console, in the order in which their addresses are tried."""

from . import (
    account_pages,
    board,
    decisions,
    deputy_pages,
    inbox,
    language,
    live,
    new_referral,
    partners_page,
    referral_page,
    sign_in,
    static_files,
    step_up,
    wake_page,
)

ROUTERS = tuple(
    page.router
    for page in (
        sign_in,
        step_up,
        account_pages,
        deputy_pages,
        inbox,
        new_referral,
        referral_page,
        decisions,
        board,
        partners_page,
        live,
        language,
        static_files,
        wake_page,
    )
)
