"""The page of an exhibit and what it plays: who may, what is sent, what is logged, how cheaply."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import Call, EndedBy
from openrvr.journey.evidence import copies, markers
from openrvr.journey.evidence.models import CustodyEntry, Exhibit, Track, WorkingCopy
from openrvr.journey.evidence.player import files, looking
from openrvr.journey.evidence.player.page import exhibit_page, summaries
from openrvr.journey.evidence.player.ranges import NotSatisfiable, Part, asked_for
from tests.consoles.conftest import Desk
from tests.journey.evidence.films import film
from tests.journey.evidence.test_package import record
from tests.story import Story

Sit = Callable[[Account], Desk]
SECONDS = 4


@pytest.fixture
def recorded(story: Story) -> Story:
    """A call of six seconds, four of which are kept, with a marker."""
    story.now = timezone.now() - timedelta(minutes=10)
    story.live()
    began = story.now
    record(story, "officer", film(SECONDS), ended="hung_up")
    record(story, "victim", film(SECONDS), ended="network")
    markers.mark(story.call.pk, "injury", by=story.officer, now=story.later(2))
    story.now = began
    calls.hang_up(
        story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.later(6)
    )
    return story


@pytest.fixture
def exhibit(recorded: Story) -> Exhibit:
    return Exhibit.objects.get(call=recorded.call)


@pytest.fixture
def made(exhibit: Exhibit) -> WorkingCopy:
    """The copy of her track."""
    found = copies.bring_up_to_date(exhibit.tracks.get(person="victim"), now=timezone.now())
    assert found
    return found


@pytest.fixture
def desk(at_desk: Sit, officer: Account) -> Desk:
    return at_desk(officer)


def page_of(exhibit: Exhibit) -> str:
    return f"/evidence/exhibits/{exhibit.pk}/"


def copy_of(track: Track) -> str:
    return f"/evidence/tracks/{track.pk}/copy"


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


# What is sent -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=0-99", Part(0, 100)),
        ("bytes=10-19", Part(10, 20)),
        ("bytes=10-", Part(10, 100)),
        ("bytes=10-5000", Part(10, 100)),
        ("bytes=-10", Part(90, 100)),
        ("bytes=-5000", Part(0, 100)),
        ("BYTES=1-1", Part(1, 2)),
        # Not a valid single range: as if it had not been there.
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("bytes=a-b", None),
        ("bytes 0-1", None),
        ("seconds=0-1", None),
        ("bytes=1٣-", None),
        ("bytes=" + "9" * 40 + "-", None),
    ],
)
def test_ranges(header: str, part: Part | None) -> None:
    assert asked_for(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_ranges_of_which_nothing_exists(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        asked_for(header, 100)


@given(st.text() | st.from_regex(r"bytes=\d*-\d*", fullmatch=True), st.integers(0, 1000))
def test_whatever_is_asked_for_lies_within(header: str, size: int) -> None:
    try:
        part = asked_for(header, size)
    except NotSatisfiable:
        return
    assert part is None or 0 <= part.since < part.until <= size


def test_a_copy_is_sent_whole_or_in_the_parts_asked_for(desk: Desk, made: WorkingCopy) -> None:
    path = copy_of(made.track)
    answer = desk.get(path, headers={"Accept-Encoding": "gzip, br"})
    whole = body(answer)
    assert answer.status_code == 200
    assert len(whole) == made.size == int(answer["Content-Length"])
    assert (answer["Content-Type"], answer["Accept-Ranges"]) == (made.media_type, "bytes")
    assert answer["Content-Encoding"] == "identity"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    for asked, since, until in (
        ("bytes=0-9", 0, 10),
        ("bytes=7-", 7, made.size),
        ("bytes=-5", made.size - 5, made.size),
    ):
        part = desk.get(path, headers={"Range": asked})
        assert part.status_code == 206
        assert part["Content-Range"] == f"bytes {since}-{until - 1}/{made.size}"
        assert part["Content-Encoding"] == "identity"
        assert body(part) == whole[since:until]


def test_what_does_not_exist_or_cannot_be_read(desk: Desk, made: WorkingCopy) -> None:
    path = copy_of(made.track)
    beyond = desk.get(path, headers={"Range": f"bytes={made.size}-"})
    assert beyond.status_code == 416
    assert beyond["Content-Range"] == f"bytes */{made.size}"
    assert desk.get(path, headers={"Range": "bytes=x"}).status_code == 200


def test_a_part_of_another_file_is_not_mixed_in(desk: Desk, made: WorkingCopy) -> None:
    path = copy_of(made.track)
    tag = desk.get(path)["ETag"]
    same = {"Range": "bytes=0-9", "If-Range": tag}
    assert desk.get(path, headers=same).status_code == 206
    assert desk.get(path, headers={**same, "If-Range": '"another"'}).status_code == 200
    assert desk.get(path, {"slices": made.slices}).status_code == 200
    assert desk.get(path, {"slices": made.slices + 1}).status_code == 404
    assert desk.get(path, {"slices": "all"}).status_code == 200


def test_nobody_holds_a_thread_by_asking_for_everything(
    desk: Desk, made: WorkingCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST_PART", 100)
    answer = desk.get(copy_of(made.track), headers={"Range": "bytes=50-"})
    assert answer["Content-Range"] == f"bytes 50-149/{made.size}"
    assert len(answer.content) == 100


def test_a_copy_that_is_not_made_yet_is_told_and_asked_for(
    desk: Desk, exhibit: Exhibit, recorded: Story
) -> None:
    track = exhibit.tracks.get(person="victim")
    missing = desk.get(copy_of(track), headers={"Accept": "application/json"})
    assert missing.status_code == 404
    assert "not been made yet" in missing.json()["error"]
    asked = page_of(exhibit) + "copies"
    takes = desk.get(asked).json()["takes"]
    assert [(take["url"], take["isWhole"]) for take in takes] == [(None, False), (None, False)]
    before = _jobs()
    # By two people at once, or by one who loads the page again: each is made once.
    assert desk.sends(asked, {}).status_code == 200
    assert desk.sends(asked, {}).status_code == 200
    assert _jobs() == before + 2
    assert all(take["isBeingMade"] for take in desk.get(asked).json()["takes"])
    made = copies.bring_up_to_date(track, now=timezone.now())
    assert made
    [there] = [take for take in desk.get(asked).json()["takes"] if take["isWhole"]]
    assert there["url"] == f"{copy_of(track)}?slices={made.slices}"
    assert desk.get(there["url"]).status_code == 200


def _jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'evidence.copy'")
        return int(cursor.fetchone()[0])


# Who, and what is logged ------------------------------------------------------------------------


def test_who_may_look(at_desk: Sit, exhibit: Exhibit, made: WorkingCopy) -> None:
    may = {Role.OFFICER, Role.SUPERVISOR, Role.SPECIALIST, Role.INFORMATION_MANAGER}
    for role in Role:
        account = Account.objects.create(username=role, name="W", shown_as="W", roles=[role.value])
        sitting = at_desk(account)
        for path in (page_of(exhibit), page_of(exhibit) + "copies", copy_of(made.track)):
            assert sitting.get(path).status_code == (200 if role in may else 403), (role, path)


def test_opening_and_playing_are_logged_with_who_and_when(
    desk: Desk, exhibit: Exhibit, made: WorkingCopy, officer: Account
) -> None:
    for _ in range(3):
        desk.get(page_of(exhibit))
        desk.get(copy_of(made.track), headers={"Range": "bytes=0-9"})
    for what in (looking.OPENED, looking.PLAYED):
        entry = CustodyEntry.objects.get(exhibit=exhibit, what=what)
        assert (entry.by_id, entry.by_label) == (str(officer.pk), officer.name)
        line = AuditLine.objects.get(action=f"evidence.{what}")
        assert line.details["exhibit"] == exhibit.reference
    page = desk.get(page_of(exhibit)).content.decode()
    assert "Opened" in page
    assert "Played" in page


def test_it_is_logged_again_after_five_minutes_and_for_each_person(
    exhibit: Exhibit, officer: Account, supervisor: Account
) -> None:
    now = timezone.now()
    looking.note_opened(exhibit, by=officer, now=now)
    looking.note_opened(exhibit, by=officer, now=now + timedelta(minutes=4))
    looking.note_opened(exhibit, by=supervisor, now=now + timedelta(minutes=4))
    looking.note_opened(exhibit, by=officer, now=now + timedelta(minutes=6))
    assert CustodyEntry.objects.filter(what=looking.OPENED).count() == 3


def test_what_was_not_sent_was_not_played(desk: Desk, exhibit: Exhibit, made: WorkingCopy) -> None:
    desk.get(page_of(exhibit))
    desk.get(copy_of(made.track), headers={"Range": "bytes=99999999-"})
    desk.get(copy_of(exhibit.tracks.get(person="officer")))
    assert not CustodyEntry.objects.filter(what=looking.PLAYED).exists()


def test_what_was_destroyed_is_told_and_its_log_is_kept(
    desk: Desk, exhibit: Exhibit, made: WorkingCopy
) -> None:
    Exhibit.objects.update(wrapped_key=None)
    for path in (copy_of(made.track), page_of(exhibit) + "copies"):
        gone = desk.get(path, headers={"Accept": "application/json"})
        assert gone.status_code == 410
        assert gone.json()["error"].endswith("was destroyed when its time was over.")
    page = desk.get(page_of(exhibit)).content.decode()
    assert "was destroyed" in page
    assert "player-data" not in page
    assert "Begun" in page
    assert not CustodyEntry.objects.filter(what=looking.PLAYED).exists()


# What the page shows ----------------------------------------------------------------------------


def test_the_page_has_gaps_markers_what_she_was_told_and_the_log(
    desk: Desk, exhibit: Exhibit, recorded: Story
) -> None:
    page = desk.get(page_of(exhibit)).content.decode()
    exhibit.refresh_from_db()
    for words in (
        "Nothing was received from her: network, 2\u00a0s",
        "Nothing was received from the officer: hanging up, 2\u00a0s",
        "Injury shown",
        "The call is recorded, picture and sound",
        "Begun",
        "slices received and receipted",
        "Marked: Injury shown",
        "Call ended",
        bytes(exhibit.head).hex(),
    ):
        assert words in page, words


def test_that_nothing_came_of_a_node_that_was_to_record_is_told(
    desk: Desk, exhibit: Exhibit, recorded: Story
) -> None:
    words = "A media node was to record this call, too"
    assert words not in desk.get(page_of(exhibit)).content.decode()
    Call.objects.filter(pk=recorded.call.pk).update(recorded_since=recorded.call.started_at)
    assert words in desk.get(page_of(exhibit)).content.decode()


def test_the_player_knows_takes_gaps_and_markers_in_seconds_of_the_call(
    exhibit: Exhibit, made: WorkingCopy
) -> None:
    player = exhibit_page(exhibit, now=timezone.now())["player"]
    assert player["seconds"] == 6
    assert [(each["at"], each["words"]) for each in player["markers"]] == [(2, "Injury shown")]
    victim, officer = player["people"]
    assert (victim["person"], officer["person"]) == ("victim", "officer")
    [take] = victim["takes"]
    assert (take["since"], take["until"], take["hasPicture"], take["captions"]) == (
        0,
        4,
        True,
        None,
    )
    assert take["isWhole"]
    assert [(gap["since"], gap["until"], gap["isEverything"]) for gap in victim["gaps"]] == [
        (4, 6, True)
    ]
    assert officer["takes"][0]["url"] is None


def test_more_slices_and_more_entries_cost_no_more_statements(
    story: Story, recorded: Story, exhibit: Exhibit, desk: Desk
) -> None:
    desk.get(page_of(exhibit))  # the look is logged once
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(page_of(exhibit))
    other = Story(story.call_taker, story.officer, story.now).live(number="07700 900124")
    for ended in ("network", "network", "hung_up"):
        record(other, "victim", film(SECONDS), ended=ended)
    markers.mark(other.call.pk, "injury", by=other.officer, now=other.now)
    longer = Exhibit.objects.get(call=other.call)
    desk.get(page_of(longer))
    with CaptureQueriesContext(connection) as many:
        desk.get(page_of(longer))
    assert len(few) == len(many) <= 12


def test_a_live_call_has_no_gap_where_the_last_slices_are_on_their_way(story: Story) -> None:
    story.now = timezone.now() - timedelta(minutes=1)
    story.live()
    record(story, "victim", film(SECONDS), ended="")
    record(story, "officer", film(SECONDS), ended="")
    exhibit = Exhibit.objects.select_related("call").get(call=story.call)
    shown = exhibit_page(exhibit, now=timezone.now())
    assert shown["recording"].is_live
    assert shown["player"]["seconds"] == 4
    assert shown["recording"].missing == "nothing"


def test_the_desk_lists_the_exhibits_of_its_case(
    desk: Desk, exhibit: Exhibit, recorded: Story, django_assert_num_queries: Any
) -> None:
    page = desk.get("/desk/case").content.decode()
    assert f'href="{page_of(exhibit)}"' in page
    assert "Recording of the call, 6 s, gap 2 s" in page
    with django_assert_num_queries(3):
        [summary] = summaries(recorded.case)
    assert summary.facts == "6 s, gap 2 s"
