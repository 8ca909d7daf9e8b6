"""What she reads: all of it in all her languages, in words that a nine-year-old can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from docassemble_textstat import textstat

from openrvr.foundation.languages import TRANSLATED, Language
from openrvr.foundation.policy import rules
from translations.__main__ import NOT_CHECKED, owed, read
from translations.extracting import SOURCE, Sentence, her_scripts, sentences

ROOT = Path(__file__).resolve().parents[2]
SAID = sentences()
ENGLISH = sorted({each.said for each in SAID})
POLICY = rules.parse((SOURCE / "foundation/policy/sample.toml").read_text())
each_language = pytest.mark.parametrize("language", TRANSLATED, ids=lambda each: each.code)

_PLACE = re.compile(r"%\(\w+\)s|\{\w*\}")
# The words for police, abuse and domestic, as somebody over her shoulder would read them.
_TELLING = {
    "en": ("police", "abuse", "domestic"),
    "cy": ("heddlu", "cam-drin", "domestig"),
    "ar": ("شرطة", "عنف", "إساءة", "منزلي"),
    "bn": ("পুলিশ", "নির্যাতন", "পারিবারিক"),
    "bg": ("полиц", "насили", "домашн"),
    "it": ("polizia", "abus", "violenz", "domestic"),
    "pl": ("policj", "przemoc", "domow"),
    "pt": ("polícia", "polici", "abus", "violênc", "doméstic"),
    "pa": ("ਪੁਲਿਸ", "ਪੁਲੀਸ", "ਘਰੇਲੂ", "ਹਿੰਸਾ"),
    "ro": ("poliți", "abuz", "violenț", "domestic"),
    "uk": ("поліц", "насильств", "домашн"),
    "ur": ("پولیس", "تشدد", "گھریلو"),
}


def _places(said: str) -> Counter[str]:
    return Counter(_PLACE.findall(said))


def test_sentences_are_found_where_they_stand() -> None:
    """Were one kind of file no longer looked at, nothing below would notice."""
    kinds = {each.path.suffix for each in SAID}
    assert kinds == {".html", ".svg", ".py", ".ts"}
    assert {"hello.ts", "phone.ts", "sheet.ts", "http.ts", "camera.ts"} <= {
        script.name for script in her_scripts()
    }
    # One line in the code, or several.
    for said in ("Use less data", "This kind of file cannot be sent here."):
        assert any(each.startswith(said) for each in ENGLISH)


def test_her_scripts_say_nothing_without_marking_it() -> None:
    """A label or a heading that is written past `_()` stays English."""
    unmarked = re.compile(r"\b(?:textContent = |title: |label: |words: )(\"[A-Z][^\"]+\")")
    for script in her_scripts():
        assert not unmarked.findall(script.read_text()), script


@each_language
def test_every_sentence_of_hers_is_translated(language: Language) -> None:
    catalog = read(language.code)
    written = {str(each.id): each for each in catalog if each.id}
    assert sorted(written) == ENGLISH, "Run `make words`, and translate what is new."
    missing = {said for said in ENGLISH if not written[said].string or written[said].fuzzy}
    assert not missing - set(owed())


def test_what_is_owed_is_missing_in_every_language() -> None:
    """It is a list of work to do, never a place for a sentence to be forgotten in."""
    assert owed() == sorted(set(owed()))
    for language in TRANSLATED:
        catalog = read(language.code)
        done = [said for said in owed() if said not in catalog or catalog[said].string]
        assert not done, f"{language.english_name} has them: take them off the list."


@each_language
def test_a_translation_has_the_same_places_for_values(language: Language) -> None:
    for message in read(language.code):
        if message.id and message.string:
            assert _places(str(message.string)) == _places(str(message.id)), message.id


@each_language
def test_a_translation_is_in_its_own_script(language: Language) -> None:
    """A sentence that was pasted under the wrong language is noticed, where scripts differ."""
    scripts = {
        "ar": "[\u0600-\u06ff]",
        "ur": "[\u0600-\u06ff]",
        "bn": "[\u0980-\u09ff]",
        "pa": "[\u0a00-\u0a7f]",
        "bg": "[\u0400-\u04ff]",
        "uk": "[\u0400-\u04ff]",
    }
    own = scripts.get(language.code, "[A-Za-z]")
    for message in read(language.code):
        if message.string and _PLACE.sub("", str(message.id)).strip() not in ("", "MB"):
            assert re.search(own, str(message.string)), message.id


@pytest.mark.parametrize("code", sorted(_TELLING))
def test_nothing_on_her_screen_says_what_it_is_about(code: str) -> None:
    if code == "en":
        read_by_her = [*ENGLISH, *POLICY.safety_advice, POLICY.recording_words]
        read_by_her += [each.words for each in POLICY.wordings]
    else:
        words = POLICY.words[code]
        read_by_her = [str(each.string) for each in read(code) if each.id]
        read_by_her += [*words.safety_advice, words.recording, *words.invitation.values()]
    for sentence in read_by_her:
        assert not any(word in sentence.lower() for word in _TELLING[code]), sentence


@each_language
def test_the_table_of_translations_says_who_checked_them(language: Language) -> None:
    """The catalogue's own header and the document for the force say the same."""
    table = (ROOT / "docs/translations.md").read_text()
    checked_by = read(language.code).last_translator
    row = re.search(rf"^\| {language.english_name} \|.*\|$", table, re.MULTILINE)
    assert row, language.english_name
    assert f"`{language.code}`" in row[0]
    assert checked_by.capitalize() in row[0]
    if checked_by != NOT_CHECKED:
        assert re.search(r"\d{4}-\d{2}-\d{2}", row[0]), "Say when it was checked."


