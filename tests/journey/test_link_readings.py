"""How a call was carried: what pages say of it is kept as it is, once, or refused."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError

from openrvr.foundation.cases.models import Case
from openrvr.journey.call import actions as calls
from openrvr.journey.call.link import actions as link
from openrvr.journey.call.link import queries
from openrvr.journey.call.link.readings import MOST_AT_ONCE, NotAReading, read, summed
from openrvr.journey.call.models import EndedBy, LinkReading, Side
from tests.story import Story


def said(**other: Any) -> dict[str, Any]:
    """What a page sends of five seconds in which all is well."""
    return {
        "id": str(uuid.uuid4()),
        "ago": 0.5,
        "seconds": 5.0,
        "state": "live",
        "rung": "video",
        "route": "direct",
        "bars": 3,
        "round_trip_ms": 40,
        "lost": 0.0,
        "lost_there": 0.01,
        "in_kbps": 600,
        "out_kbps": 380,
        "stood": 0.0,
        "pictures": 100,
        "width": 640,
        "height": 480,
    } | other


def test_what_a_page_reads_is_kept_once_by_the_services_clock(story: Story) -> None:
    story.live()
    given = read([said(ago=10.0), said(ago=5.0), said(ago=0.0, round_trip_ms=None)])
    now = story.later(20)
    assert link.note(story.call.pk, Side.PHONE, given, now=now) == 3
    # Its answer was lost, and it is sent again, later.
    link.note(story.call.pk, Side.PHONE, given, now=story.later(25))
    rows = list(LinkReading.objects.all())
    assert [(now - row.at).total_seconds() for row in rows] == [10, 5, 0]
    assert [row.round_trip_ms for row in rows] == [40, 40, None]


def test_what_is_not_of_the_call_is_left_out(story: Story) -> None:
    story.wrapped_up()
    ended = story.call
    ended.refresh_from_db()
    assert ended.ended_at
    before = read([said(ago=3600.0)])
    assert link.note(ended.pk, Side.DESK, before, now=ended.ended_at) == 0
    # The last ones come when the page has heard that it is over.
    last = read([said(ago=1.0)])
    assert link.note(ended.pk, Side.DESK, last, now=ended.ended_at + timedelta(seconds=2)) == 1
    late = read([said(ago=1.0)])
    assert link.note(ended.pk, Side.DESK, late, now=ended.ended_at + timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "readings",
        [1],
        [said(id="x")],
        [said(seconds=-1.0)],
        [said(seconds=float("nan"))],
        [said(seconds=True)],
        [said(lost=1.1)],
        [said(bars=4)],
        [said(route="203.0.113.9")],
        [said(state="ended")],
        [said(pictures="many")],
        [{"id": str(uuid.uuid4())}],
        [said() for _ in range(MOST_AT_ONCE + 1)],
    ],
)
def test_garbage_is_refused(wrong: Any) -> None:
    with pytest.raises(NotAReading):
        read(wrong)


def test_nobody_alters_the_log(story: Story) -> None:
    story.live()
    link.note(story.call.pk, Side.PHONE, read([said()]), now=story.later(10))
    with pytest.raises(ProgrammingError, match="permission denied"):
        LinkReading.objects.update(bars=3)


def test_it_is_summed_up() -> None:
    of = summed(
        read(
            [
                said(bars=3, stood=0.0, round_trip_ms=40),
                said(bars=3, stood=0.5, round_trip_ms=60, lost=0.04, route="relay-tls"),
                said(bars=1, rung="sound", stood=5.0, round_trip_ms=300),
                said(bars=0, state="silent", round_trip_ms=None, route="unknown", lost=1.0),
            ]
        )
    )
    assert of
    assert (of.good, of.fair, of.poor, of.nothing) == (0.5, 0, 0.25, 0.25)
    # Where there is no picture none stands still; where nothing comes nothing is lost.
    assert of.stood == pytest.approx(0.5 / 15)
    assert of.lost == pytest.approx((0.01 + 0.04 + 0.01) / 3)
    assert (of.round_trip_ms, of.routes) == (60, ("direct", "relay-tls"))
    assert summed([]) is None


def test_a_case_shows_each_side_of_each_call(story: Story) -> None:
    story.live()
    given = [said(ago=20.0), said(ago=15.0), said(ago=10.0, bars=1), said(ago=0.0, bars=3)]
    link.note(story.call.pk, Side.PHONE, read(given), now=story.later(30))
    (one,) = queries.of_case(Case.objects.get(pk=story.case.pk))
    (side,) = one.sides
    assert side.name == "Her phone"
    # Where nothing was read, nothing is drawn: between 60 and 80 percent.
    assert side.strip == [(0, 40, 3), (40, 20, 1), (80, 20, 3)]


def test_the_room_knows_of_poor_connections_while_they_last(story: Story) -> None:
    story.live()
    now = story.later(30)
    assert (queries.share_good(now), queries.poor_now(now)) == (None, 0)
    link.note(story.call.pk, Side.PHONE, read([said(ago=5.0), said(bars=1)]), now=now)
    link.note(story.call.pk, Side.DESK, read([said(bars=0)]), now=now)
    assert (queries.share_good(now), queries.poor_now(now)) == (0.5, 1)
    assert queries.poor_now(now + timedelta(minutes=1)) == 0
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=now)
    assert queries.poor_now(now) == 0
