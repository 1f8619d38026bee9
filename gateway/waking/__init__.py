"""Waking people: whom, by which way, until somebody has taken the message over."""
