"""One action: one transaction, and what it says about itself written in one go at its end.

An action tells several screens and adds several lines to the log. Written one by one, they were
more than half of the statements between an officer's press on Answer and the picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import groupby

from django.db import transaction
from django.db.models import Model

_gathered: ContextVar[list[Model] | None] = ContextVar("gathered", default=None)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """All of the block, or nothing of it; also a decorator: `@unit_of_work()`.

    Within another one it is a part of that. What a part has written is gone with it when it fails,
    also where the whole goes on.
    """
    outer = _gathered.get()
    if outer is not None:
        before = len(outer)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            del outer[before:]
            raise
        return
    rows: list[Model] = []
    token = _gathered.set(rows)
    try:
        with transaction.atomic():
            yield
            _insert(rows)
    finally:
        _gathered.reset(token)


def write(*rows: Model) -> None:
    """Insert rows that nothing in the same unit of work reads back: at its end, in this order."""
    gathered = _gathered.get()
    if gathered is None:
        _insert(list(rows))
    else:
        gathered.extend(rows)


def _insert(rows: list[Model]) -> None:
    # Tables apart, the order of each kept: it is the order of the chain, and of the streams.
    for _, of_one in groupby(sorted(rows, key=_table), key=_table):
        same = list(of_one)
        type(same[0])._default_manager.bulk_create(same)


def _table(row: Model) -> str:
    return row._meta.db_table
