"""The gateway: one internal API in rooms; docs/house.md shows the floors."""
