"""CPU seconds, as Linux counts them."""

from __future__ import annotations

import os
from pathlib import Path


def cpu_with_children(process: int) -> float:
    """What a process and all its descendants have used."""
    total = cpu(process)
    for thread in Path(f"/proc/{process}/task").iterdir():
        try:
            children = (thread / "children").read_text().split()
        except OSError:
            continue
        total += sum(cpu_with_children(int(child)) for child in children)
    return total


def cpu(process: int) -> float:
    """What a process has used, with its children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    # utime, stime, and those of children that have ended: fields 14 to 17 of proc(5).
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
