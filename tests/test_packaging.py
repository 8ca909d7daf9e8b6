from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PINNED = sorted((ROOT / "requirements").glob("*.txt"))


def test_the_package_asks_for_what_the_requirements_pin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = (ROOT / "requirements" / "base.in").read_text().splitlines()
    assert project["dependencies"] == [line for line in listed if line and line[0] != "#"]


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_everything_is_pinned_with_a_hash_and_without_an_address(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"://|^-|@ ", text, re.MULTILINE)
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9-]+(\[.*\])?==\S+( ;.*)? \\\n +--hash=sha256:", requirement)


def test_the_base_and_its_builders_are_the_same_releases_in_development() -> None:
    everything = (ROOT / "requirements" / "dev.txt").read_text()
    for path in PINNED:
        for release in re.findall(r"^\S+==\S+", path.read_text(), re.MULTILINE):
            assert f"{release} " in everything
