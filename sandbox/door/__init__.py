"""The one door for trouble: what goes wrong with which partner, how often and for how long."""
