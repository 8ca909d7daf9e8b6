"""The paper of a witness statement, read back with a program that did not write it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfoNotFoundError

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from openrvr.journey.evidence.statement.pdf import (
    CannotTypeset,
    Drawn,
    SigningEvent,
    Statement,
    TypedName,
    as_pdf,
    can_be_set,
)

SIGNED = datetime(2026, 7, 14, 14, 42, 7, tzinfo=UTC)
DECLARATION = "This statement is true to the best of my knowledge and belief."
STATEMENT = Statement(
    case_reference="26/0031187",
    version=2,
    force_name="North Wessex Police",
    witness="Amira Haddad-Jones",
    language="en-GB",
    declaration_language="en-GB",
    declaration=DECLARATION,
    paragraphs="He came home at nine.\n\nHe pushed me against the door.",
    place="By video, from her sister's home",
    taken_by="PC 4411 Rhys Morgan",
    corrects="version 1 of 14 July 2026, 15:02:11 BST: a date was wrong",
    events=(
        SigningEvent(SIGNED - timedelta(minutes=9), "Statement read out", "PC 4411"),
        SigningEvent(SIGNED, "Signature drawn", "Amira Haddad-Jones"),
    ),
    signature=Drawn((((0.1, 0.5), (0.3, 0.2), (0.6, 0.7)), ((0.8, 0.1),))),
    signed_at=SIGNED,
    time_zone="Europe/London",
    exhibit_reference="AHJ/1",
)
URDU, BENGALI, PUNJABI = "ہیلو میں نے", "আমার নাম", "ਮੇਰਾ ਨਾਮ"
FONTS = Path("/usr/share/fonts")


def test_it_says_what_was_stated_declared_and_signed_in_that_order() -> None:
    text = " ".join(_text(STATEMENT).split())
    parts = (
        "Statement of Amira Haddad-Jones",
        "Case reference 26/0031187",
        "Exhibit reference AHJ/1",
        "Version 2",
        "Corrects version 1 of 14 July 2026, 15:02:11 BST: a date was wrong",
        "Made at By video, from her sister's home",
        "Taken by PC 4411 Rhys Morgan",
        f"Declaration {DECLARATION}",
        "Statement He came home at nine. He pushed me against the door.",
        "Signature Name Amira Haddad-Jones Signed 14 July 2026, 15:42:07 BST",
        "How this was signed",
        "14 July 2026, 15:33:07 BST Statement read out PC 4411",
        "14 July 2026, 15:42:07 BST Signature drawn Amira Haddad-Jones",
        "Times are those of Europe/London: BST is UTC+01:00.",
    )
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def test_every_page_bears_the_case_the_version_and_its_number() -> None:
    pages = _read(replace(STATEMENT, paragraphs="\n".join(["A line of hers."] * 120))).pages
    assert len(pages) >= 3
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        assert "North Wessex Police" in text
        assert "Case 26/0031187, version 2" in text
        assert f"Page {number} of {len(pages)}" in text
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)  # A4


def test_the_same_statement_gives_the_same_bytes() -> None:
    paper = as_pdf(STATEMENT)
    assert as_pdf(STATEMENT) == paper
    assert as_pdf(replace(STATEMENT, paragraphs="He came home at ten.")) != paper
    assert _read(STATEMENT).metadata["/CreationDate"] == "D:20260714144207Z"


def test_it_is_an_archival_and_accessible_pdf() -> None:
    reader = _read(STATEMENT)
    root = reader.root_object
    assert _identification(reader) == {"part": {"2", "1"}, "conformance": {"A"}}
    assert not reader.is_encrypted
    (intent,) = root["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert b"acsp" in intent["/DestOutputProfile"].get_data()[:64]  # an ICC profile
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == (
        "Witness statement of Amira Haddad-Jones, case 26/0031187, version 2"
    )
    # Nothing that runs or is fetched.
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & {*root}


def test_all_fonts_are_inside() -> None:
    fonts = [
        font.get_object()["/DescendantFonts"][0]["/FontDescriptor"]
        for page in _read(STATEMENT).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & {*font} for font in fonts)


def test_it_can_be_read_aloud() -> None:
    tags = [*_tags(STATEMENT)]
    kinds = [tag["/S"] for tag in tags]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 4
    assert kinds.count("/TH") == 3
    (figure,) = (tag for tag in tags if tag["/S"] == "/Figure")
    assert figure["/Alt"] == "Signature, drawn by hand by Amira Haddad-Jones"


def test_her_words_are_in_her_language() -> None:
    welsh = replace(STATEMENT, language="cy-GB", paragraphs="Daeth adref am naw. Tŷ, ŵyr.")
    assert "Daeth adref am naw. Tŷ, ŵyr." in _text(welsh)
    languages = [tag["/Lang"] for tag in _tags(welsh) if "/Lang" in tag]
    assert languages == ["cy-GB"]
    declared = replace(welsh, declaration_language="cy-GB", declaration="Mae hyn yn wir.")
    languages = [tag["/Lang"] for tag in _tags(declared) if "/Lang" in tag]
    assert languages == ["cy-GB"] * 2  # the declaration and the statement


def test_a_script_that_no_font_at_hand_draws_is_told_beforehand() -> None:
    assert can_be_set("Mae'r datganiad hwn yn wir. Це правда. Złożono ță.")
    assert not any(can_be_set(words) for words in (BENGALI, PUNJABI))


def test_a_signature_is_drawn_or_typed() -> None:
    typed = replace(STATEMENT, signature=TypedName("A. Haddad #strong[x]"))
    assert "A. Haddad #strong[x]" in _text(typed)
    assert "Name typed by the witness" in _text(typed)
    assert "Drawn by hand by the witness, on a screen" in _text(STATEMENT)
    # Lines, not pixels.
    assert not any(page.images for page in _read(STATEMENT).pages)
    assert as_pdf(replace(STATEMENT, signature=Drawn((((0.5, 0.5),),)))) != as_pdf(STATEMENT)


@pytest.mark.parametrize("strokes", [(), ((),), (((0.5, 1.1),),), (((float("nan"), 0.5),),)])
def test_a_signature_that_is_none(strokes: Any) -> None:
    with pytest.raises(ValueError, match="signature"):
        Drawn(strokes)


MARKUP = r"""#import "evil.typ": *
$x^2$ *bold* _italic_ `raw` ~ -- --- ...
back\slash \u{41} \ "quoted" 'single'
= Heading
- list
+ number
/ term: word
@label <label> https://example.org
// comment /* comment */
#eval("1 + 1") #panic() #sys.inputs
  two  spaces   and more"""


def test_what_looks_like_markup_is_what_she_wrote() -> None:
    lines = _text(replace(STATEMENT, paragraphs=MARKUP)).splitlines()
    assert [line for line in lines if line in MARKUP.splitlines()] == MARKUP.splitlines()


@pytest.mark.parametrize("field", ["witness", "place", "taken_by", "declaration", "corrects"])
def test_no_other_field_is_markup_either(field: str) -> None:
    changed: dict[str, Any] = {field: '#x $y$ *z* \\ "q"'}
    text = " ".join(_text(replace(STATEMENT, **changed)).split())
    assert '#x $y$ *z* \\ "q"' in text


def test_what_cannot_be_seen_is_shown_by_its_number() -> None:
    text = _text(replace(STATEMENT, paragraphs="a\x00b\x07c\x1bd\x7fe\ufefff\u202eg\ue000h\uffff."))
    assert ("a⟨U+0000⟩b⟨U+0007⟩c⟨U+001B⟩d⟨U+007F⟩e⟨U+FEFF⟩f⟨U+202E⟩g⟨U+E000⟩h⟨U+FFFF⟩.") in "".join(
        text.split()
    )
    assert "a    b" in _text(replace(STATEMENT, paragraphs="a\tb"))


def test_any_ending_of_a_line_begins_a_paragraph_and_empty_ones_stay_empty() -> None:
    text = _text(replace(STATEMENT, paragraphs="\n\none\r\ntwo\rthree\n\n\n\nfour\n"))
    assert "one\ntwo\nthree\nfour\n" in text
    assert "Statement\nSignature" in _text(replace(STATEMENT, paragraphs=""))


def test_a_long_statement_comes_out_whole() -> None:
    words = [f"word{number}" for number in range(2500)]
    text = " ".join(words)
    assert len(text) > 20_000
    assert _between_the_headings(replace(STATEMENT, paragraphs=text)) == text.replace(" ", "")


@pytest.mark.parametrize("paragraph", ["x" * 400, "a\u00a0b" * 150])
def test_a_word_without_an_end_stays_on_the_page(paragraph: str) -> None:
    endless = replace(STATEMENT, paragraphs=paragraph, witness="y" * 100)
    assert _between_the_headings(endless) == "".join(paragraph.split())
    assert "y" * 100 in "".join(_text(endless).split())
    assert max(x for page in _read(endless).pages for x in _lefts(page)) < 595 - 70  # 25 mm


@pytest.mark.parametrize(
    "text", ["Zażółć gęślą jaźń", "Їжак, ґанок, єдність", "Ελλάδα", "Tiếng Việt", "“She” said … €£"]
)
def test_scripts_that_typst_carries_fonts_for(text: str) -> None:
    assert text in _text(replace(STATEMENT, paragraphs=text))


def test_a_line_of_hebrew_begins_on_the_right() -> None:
    (page,) = _read(replace(STATEMENT, paragraphs="שלום", events=())).pages
    assert max(_lefts(page, "ם")) > 400


@pytest.mark.parametrize(
    ("text", "script", "package"),
    [
        (URDU, "Arabic", "fonts-noto-core"),
        (BENGALI, "Bengali", "fonts-noto-core"),
        (PUNJABI, "Gurmukhi (Punjabi)", "fonts-noto-core"),
        ("中文", "Chinese", "fonts-noto-cjk"),
        ("he sent 🔪", "Symbols", "fonts-noto-color-emoji"),
    ],
)
def test_a_script_without_a_font_is_named_and_never_drawn_as_boxes(
    text: str, script: str, package: str
) -> None:
    with pytest.raises(CannotTypeset, match=package) as refusal:
        as_pdf(replace(STATEMENT, paragraphs=text))
    assert refusal.value.script == script


def test_more_fonts_draw_more_scripts(tmp_path: Path) -> None:
    font = next(FONTS.rglob("DejaVuSans.ttf"), None)
    if font is None:
        pytest.skip("DejaVu Sans is missing: apt-get install fonts-dejavu-core")
    nko = replace(STATEMENT, paragraphs="ߒߞߏ")
    with pytest.raises(CannotTypeset, match="the Nko script"):
        as_pdf(nko)
    (tmp_path / font.name).write_bytes(font.read_bytes())
    assert as_pdf(nko, [tmp_path]) == as_pdf(nko, [tmp_path])


def test_a_zone_without_letters_is_told_by_its_distance() -> None:
    text = _text(replace(STATEMENT, time_zone="Asia/Dubai"))
    assert "14 July 2026, 18:42:07 UTC+04:00" in text
    assert "Times are those of Asia/Dubai." in text


def test_what_the_caller_has_to_get_right() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        as_pdf(replace(STATEMENT, signed_at=SIGNED.replace(tzinfo=None)))
    with pytest.raises(ValueError, match="not the tag of a language"):
        as_pdf(replace(STATEMENT, language="English"))
    with pytest.raises(ZoneInfoNotFoundError):
        as_pdf(replace(STATEMENT, time_zone="Europe/Wessex"))


def _read(statement: Statement) -> Any:
    return PdfReader(io.BytesIO(as_pdf(statement)))


def _text(statement: Statement) -> str:
    return "\n".join(page.extract_text() for page in _read(statement).pages)


def _between_the_headings(statement: Statement) -> str:
    """Her words without spaces, and without what stands on every page."""
    pages = [page.extract_text().splitlines()[1:-1] for page in _read(statement).pages]
    lines = [line for page in pages for line in page]
    return "".join("".join(lines[lines.index("Statement") + 1 : lines.index("Signature")]).split())


def _lefts(page: Any, of: str = "") -> list[float]:
    """Where pieces of text begin, in points from the left of the page."""
    found: list[float] = []

    def note(text: str, at: list[float], within: list[float], *_: object) -> None:
        if text.strip() and of in text:
            found.append(at[4] * within[0] + within[4])

    page.extract_text(visitor_text=note)
    return found


def _tags(statement: Statement) -> Iterator[Any]:
    """The structure that a screen reader goes through, depth first."""
    waiting = [_read(statement).root_object["/StructTreeRoot"]["/K"]]
    while waiting:
        element = waiting.pop(0).get_object()
        if isinstance(element, ArrayObject):
            waiting[:0] = element
        elif isinstance(element, DictionaryObject) and "/S" in element:
            yield element
            if "/K" in element:
                waiting.insert(0, element["/K"])


def _identification(reader: Any) -> dict[str, set[str]]:
    """What the XMP says that the file is: of pdfaid and pdfuaid."""
    found: dict[str, set[str]] = {}
    xmp = reader.root_object["/Metadata"].get_data()
    for element in ET.fromstring(xmp).iter():
        space, _, name = element.tag.removeprefix("{").partition("}")
        if space in {"http://www.aiim.org/pdfa/ns/id/", "http://www.aiim.org/pdfua/ns/id/"}:
            found.setdefault(name, set()).add(str(element.text))
    return found
