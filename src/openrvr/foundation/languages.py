"""The languages that her pages speak: one table. No Django here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """`code` is BCP 47 and what <html lang> says; `name` is what the language calls itself."""

    code: str
    name: str
    english_name: str
    right_to_left: bool = False

    @property
    def direction(self) -> str:
        return "rtl" if self.right_to_left else "ltr"


ENGLISH = Language("en", "English", "English")

# In the order in which she finds them: the two of England and Wales, then by their English names.
# "pa" is Punjabi in Gurmukhi; whoever writes it in Shahmukhi as a rule reads Urdu
# (docs/translations.md).
LANGUAGES = (
    ENGLISH,
    Language("cy", "Cymraeg", "Welsh"),
    Language("ar", "العربية", "Arabic", right_to_left=True),
    Language("bn", "বাংলা", "Bengali"),
    Language("bg", "Български", "Bulgarian"),
    Language("it", "Italiano", "Italian"),
    Language("pl", "Polski", "Polish"),
    Language("pt", "Português", "Portuguese"),
    Language("pa", "ਪੰਜਾਬੀ", "Punjabi"),
    Language("ro", "Română", "Romanian"),
    Language("uk", "Українська", "Ukrainian"),
    Language("ur", "اردو", "Urdu", right_to_left=True),
)
TRANSLATED = LANGUAGES[1:]

_BY_CODE = {language.code: language for language in LANGUAGES}


def is_spoken(code: str) -> bool:
    """Whether her pages can be drawn in it."""
    return code in _BY_CODE


def language_of(code: str) -> Language:
    """The language of a page for whoever speaks `code`; English for one that no page speaks.

    Regions make no difference: `pt-BR` is Portuguese, and Django's `en-gb` is English.
    """
    return _BY_CODE.get(code.split("-", maxsplit=1)[0].lower(), ENGLISH)
