"""The table of states, written a second time by hand: state, then what each event leads to and for whom."""

PEOPLE = ("dispatcher", "operator")

# state: event: (who, then)
BY_STATE: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "proposed": {
        "update": (PEOPLE, "proposed"),
        "link": (PEOPLE, "proposed"),
        "accept": (PEOPLE, "open"),
        "dismiss": (PEOPLE, "dismissed"),
        "revise": (("gerbang",), "proposed"),
        "withdraw": (("gerbang",), "dismissed"),
    },
    "open": {
        "update": (PEOPLE, "open"),
        "tell": (PEOPLE, "open"),
        "link": (PEOPLE, "open"),
        "close": (PEOPLE, "closed"),
        "cancel": (PEOPLE, "cancelled"),
        "merge": (PEOPLE, "merged"),
        "take_over": (PEOPLE, "open"),
    },
    "closed": {"link": (PEOPLE, "closed")},
    "cancelled": {"link": (PEOPLE, "cancelled")},
    "merged": {"link": (PEOPLE, "merged")},
    "dismissed": {},
}

GRID = {
    (state, event, party): then
    for state, events in BY_STATE.items()
    for event, (parties, then) in events.items()
    for party in parties
}
