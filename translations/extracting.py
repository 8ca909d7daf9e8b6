"""Every sentence that she may see, and where it stands: pages, scripts, answers to her phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/openrvr"

_PAGES = (
    "consoles/phone/templates/**/*.html",
    "consoles/phone/templates/**/*.svg",
    "foundation/kit/templates/kit/phone.html",
    "foundation/kit/templates/kit/error.html",
    "foundation/kit/templates/[45]*.html",
)
# Staff pages speak English only, so what Python marks is for her.
_ANSWERS = ("**/*.py",)
_NEVER = ("consoles/control_room", "consoles/officer_desk", "consoles/supervisor", "config/")
# `ngettext` so that it is noticed: languages have up to six forms, and a sentence can do without.
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "jinja2.ext:babel_extract": {"extensions": "jinja2.ext.do", "trim_blocks": "true"},
    "javascript": {"parse_template_string": True},
    "python": {},
}

# The bundles of her pages, as the front end's build names them.
_BUNDLE = re.compile(r'"(consoles/phone/scripts/[\w/]+\.ts)"')
_IMPORT = re.compile(r"""(?:^|\n)(?:import|export)\s(?!type\b)[^;]*?from\s+"([^"]+)";""")
_SHARED = {
    "#kit/": "foundation/kit/scripts/",
    "#call/": "journey/call/scripts/",
    "#evidence/": "journey/evidence/scripts/",
}


class SaidInSeveralForms(ValueError):
    """A sentence depends on a number by `ngettext`: catalogues here have one form of each."""

    def __init__(self, where: Path, line: int) -> None:
        super().__init__(f"{where}:{line} says it in several forms: find words for any number.")


@dataclass(frozen=True)
class Sentence:
    """`said` as it stands in the code; `path` from the source's root."""

    said: str
    path: Path
    line: int

    @property
    def is_said_by_a_script(self) -> bool:
        return self.path.suffix == ".ts"


def sentences() -> list[Sentence]:
    """All of them, one for each place where it stands."""
    found: list[Sentence] = []
    for path in sorted(_files(_PAGES)):
        found += _in(path, "jinja2.ext:babel_extract")
    for path in sorted(_files(_ANSWERS)):
        if not path.relative_to(SOURCE).as_posix().startswith(_NEVER):
            found += _in(path, "python")
    for path in sorted(her_scripts()):
        found += _in(path, "javascript")
    return found


def template() -> Catalog:
    """What each language's catalogue is brought up to date with."""
    catalog = Catalog(project="OpenRVR", fuzzy=False)
    for sentence in sentences():
        flags = ["python-format"] if re.search(r"%\(\w+\)s", sentence.said) else []
        catalog.add(
            sentence.said,
            locations=[(sentence.path.as_posix(), 0)],
            flags=flags,
        )
    return catalog


def her_scripts() -> set[Path]:
    """Every script that a bundle of her pages is made of."""
    bundles = _BUNDLE.findall((ROOT / "frontend/build.mjs").read_text())
    reached: set[Path] = set()
    waiting = [SOURCE / bundle for bundle in bundles]
    while waiting:
        script = waiting.pop()
        if script not in reached:
            reached.add(script)
            waiting += _imported(script)
    return reached


def _imported(script: Path) -> Iterator[Path]:
    for name in _IMPORT.findall(script.read_text(encoding="utf-8")):
        if name.startswith("."):
            yield (script.parent / f"{name}.ts").resolve()
        for prefix, folder in _SHARED.items():
            if name.startswith(prefix):
                yield SOURCE / f"{folder}{name.removeprefix(prefix)}.ts"


def _files(patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from SOURCE.glob(pattern)


def _in(path: Path, method: str) -> Iterator[Sentence]:
    where = path.relative_to(SOURCE)
    for line, said, _, _ in extract_from_file(
        method, path, keywords=_KEYWORDS, options=_OPTIONS[method]
    ):
        if not isinstance(said, str):
            raise SaidInSeveralForms(where, line)
        yield Sentence(said, where, line)
