"""Warnings of weather and earth: read from their authority, and proposed as incidents where they touch us."""
