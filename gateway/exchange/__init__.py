"""The guards around every exchange with a partner, written once and in one order."""
