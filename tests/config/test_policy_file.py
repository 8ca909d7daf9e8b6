from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from openrvr.config.cli import app
from openrvr.config.policy_file import PolicyUnusable, read


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b'version = "x"', "says nothing about 'force'"),
        (b"version =", "not a TOML file"),
        (b"\xff\xfe", "utf-8"),
        (None, "No such file"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_faulty_policy_is_told_before_anything_starts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    text: bytes | None,
    sentence: str,
) -> None:
    path = tmp_path / "policy.toml"
    if text is not None:
        path.write_bytes(text)
    monkeypatch.setenv("OPENRVR_POLICY", str(path))
    with pytest.raises(PolicyUnusable, match=sentence):
        read()
    outcome = CliRunner().invoke(app, [command, "--data", str(tmp_path / "data")])
    assert isinstance(outcome.exception, PolicyUnusable)
    assert not (tmp_path / "data").exists()
