"""Every page of the console, in the order in which their addresses are tried."""

from . import (
    account_pages,
    alarm_pages,
    board,
    decisions,
    deputy_pages,
    duty_pages,
    inbox,
    incident_acts,
    incident_list,
    incident_page,
    language,
    live,
    new_incident,
    new_referral,
    partner_page,
    partners_page,
    referral_page,
    search_page,
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
        search_page,
        duty_pages,
        alarm_pages,
        incident_list,
        new_incident,
        incident_page,
        incident_acts,
        new_referral,
        referral_page,
        decisions,
        board,
        partners_page,
        partner_page,
        live,
        language,
        static_files,
        wake_page,
    )
)
