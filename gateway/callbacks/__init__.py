"""Partners call us: a hospital says that something has changed, and is read at once."""
