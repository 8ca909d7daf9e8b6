"""Finding what the evidence store holds of one exhibit, and deleting it.

By the store's own list and not by rows: a process that was killed before it wrote the row has left
a piece that no row names.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import Storage, storages

from openrvr.journey.evidence.models import Exhibit


def delete_everything_of(exhibit: Exhibit) -> None:
    """Delete whatever lies under an exhibit's name. Twice is once; nothing there is no fault."""
    store = storages["evidence"]
    for name in list(_all_in(str(exhibit.pk), store)):
        store.delete(name)


def _all_in(folder: str, store: Storage) -> Iterator[str]:
    try:
        folders, files = store.listdir(folder)
    except FileNotFoundError:
        return
    for each in folders:
        yield from _all_in(f"{folder}/{each}", store)
    for each in files:
        yield f"{folder}/{each}"
