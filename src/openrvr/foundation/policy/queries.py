from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from openrvr.foundation.clock.working_days import ForceCalendar
from openrvr.foundation.policy.rules import Policy, PolicyFault, parse


def policy() -> Policy:
    """The policy in force. A changed file is read again; a faulty one raises PolicyFault."""
    path = Path(settings.POLICY_FILE)
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Policy:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise PolicyFault("The policy file is not UTF-8 text.") from None


def calendar() -> ForceCalendar:
    """The force's working days."""
    force = policy().force
    return ForceCalendar(force.time_zone, force.country, force.subdivision)
