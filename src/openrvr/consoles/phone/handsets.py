"""What a phone's User-Agent tells: its make."""

from __future__ import annotations

import re
from typing import Literal

Make = Literal["iphone", "android"]


def make_of(user_agent: str) -> Make:
    """Which of the two kinds of help is shown first; an iPad calls itself a Macintosh."""
    return "iphone" if re.search(r"iPhone|iPad|iPod|Macintosh", user_agent) else "android"
