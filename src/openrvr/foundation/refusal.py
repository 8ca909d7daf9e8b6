"""An action that says no, in a sentence for whoever asked."""

from __future__ import annotations


class Refused(Exception):
    """The base of every refusal: what was asked for cannot be done now, and nothing was changed.

    `status` is the HTTP status that tells it to a page; `details` go with the sentence.
    """

    status = 409

    @property
    def details(self) -> dict[str, str]:
        return {}
