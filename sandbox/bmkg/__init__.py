"""BMKG's public feeds: warnings of weather (RSS and CAP) and earthquakes (JSON). Everything is invented."""
