"""A child that ends when its parent does, however the parent ended."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded now: between fork and exec there is no place for an import or a look-up.
_prctl = ctypes.CDLL(None).prctl


def ends_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `death_signal` to the child when this thread is gone.

    Even a SIGKILL of the parent leaves no process behind. Call it, and start the child, in the
    main thread: the kernel watches the thread, not the process.
    """
    parent = os.getpid()

    def in_child() -> None:
        _prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return in_child
