"""The force's policy file, read before anything starts."""

from __future__ import annotations

import os
from pathlib import Path

from openrvr.config.processes.errors import CannotRun
from openrvr.foundation.policy.rules import Policy, PolicyFault, parse

SAMPLE = Path(__file__).resolve().parent.parent / "foundation/policy/sample.toml"


class PolicyUnusable(CannotRun):
    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"the policy file {path} cannot be used. {why}")


def path() -> Path:
    """The file that OPENRVR_POLICY names, else the sample that ships."""
    return Path(os.environ.get("OPENRVR_POLICY") or SAMPLE)


def read() -> Policy:
    """The policy in the file. Raises PolicyUnusable, with a sentence about what to change."""
    try:
        return parse(path().read_text(encoding="utf-8"))
    except (PolicyFault, UnicodeDecodeError) as error:
        raise PolicyUnusable(path(), str(error)) from None
    except OSError as error:
        raise PolicyUnusable(path(), f"{error.strerror}.") from None
