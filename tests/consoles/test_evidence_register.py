"""The information managers' pages: what is kept, and what two people decide."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.closing import actions as closing
from openrvr.journey.evidence.models import DisposalRequest, Exhibit, Hold
from tests.consoles.conftest import Desk
from tests.journey.evidence.test_keeping import keep
from tests.story import Story

AtDesk = Callable[[Account], Desk]


@pytest.fixture
def kept(story: Story) -> Story:
    story.live()
    keep(story, 0, final=True, ended="hung_up")
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    closing.close_with(story.case.pk, "non_crime", by=story.officer, now=story.now)
    return story


@pytest.fixture
def managers(db: None, at_desk: AtDesk) -> tuple[Desk, Desk]:
    accounts = [
        Account.objects.create(
            username=name, name=name, shown_as=name, roles=[Role.INFORMATION_MANAGER.value]
        )
        for name in ("Irene", "Ivan")
    ]
    return at_desk(accounts[0]), at_desk(accounts[1])


def page_of(desk: Desk) -> str:
    return f"/register/{Exhibit.objects.get().pk}/"


def reads(desk: Desk, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def test_the_register_says_what_is_kept_and_until_when(
    kept: Story, managers: tuple[Desk, Desk]
) -> None:
    said = reads(managers[0], "/register/")
    assert f"{kept.case.reference}/1" in said
    assert "kept until reviewed, review due" in said
    assert AuditLine.objects.filter(action="register.looked").count() == 1


def test_the_register_takes_few_statements(
    kept: Story, managers: tuple[Desk, Desk], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(14):
        reads(managers[0], "/register/")


def test_two_people_destroy_it(kept: Story, managers: tuple[Desk, Desk]) -> None:
    first, second = managers
    answer = first.post(page_of(first) + "disposal", {"reason": "Recorded in error"})
    assert answer.status_code == 302
    asked = DisposalRequest.objects.get()
    decide = page_of(first) + "decide"
    destroy = {"asked": str(asked.pk), "decision": "destroy", "sure": "yes"}
    assert "You have asked for this yourself" in reads(first, page_of(first))
    assert first.post(decide, destroy).status_code == 409
    unsure = second.post(decide, {**destroy, "sure": ""})
    assert unsure.status_code == 400
    assert "Tick the box first" in unsure.content.decode()
    assert "Second person wanted" in reads(second, "/register/")
    assert second.post(decide, destroy).status_code == 302
    assert "Nobody can read it any more" in reads(second, page_of(second))
    assert f"{kept.case.reference}/1" not in reads(second, "/register/")


def test_a_hold_is_placed_seen_and_lifted(kept: Story, managers: tuple[Desk, Desk]) -> None:
    desk, _ = managers
    desk.post(page_of(desk) + "hold", {"reason": "Appeal"})
    said = reads(desk, page_of(desk))
    assert "held, whatever its schedule says" in said
    assert "Ask to destroy it" not in said
    hold = Hold.objects.get()
    desk.post(page_of(desk) + "lift", {"hold": str(hold.pk), "reason": "Appeal over"})
    assert "Ask to destroy it" in reads(desk, page_of(desk))


def test_a_review_sets_the_date_of_its_end(kept: Story, managers: tuple[Desk, Desk]) -> None:
    desk, _ = managers
    desk.post(page_of(desk) + "review", {"needed": "no", "reason": "No proceedings"})
    said = reads(desk, page_of(desk))
    assert "destroyed on" in said
    assert "Reviewed: not needed any more. No proceedings" in said


def test_another_category_is_added(kept: Story, managers: tuple[Desk, Desk]) -> None:
    desk, _ = managers
    desk.post(page_of(desk) + "categories", {"category": "disclosure"})
    assert "Recording of a disclosure" in reads(desk, page_of(desk))


@pytest.mark.parametrize(
    ("what", "fields"),
    [("review", {"reason": "x"}), ("hold", {}), ("hold", {"reason": "x" * 301})],
)
def test_what_is_missing_is_said(
    kept: Story, managers: tuple[Desk, Desk], what: str, fields: dict[str, str]
) -> None:
    desk, _ = managers
    answer = desk.post(page_of(desk) + what, fields)
    assert answer.status_code in (400, 422)
    said = answer.content.decode()
    assert 'role="alert"' in said
    # On the page of the exhibit, not away from it.
    assert f"{kept.case.reference}/1" in said


def test_what_was_done_is_said(kept: Story, managers: tuple[Desk, Desk]) -> None:
    desk, _ = managers
    answer = desk.post(page_of(desk) + "hold", {"reason": "Appeal"})
    assert "It is held." in reads(desk, answer.headers["Location"])
