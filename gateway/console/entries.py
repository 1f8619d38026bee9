"""
The declared sets of the pages: opening one leaves what the rooms behind it leave.

A form leaves what the room's own action leaves (each room's entries.py); one that is sent back before it
reaches the room, for a fresh proof or for want of its token, leaves nothing. A duty officer's form is held
against what his agency was told, and that is handed out anew.
"""

from collections.abc import Mapping

# The house tests hold it against a running gateway.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {
    "open the inbox": ("referral.listed", "referral.listed"),
    "open a referral": ("referral.shown",),
    "open the form of a new referral": (),
    "send that form": ("referral.created", "referral.submitted"),
    "open the board": ("capacity.asked",),
    "open the warnings": ("warning.listed", "warning.listed"),
    "open the partners": ("partners.listed",),
    "open one partner": ("notification.listed",),
    "open the incidents": ("incident.listed", "incident.listed"),
    "open the form of a new incident": (),
    "send the form of an incident": ("incident.opened", "notification.accepted"),
    "look at an incident": ("incident.shown",),
    "open the alarms": (),
    "open the duty officer's page": ("inbox.read", "notification.conveyed"),
    "press its button": ("inbox.read", "notification.receipt"),
    "enter a call by a form": ("notification.receipt",),
    "look for a number": ("referral.listed", "incident.listed"),
    "look for a person's number": (),
    "open one's account": (),
    "open the deputies": (),
    "open the ways by which one is woken": ("contact.listed",),
    "decide by a form": ("referral.approved", "referral.asked"),
    "decide without a fresh proof": (),
    "send a form without its token": (),
    "send a form without a session": (),
    "open a page without a session": (),
    "open a page of another role": ("access.refused",),
    "switch the language": (),
    "fetch the style": (),
}
