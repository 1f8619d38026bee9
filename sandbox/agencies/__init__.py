"""Agencies that are told of incidents: a police desk by hand-over contract, three others by webhook."""
