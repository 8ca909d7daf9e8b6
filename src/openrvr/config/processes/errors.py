"""What an operator can put right."""

from __future__ import annotations


class CannotRun(Exception):
    """OpenRVR cannot start or go on. The text is the sentence that the operator reads."""
