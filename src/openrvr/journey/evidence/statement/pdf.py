"""A witness statement, frozen as a PDF that can be kept.

PDF/A-2a (ISO 19005-2, level A: archival, tagged, text as Unicode) and PDF/UA-1 (ISO 14289-1: to be
read aloud). Typst refuses to write a file that would be neither; in particular it refuses a
character that no font at hand can draw, where others print a box.

Typst carries fonts for the Latin, Greek, Cyrillic and Hebrew scripts. For others, give the folders
of more fonts. Debian has them: `fonts-noto-core` (Arabic, Bengali, Gurmukhi, Devanagari and most
others), `fonts-noto-cjk` (Chinese, Japanese, Korean), `fonts-noto-color-emoji`.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst

from openrvr.foundation.refusal import Refused

STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
PAD = 3
"""How many times as wide as high the field is in which a signature is drawn; see statement.typ."""

_TEMPLATE = Path(__file__).with_name("statement.typ")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_LANGUAGE = re.compile(r"(?P<lang>[A-Za-z]{2,3})(-[A-Za-z]{4})?(-(?P<region>[A-Za-z]{2}))?(-.*)?")
_NEW_LINE = re.compile(r"\r\n|\r|\n")

_FONT = "Libertinus Serif"
_FONTS_OF_SCRIPTS = (
    "Noto Naskh Arabic",
    "Noto Serif Bengali",
    "Noto Serif Gurmukhi",
    "Noto Serif Devanagari",
    "Noto Serif Gujarati",
    "Noto Serif Tamil",
    "Noto Serif CJK SC",
)
"""Book faces, where they are there; typst finds some other font for what these do not draw."""
_FONTS_OF_LANGUAGES = {"ur": "Noto Nastaliq Urdu"}
"""Where a language is not read in its script's usual hand."""

_PROBE = b'#set document(title: "words")\n#sys.inputs.words'
_UNDRAWN = re.compile(r'the text `"(?P<text>.+?)"` could not be displayed', re.DOTALL)
_MOST_SCRIPTS, _EMOJI = "fonts-noto-core", "fonts-noto-color-emoji"
_SCRIPTS = {
    "Cjk": ("Chinese", "fonts-noto-cjk"),
    "Hiragana": ("Japanese", "fonts-noto-cjk"),
    "Katakana": ("Japanese", "fonts-noto-cjk"),
    "Hangul": ("Korean", "fonts-noto-cjk"),
    "Gurmukhi": ("Gurmukhi (Punjabi)", _MOST_SCRIPTS),
}
"""By the first word of a letter's Unicode name: what people call it, and Debian's package.

A script that is not here goes by that word and is in the package that has most."""
_OVERRIDES = {"\u202d", "\u202e"}
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class SigningEvent:
    """A step towards the signature: when, what happened, who did it."""

    at: datetime
    what: str
    by: str


@dataclass(frozen=True)
class TypedName:
    """A signature made by typing a name."""

    name: str


@dataclass(frozen=True)
class Drawn:
    """A signature drawn with a finger or a pen.

    A stroke is the way of the pen from down to up. Points are (x, y) from the upper left corner of
    a field that is PAD times as wide as high, each a part of the field's width or height: 0 to 1.
    Raises ValueError for points outside, and where nothing was drawn.
    """

    strokes: tuple[tuple[tuple[float, float], ...], ...]

    def __post_init__(self) -> None:
        if not self.strokes or not all(self.strokes):
            raise ValueError("A drawn signature has strokes, and each stroke has points.")
        numbers = [number for stroke in self.strokes for point in stroke for number in point]
        if not all(math.isfinite(number) and 0 <= number <= 1 for number in numbers):
            raise ValueError("The points of a signature lie between 0 and 1.")


