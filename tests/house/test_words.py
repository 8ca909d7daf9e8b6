"""Documents that fail when they lie, and committed files that say what they must not."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from openrvr.foundation.cases.states import State
from openrvr.foundation.people.roles import Role

ROOT = Path(__file__).resolve().parents[2]


def _committed(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_every_setting_from_the_environment_is_documented() -> None:
    text = (ROOT / "docs/running.md").read_text()
    named = set()
    for path in _committed("src/openrvr/*.py"):
        named |= set(
            re.findall(
                r"environ(?:\.get\(|\[)\s*[\"']([A-Z_]+)[\"']|envvar=\"([A-Z_]+)\"",
                path.read_text(),
            )
        )
    names = {name for pair in named for name in pair if name}
    assert {"DATABASE_URL", "NOTIFY_API_KEY", "OPENRVR_TURN_SECRET"} <= names
    ours = {name for name in names if not name.startswith("DJANGO_")}
    missing = {name for name in ours if f"`{name}`" not in text} - {"OPENRVR_DATABASE_ROLE"}
    assert not missing


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/running.md"])
def test_the_make_targets_that_documents_name_exist(document: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`make ([a-z]+)", (ROOT / document).read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("document", ["README.md", "docs/running.md"])
def test_the_commands_that_documents_name_exist(document: str) -> None:
    cli = (ROOT / "src/openrvr/config/cli.py").read_text()
    for command in re.findall(r"openrvr ([a-z]+)", (ROOT / document).read_text()):
        assert f"def {command}(" in cli or f'name="{command}"' in cli, command


def test_every_term_of_a_state_or_a_role_is_in_the_glossary() -> None:
    glossary = (ROOT / "docs/glossary.md").read_text().lower()
    for term in [*State, *Role]:
        assert term.value.replace("_", " ") in glossary or term.value in glossary, term


def test_dependency_files_name_no_host() -> None:
    for path in _committed("requirements/*", "frontend/.npmrc", "frontend/package.json"):
        assert not re.search(r"https?://", path.read_text()), path
    # The lock file names where packages are funded, never where they are fetched.
    assert '"resolved"' not in (ROOT / "frontend/package-lock.json").read_text()


def test_decisions_are_numbered_and_say_what_was_rejected() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    assert numbers == list(range(1, len(numbers) + 1))
    for path in decisions:
        assert "reject" in path.read_text().lower(), path.name
