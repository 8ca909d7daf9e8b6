"""Whether she can read the force's own words in her language."""

from __future__ import annotations

from typing import Any

from django.core import checks

from openrvr.foundation.languages import language_of
from openrvr.foundation.policy.queries import policy


def words_are_translated(**_: Any) -> list[checks.CheckMessage]:
    """What is missing is shown in English: that must be somebody's decision."""
    return [
        checks.Warning(
            f"The policy file has no words in {language_of(code).english_name} for"
            f" {', '.join(missing)}: she reads them in English.",
            hint=f"Write them under [words.{code}]; sample.toml shows how.",
        )
        for code, missing in policy().untranslated.items()
    ]
