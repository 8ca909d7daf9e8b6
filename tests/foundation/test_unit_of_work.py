"""One action, one transaction: what it tells and what it logs goes with it, all or nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.people.actors import service
from openrvr.foundation.unit_of_work import unit_of_work


class Failed(Exception):
    pass


def _says(word: str) -> None:
    now = timezone.now()
    audit.record(word, by=service("tests"), now=now)
    live.publish("desk.tests", word, now=now)


def _said() -> tuple[set[str], set[str]]:
    lines = AuditLine.objects.values_list("action", flat=True)
    return set(lines), set(LiveEvent.objects.values_list("kind", flat=True))


@pytest.mark.django_db
def test_all_that_is_said_is_written_with_one_statement_a_table() -> None:
    with CaptureQueriesContext(connection) as asked, unit_of_work():
        for word in ("one", "two", "three"):
            _says(word)
    inserts = [each["sql"] for each in asked.captured_queries if "INSERT" in each["sql"]]
    assert len(inserts) == 2
    assert _said() == ({"one", "two", "three"}, {"one", "two", "three"})


@pytest.mark.django_db
def test_a_part_that_fails_says_nothing_and_the_whole_goes_on() -> None:
    @unit_of_work()
    def fails() -> None:
        _says("part")
        raise Failed

    with unit_of_work():
        _says("before")
        with pytest.raises(Failed):
            fails()
        _says("after")
    assert _said() == ({"before", "after"}, {"before", "after"})


@pytest.mark.django_db
def test_a_whole_that_fails_says_nothing_and_the_next_one_begins_empty() -> None:
    with pytest.raises(Failed), unit_of_work():
        _says("lost")
        raise Failed
    _says("alone")
    with unit_of_work():
        _says("next")
    assert _said() == ({"alone", "next"}, {"alone", "next"})