# Flesch and Kincaid's grade (Kincaid and others, 1975) is a school year of the United States; a
# child is nine in the fourth.
AGE_NINE = 4.0
# A single sentence measures less surely: of ten words and more it may look three years older.
AGE_TWELVE = 7.0

PAGES = {
    "hello": ("phone/hello.html", "phone/languages.html", "kit/phone.html"),
    "harmless": ("phone/harmless.html", "kit/phone.html"),
    "plain": ("phone/plain.html", "kit/phone.html", "consoles/phone/plain.py"),
    "camera, waiting, call, thanks": ("phone/page.html", "phone/permission.svg", "kit/phone.html"),
    "what her page says by itself": ("phone/scripts/", "call/scripts/", "kit/scripts/"),
    "refusals": (".py",),
    "errors": ("kit/templates/4", "kit/templates/5", "kit/errors.py"),
}


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_nine_year_old_can_read(page: str) -> None:
    told = list(dict.fromkeys(each.said for each in SAID if _stands_on(each, PAGES[page])))
    assert told
    assert _grade(told) <= AGE_NINE, _grade(told)


def test_a_nine_year_old_can_read_what_the_force_says() -> None:
    assert _grade([*POLICY.safety_advice, POLICY.recording_words]) <= AGE_NINE


def test_no_long_sentence_is_hard() -> None:
    hard = [said for said in ENGLISH if len(said.split()) >= 10 and _grade([said]) > AGE_TWELVE]
    assert not hard


def test_the_measure_tells_hard_from_easy() -> None:
    assert _grade(["The officer comes back. Stay here."]) < AGE_NINE
    assert _grade(["Authorisation to utilise audiovisual equipment is a prerequisite."]) > 9


def _stands_on(sentence: Sentence, places: tuple[str, ...]) -> bool:
    path = sentence.path.as_posix()
    return any(place in path for place in places)


def _grade(said: Iterable[str]) -> float:
    whole = " ".join(_as_read(each) for each in said)
    return float(textstat.flesch_kincaid_grade(whole))


def _as_read(said: str) -> str:
    """With a number in each place, and a stop behind a heading or a button."""
    filled = _PLACE.sub("9", said)
    return filled if filled[-1] in ".?!" else f"{filled}."
