"""The custody log: whatever was changed in it afterwards is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrvr.journey.evidence.custody.chain import (
    GENESIS,
    ChainFault,
    Entry,
    Signed,
    canonical,
    read,
    sign,
    verified,
)
from openrvr.journey.evidence.custody.keys import PublicKeys, SigningKey

KEY = SigningKey(bytes(range(32)))
KEYS = PublicKeys([KEY.public])
EXHIBIT = "7d0c5f5e-0000-4000-8000-000000000001"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def log(length: int = 5, *, key: SigningKey = KEY) -> list[Signed]:
    entries: list[Signed] = []
    for number in range(1, length + 1):
        entry = Entry(
            exhibit=EXHIBIT,
            position=number,
            at=NOON + timedelta(seconds=2 * number),
            by={"kind": "account", "id": "1", "label": "Olive Example"},
            what="slice",
            details={"index": number, "sha256": f"{number:064x}", "final": number == length},
        )
        entries.append(sign(entry, previous=entries[-1].hash if entries else GENESIS, key=key))
    return entries


def check(entries: list[Signed]) -> list[Signed]:
    return list(verified(entries, exhibit=EXHIBIT, keys=KEYS))


def test_what_was_written_verifies_and_survives_being_stored() -> None:
    assert [read(each.as_json()) for each in check(log())] == log()


def test_the_form_is_fixed() -> None:
    """Packages are verified years later, by other programs too: this must never change."""
    assert canonical({"b": 1, "a": ["ü", True, None]}) == '{"a":["ü",true,null],"b":1}'.encode()
    assert log(1)[0].entry.canonical().decode() == (
        '{"at":"2026-11-23T12:00:02.000000Z","by":{"id":"1","kind":"account","label":"Olive'
        ' Example"},"details":{"final":true,"index":1,"sha256":"' + "0" * 63 + '1"},"exhibit":"'
        + EXHIBIT + '","position":1,"what":"slice"}'
    )  # fmt: skip
    assert (
        log(1)[0].hash.hex() == "9d4aff4d4bd3c0795cf7f8c0969db0e0fdcd1ba21bebd8833613f312827cc2df"
    )


@pytest.mark.parametrize("position", range(1, 6))
def test_a_dropped_entry_is_found(position: int) -> None:
    entries = log()
    del entries[position - 1]
    if position == 5:
        assert check(entries)[-1].hash != log()[-1].hash  # Only the head can tell.
        return
    with pytest.raises(ChainFault, match=f"Entry {position} is missing"):
        check(entries)


@pytest.mark.parametrize("first", range(4))
def test_two_that_changed_places_are_found(first: int) -> None:
    entries = log()
    entries[first], entries[first + 1] = entries[first + 1], entries[first]
    with pytest.raises(ChainFault, match=f"Entry {first + 1} is missing"):
        check(entries)


@given(st.integers(0, 4), st.integers(0, 4))
def test_an_altered_entry_is_found_by_name(number: int, field: int) -> None:
    entries = log()
    was = entries[number]
    entries[number] = (
        replace(was, entry=replace(was.entry, details={"index": 99})),
        replace(was, entry=replace(was.entry, at=NOON)),
        replace(was, entry=replace(was.entry, by={"kind": "account", "id": "2", "label": "X"})),
        replace(was, hash=bytes(32)),
        replace(was, signature=bytes(64)),
    )[field]
    with pytest.raises(ChainFault, match=f"Entry {number + 1} "):
        check(entries)


def test_whoever_rewrites_the_log_lacks_the_key() -> None:
    with pytest.raises(ChainFault, match="does not bear a signature"):
        check(log(key=SigningKey(bytes(32))))


def test_an_entry_of_another_exhibit_is_found() -> None:
    with pytest.raises(ChainFault, match="another exhibit"):
        list(verified(log(), exhibit="another", keys=KEYS))


@pytest.mark.parametrize("stored", [{}, {"entry": []}, {"entry": {"exhibit": 1}}])
def test_what_cannot_be_read_is_a_fault(stored: dict[str, object]) -> None:
    with pytest.raises(ChainFault, match="cannot be read"):
        read(stored)
