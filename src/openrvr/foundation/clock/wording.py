"""Instants and durations in words, in the force's own time zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import dateformat, timezone


def clock_time(instant: datetime | None) -> str:
    """`14:07`; empty for None."""
    return timezone.localtime(instant).strftime("%H:%M") if instant else ""


def clock_with_seconds(instant: datetime) -> str:
    """`14:07:03`."""
    return timezone.localtime(instant).strftime("%H:%M:%S")


def clock_or_day(instant: datetime, now: datetime | None = None) -> str:
    """`14:07` today, `Wed 25 Nov, 14:07` on any other day. now: when it is said, else read."""
    local = timezone.localtime(instant)
    if local.date() == timezone.localtime(now).date():
        return f"{local:%H:%M}"
    # Her pages show it too, in her language.
    return dateformat.format(local, "D j M, H:i")


def day_and_time(instant: datetime | None) -> str:
    """`Sunday 22 November, 14:07`; empty for None."""
    if instant is None:
        return ""
    local = timezone.localtime(instant)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def to_the_second(instant: datetime | None) -> str:
    """`Mon 23 Nov 2026, 12:00:03`: for what is kept for years; empty for None."""
    if instant is None:
        return ""
    local = timezone.localtime(instant)
    return f"{local:%a} {local.day} {local:%b} {local.year}, {local:%H:%M:%S}"


def day(instant: datetime) -> str:
    """`22 November 2032`: for a deadline that is years away."""
    local = timezone.localtime(instant)
    return f"{local.day} {local:%B} {local.year}"


def how_long(span: timedelta) -> str:
    """`1 min 40 s`, `2 h 5 min`, `3 days`: whole units, the two largest at the most."""
    seconds = int(abs(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"
