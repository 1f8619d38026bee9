"""Administrative areas by their Kemendagri codes: where a point lies, what an area is called."""
