"""
The declared sets of the pages: opening one leaves what the rooms behind it leave.

A form leaves what the room's own action leaves (gateway/referrals/entries.py, gateway/accounts/entries.py);
one that is sent back before it reaches the room, for a fresh proof or for want of its token, leaves nothing.
"""

from collections.abc import Mapping

# The house tests hold it against a running gateway.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {
    "open the inbox": ("referral.listed", "referral.listed"),
    "open a referral": ("referral.shown",),
    "open the form of a new referral": (),
    "send that form": ("referral.created", "referral.submitted"),
    "open the board": ("capacity.asked",),
    "open the partners": ("partners.listed",),
    "look for a number": ("referral.listed",),
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
