"""People: their accounts, how they prove who they are, their sessions, and who stands in for whom."""
