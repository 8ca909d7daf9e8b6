"""PostgreSQL refuses to run as root: how a root user runs it all the same."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from openrvr.config.processes.errors import CannotRun

NOBODY = 65534


class CannotDropPrivileges(CannotRun):
    """Neither way of running PostgreSQL without root's rights works on this machine."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"PostgreSQL does not run as root, and without root's rights it cannot reach {path}. "
            "Start OpenRVR as an ordinary user, or move it to where everybody may pass through "
            "(/root is not), or set DATABASE_URL and DATABASE_OWNER_URL."
        )


@dataclass(frozen=True)
class Account:
    """The prefix of a command that runs it without root's rights, and who then owns its files."""

    prefix: tuple[str, ...] = ()
    owner: int | None = None

    def give(self, *paths: Path) -> None:
        """Hands files over, where the account is really another one."""
        if self.owner is not None:
            for path in paths:
                os.chown(path, self.owner, self.owner)

    def check_reach(self, *paths: Path) -> None:
        """Raises `CannotDropPrivileges` for the first path that the account cannot see."""
        for path in paths if self.prefix else ():
            if not _runs((*self.prefix, "test", "-x", str(path))):
                raise CannotDropPrivileges(path)


# A name space of its own: to PostgreSQL it is `nobody`, to the file system it stays root, so no
# file changes hands.
_NAME_SPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
# Where name spaces are forbidden, as in most containers: really `nobody`. Changing the user clears
# the signal that a process gets when its parent dies, so it is asked for again here.
_OTHER_USER = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    f"--pdeathsig={signal.SIGINT.name.removeprefix('SIG')}",
    "--",
)


@functools.cache
def unprivileged() -> Account:
    """The account that PostgreSQL runs as: the present one, unless that is root."""
    if os.geteuid() != 0:
        return Account()
    if _runs((*_NAME_SPACE, "true")):
        return Account(prefix=_NAME_SPACE)
    return Account(prefix=_OTHER_USER, owner=NOBODY)


def _runs(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
