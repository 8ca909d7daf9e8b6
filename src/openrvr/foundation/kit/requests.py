"""Reading what a page sent, with a sentence for what is not understood."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from openrvr.foundation.refusal import Refused


class NotUnderstood(Refused):
    """The request is not what a page of ours would send."""

    status = 400

    def __init__(self, what: str = "") -> None:
        super().__init__(what or _("The request could not be understood."))


def json_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that a page's script sent."""
    try:
        body = json.loads(request.body)
    except ValueError:
        raise NotUnderstood from None
    if not isinstance(body, dict):
        raise NotUnderstood
    return body


def text(body: dict[str, Any], name: str, *, longest: int = 300) -> str:
    """A string from the body; absent is empty."""
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise NotUnderstood(f"“{name}” is not what it should be.")
    return value.replace("\x00", "")


def flag(body: dict[str, Any], name: str) -> bool:
    """A yes or no from the body; absent is no."""
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise NotUnderstood(f"“{name}” is not what it should be.")
    return value


def identifier(body: dict[str, Any], name: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(body[name]))
    except (KeyError, ValueError):
        raise NotUnderstood(f"“{name}” is not what it should be.") from None
