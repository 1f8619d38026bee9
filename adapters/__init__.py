"""One folder per kind of partner; the gateway finds a folder by the `kind` in partners.toml."""
