"""What both kinds of hospital server share: outcomes, checks, JSON Patch and the shelf of Locations."""
