"""Everybody who asks something of the house, a room a file; `everybody` puts them in order."""
