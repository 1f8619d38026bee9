"""Whom test clients trust, read once: httpx reads the whole list anew for each client, which takes 50 ms."""

import ssl

TRUST = ssl.create_default_context()
