"""The schema's history: forward only, run by `gateway.db.upgrade` inside one transaction."""
