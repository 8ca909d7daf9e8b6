"""What is wrong with a package."""

from __future__ import annotations


class PackageFault(Exception):
    """The first thing that is wrong with a package, in a sentence."""