@dataclass(frozen=True)
class Statement:
    """All that stands on the paper.

    `version` counts from 1. `language` is a BCP 47 tag, of the words of the witness, `paragraphs`;
    `declaration_language` is one, of the force's words above her signature. In both a new line
    begins a paragraph. `corrects` says which version this one replaces, and why. Instants are
    aware; the paper shows them in `time_zone`, an IANA name.
    """

    case_reference: str
    version: int
    force_name: str
    witness: str
    language: str
    declaration: str
    declaration_language: str
    paragraphs: str
    place: str
    taken_by: str
    corrects: str | None
    events: tuple[SigningEvent, ...]
    signature: TypedName | Drawn
    signed_at: datetime
    time_zone: str
    exhibit_reference: str


class CannotTypeset(Refused):
    """No font at hand can draw something in the statement. `script` says of what kind it is."""

    def __init__(self, text: str) -> None:
        character = text[0]
        name = unicodedata.name(character, f"U+{ord(character):04X}")
        if unicodedata.category(character)[0] in "LM":
            word = re.split("[ -]", name)[0].capitalize()
            self.script, package = _SCRIPTS.get(word, (word, _MOST_SCRIPTS))
            what = f"letters of the {self.script} script"
        else:
            self.script, package = "Symbols", f"{_EMOJI} or {_MOST_SCRIPTS}"
            what = f"the symbol “{name.lower()}”"
        super().__init__(
            f"The statement cannot be made into a paper: this server has no font for {what} "
            f"({text}). Whoever looks after the server can install {package}."
        )


def as_pdf(statement: Statement, fonts: Sequence[Path] = ()) -> bytes:
    """The statement as a PDF/A-2a; the same statement and fonts give the same bytes.

    `fonts` are folders of fonts beyond typst's own; those of the machine are never looked for,
    as the same statement would not look the same elsewhere.

    Words come out as they are, but for tabs, which are four spaces wide, and for what cannot be
    seen: control characters, and those that turn the order of letters round, are written as their
    number, ⟨U+0007⟩.

    Raises CannotTypeset; ValueError for an instant without a zone or a language tag that is none;
    ZoneInfoNotFoundError.
    """
    found = _found(tuple(fonts))
    try:
        return typst.compile(
            _TEMPLATE.read_bytes(),
            format="pdf",
            sys_inputs={"statement": _inputs(statement, set(found.families()))},
            font_paths=found,
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            timestamp=int(statement.signed_at.timestamp()),
        )
    except typst.TypstError as error:
        undrawn = _UNDRAWN.search(error.message)
        if undrawn is None:
            raise
        raise CannotTypeset(undrawn["text"]) from error


@lru_cache(maxsize=64)
def can_be_set(words: str) -> bool:
    """Whether the fonts at hand draw all of `words`: typst's own draw Latin, Greek and Cyrillic."""
    try:
        typst.compile(
            _PROBE,
            sys_inputs={"words": words},
            font_paths=_found(()),
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            format="pdf",
        )
    except typst.TypstError as error:
        if _UNDRAWN.search(error.message) is None:
            raise
        return False
    return True


@lru_cache(maxsize=4)
def _found(folders: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(each) for each in folders])


def _inputs(statement: Statement, families: set[str]) -> str:
    """What the template reads: strings ready to be set, and no markup."""
    zone = ZoneInfo(statement.time_zone)
    instants = [statement.signed_at, *(event.at for event in statement.events)]
    language = _language(statement.language)
    return json.dumps(
        {
            "title": _shown(
                f"Witness statement of {statement.witness}, case {statement.case_reference}, "
                f"version {statement.version}"
            ),
            "case_reference": _shown(statement.case_reference),
            "version": statement.version,
            "force": _shown(statement.force_name),
            "witness": _shown(statement.witness),
            "language": language,
            "fonts": _fonts(language["lang"], families),
            "declaration": _paragraphs(statement.declaration),
            "declaration_language": _language(statement.declaration_language),
            "text": _paragraphs(statement.paragraphs),
            "place": _shown(statement.place),
            "taken_by": _shown(statement.taken_by),
            "corrects": None if statement.corrects is None else _shown(statement.corrects),
            "exhibit_reference": _shown(statement.exhibit_reference),
            "signature": _signature(statement.signature),
            "signed_at": _instant(statement.signed_at, zone),
            "times": _times(instants, zone),
            "events": [
                {"at": _instant(event.at, zone), "what": _shown(event.what), "by": _shown(event.by)}
                for event in statement.events
            ],
        }
    )


