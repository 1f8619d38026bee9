"""Notifications: what partners are told, until it has arrived and a person has confirmed it."""
