"""`make words` brings the catalogues up to date with the code; `make setup` compiles them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from openrvr.foundation.languages import TRANSLATED
from translations.extracting import SOURCE, sentences, template

CATALOGUES = Path(__file__).parent
# Sentences that are still to be translated into every language, one a line: she reads them in
# English until they are. A release has none.
OWED = CATALOGUES / "owed.txt"
BUILT = SOURCE / "locale"


# What a catalogue says of itself until a professional has signed it off: docs/translations.md.
NOT_CHECKED = "not yet checked by a professional"


def read(code: str) -> Catalog:
    """The catalogue of a language, as its translator left it; empty where there is none."""
    path = CATALOGUES / f"{code}.po"
    if not path.exists():
        return Catalog(locale=code, last_translator=NOT_CHECKED)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def owed() -> list[str]:
    """What nobody has translated yet, and somebody has said so."""
    return OWED.read_text(encoding="utf-8").splitlines()


def update() -> None:
    """Add the sentences that are new, drop those that nobody says any more; say what is to do."""
    said = {each.said for each in sentences()}
    OWED.write_text("".join(f"{each}\n" for each in owed() if each in said), encoding="utf-8")
    for language in TRANSLATED:
        catalog = read(language.code)
        # No guesses from sentences that look alike: each one is for a translator.
        catalog.update(template(), no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        catalog.header_comment = f"# {language.english_name}, as docs/translations.md says."
        catalog.project, catalog.version, catalog.fuzzy = "OpenRVR", "", False
        catalog.msgid_bugs_address = catalog.language_team = ""
        with (CATALOGUES / f"{language.code}.po").open("wb") as file:
            write_po(
                file,
                catalog,
                width=0,
                sort_output=True,
                omit_header=False,
                include_lineno=False,
            )
        missing = sum(1 for message in catalog if message.id and not message.string)
        print(f"{language.english_name}: {missing or 'nothing'} to translate")


def compile_all() -> None:
    """What the service reads: Django's catalogues, and what the scripts of her pages say."""
    said_by_scripts = {each.said for each in sentences() if each.is_said_by_a_script}
    for language in TRANSLATED:
        catalog = read(language.code)
        folder = BUILT / language.code
        (folder / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
        with (folder / "LC_MESSAGES/django.mo").open("wb") as file:
            write_mo(file, catalog)
        words = {
            str(message.id): message.string
            for message in catalog
            if message.id in said_by_scripts and message.string and not message.fuzzy
        }
        (folder / "scripts.json").write_text(
            json.dumps(words, ensure_ascii=False, sort_keys=True), encoding="utf-8"
        )


if __name__ == "__main__":
    {"update": update, "compile": compile_all}[sys.argv[1]]()
