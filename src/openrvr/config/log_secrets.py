"""Keeps the secrets that stand in addresses out of the log.

A link, a victim's or a guest's, is good for whoever taps it first; Django logs the address of each
request that it refuses, and of each that fails.
"""

from __future__ import annotations

import logging
import re

_SECRETS = (
    (re.compile(r"(/[sg]/)[^\s?&'\"<>]+"), r"\1…"),
    (re.compile(r"([?&]t=)[^\s&'\"<>]+"), r"\1…"),
)


class WithoutSecrets(logging.Formatter):
    """Writes a line as any formatter does, stack trace included, without links and tokens."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret, instead in _SECRETS:
            line = secret.sub(instead, line)
        return line
