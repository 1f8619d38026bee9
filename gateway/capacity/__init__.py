"""Which hospital has room: the picture of all beds, kept fresh in the background, ranked for a need."""