def _signature(signature: TypedName | Drawn) -> dict[str, Any]:
    if isinstance(signature, TypedName):
        return {
            "kind": "typed",
            "name": _shown(signature.name),
            "words": "Name typed by the witness",
        }
    return {
        "kind": "drawn",
        "strokes": signature.strokes,
        "words": "Drawn by hand by the witness, on a screen",
    }


def _language(tag: str) -> dict[str, str | None]:
    """Language and region of a BCP 47 tag, as typst takes them."""
    parts = _LANGUAGE.fullmatch(tag)
    if parts is None:
        raise ValueError(f"“{tag}” is not the tag of a language.")
    region = parts["region"]
    return {"lang": parts["lang"].lower(), "region": region.upper() if region else None}


def _fonts(language: str | None, families: set[str]) -> list[str]:
    wanted = (_FONT, _FONTS_OF_LANGUAGES.get(language or "", ""), *_FONTS_OF_SCRIPTS)
    return [each for each in wanted if each in families]


def _paragraphs(text: str) -> list[dict[str, object]]:
    return [
        {"text": _shown(line), "rtl": _is_right_to_left(line), "tall": _is_tall(line)}
        for line in _NEW_LINE.split(text)
    ]


def _is_right_to_left(line: str) -> bool:
    """By the first letter that has a direction (UAX 9, rules P2 and P3).

    Not by the language: Punjabi, for one, is written in either direction.
    """
    directions = (unicodedata.bidirectional(each) for each in line)
    return next((each != "L" for each in directions if each in {"L", "R", "AL"}), False)


def _is_tall(line: str) -> bool:
    """Whether letters rise and fall further than those of Latin, Greek and Cyrillic do."""
    return any(
        each.isalpha() and not unicodedata.name(each, "").startswith(("LATIN", "GREEK", "CYRILLIC"))
        for each in line
        if not each.isascii()
    )


def _shown(text: str) -> str:
    return "".join(_seen(each) for each in text.replace("\t", " " * 4))


def _seen(character: str) -> str:
    is_code = unicodedata.category(character) in {"Cc", "Co", "Cs"} and character != "\n"
    # PDF/A takes no byte order mark and no noncharacter; an override would let a sentence read
    # otherwise than it was written.
    if is_code or character in _OVERRIDES | {_BYTE_ORDER_MARK} or _is_no_character(character):
        return f"⟨U+{ord(character):04X}⟩"
    return character


def _is_no_character(character: str) -> bool:
    """The Unicode Standard, section 23.7."""
    code = ord(character)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _instant(at: datetime, zone: ZoneInfo) -> str:
    if at.tzinfo is None:
        raise ValueError("An instant on a statement needs a time zone.")
    local = at.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M:%S} {_zone(local)}"


def _zone(local: datetime) -> str:
    """`BST`; the distance from UTC where the zone has no letters of its own."""
    letters = local.tzname() or ""
    return letters if letters.isalpha() else _distance(local)


def _distance(local: datetime) -> str:
    """`UTC+01:00`."""
    hours_and_minutes = f"{local:%z}"
    return f"UTC{hours_and_minutes[:3]}:{hours_and_minutes[3:5]}"


def _times(instants: Sequence[datetime], zone: ZoneInfo) -> str:
    locals_ = [each.astimezone(zone) for each in instants]
    named = dict.fromkeys((_zone(each), _distance(each)) for each in locals_)
    told = "; ".join(f"{name} is {distance}" for name, distance in named if name != distance)
    return f"Times are those of {zone.key}{': ' + told if told else ''}."
