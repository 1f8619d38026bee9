"""
What may become of a referral, written a second time from issue 6, state by state; nothing is imported.

A line is an event, who may bring it about (D dispatcher, O operator, A approver, H a hospital, G the gateway
itself) and the state that follows.
"""

BY_STATE = {
    "draft": """
        submit DO submitted
        break_glass DOA unconfirmed
        worsened DOA unconfirmed
        cancel DOA cancelled
    """,
    "submitted": """
        approve A approved
        approve_by_telephone O approved
        reject A rejected
        run_out G expired
        break_glass DOA unconfirmed
        worsened DOA unconfirmed
        cancel DOA cancelled
    """,
    "rejected": """
        submit DO submitted
        worsened DOA unconfirmed
        cancel DOA cancelled
    """,
    "expired": """
        submit DO submitted
        approve_by_telephone O approved
        worsened DOA unconfirmed
        cancel DOA cancelled
    """,
    "approved": """
        conveyed HG sent
        unsure G unconfirmed
        choose DOAG accepted
        all_declined G declined
        ask DOA approved
        worsened DOA approved
        depart_unanswered DO under_way
        arrive DO arrived
        cancel DOA cancelled
    """,
    "sent": """
        conveyed HG sent
        unsure G sent
        choose DOAG accepted
        all_declined G declined
        ask DOA sent
        worsened DOA sent
        depart_unanswered DO under_way
        arrive DO arrived
        cancel DOA cancelled
    """,
    "unconfirmed": """
        conveyed HG sent
        unsure G unconfirmed
        choose DOAG accepted
        all_declined G declined
        ask DOA unconfirmed
        worsened DOA unconfirmed
        depart_unanswered DO under_way
        arrive DO arrived
        cancel DOA cancelled
    """,
    "accepted": """
        fell_through HGO unconfirmed
        worsened DOA accepted
        depart DO under_way
        arrive DOH arrived
        cancel DOA cancelled
    """,
    "declined": """
        choose DOAG accepted
        ask DOA unconfirmed
        worsened DOA unconfirmed
        depart_unanswered DO under_way
        arrive DO arrived
        cancel DOA cancelled
    """,
    "under_way": """
        worsened DOA under_way
        arrive DOH arrived
        cancel DOA cancelled
    """,
    "arrived": "",
    "cancelled": """
        worsened DOA unconfirmed
    """,
}
PARTIES = {"D": "dispatcher", "O": "operator", "A": "approver", "H": "hospital", "G": "gerbang"}

GRID = {
    (state, event, PARTIES[letter]): then
    for state, lines in BY_STATE.items()
    for event, letters, then in (line.split() for line in lines.strip().splitlines())
    for letter in letters
}
EVENTS = sorted({event for _, event, _ in GRID})
STEPS = {(state, event): then for (state, event, _), then in GRID.items()}
