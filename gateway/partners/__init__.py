"""Who the partners are, how they are reached, and how they fare."""
