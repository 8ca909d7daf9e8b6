"""The media plane's own seat on the channel of a call."""

from __future__ import annotations

# What whoever drives the media plane hears.
STREAM = "media"
