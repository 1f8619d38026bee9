"""Who may ask: roles, keys, and the guard every route stands behind."""
