"""The local time of Jambi."""

from datetime import timedelta, timezone

# Asia/Jakarta has had one fixed offset since 1964 and no daylight saving; a fixed zone needs no tz database.
WIB = timezone(timedelta(hours=7), "WIB")
