"""Incidents: what the centre has taken up, who is told of it, and every picture of it from first to last."""
