from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, transaction

from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.models import Account
from openrvr.foundation.promises.models import Promise
from openrvr.journey.intake import actions as intake
from openrvr.journey.intake.models import GradeEntry, Report, ReportEdit
from tests.committed import commit
from tests.story import Story
from tests.together import together


def test_a_double_click_opens_one_report(commits: None, call_taker: Account, story: Story) -> None:
    key = uuid.uuid4()
    press = lambda: intake.start_report(by=call_taker, now=story.now, key=key)  # noqa: E731
    results = together(press, press, press)
    assert len({report.pk for report in results}) == 1, results
    assert Case.objects.count() == 1
    assert Promise.objects.filter(kind="grade_report").count() == 1


def test_two_call_takers_on_one_field_never_overwrite(
    story: Story, call_taker: Account, other_call_taker: Account
) -> None:
    story.reported()
    pk, now = story.case.pk, story.now
    intake.write_field(pk, "weapons", was="", value="A knife", by=other_call_taker, now=now)
    with pytest.raises(intake.EditedMeanwhile, match="Colin Example has changed this") as refused:
        intake.write_field(pk, "weapons", was="", value="None", by=call_taker, now=now)
    assert refused.value.theirs == "A knife"
    # Another field is nobody's business.
    intake.write_field(pk, "children", was="", value="Two", by=call_taker, now=now)


def test_two_at_the_same_moment_leave_one_value_and_one_told(
    commits: None, story: Story, call_taker: Account, other_call_taker: Account
) -> None:
    story.reported()
    results = together(
        *[
            (
                lambda who=who: intake.write_field(
                    story.case.pk, "weapons", was="", value=who.name, by=who, now=story.now
                )
            )
            for who in (call_taker, other_call_taker)
        ]
    )
    assert sum(isinstance(r, intake.EditedMeanwhile) for r in results) == 1, results
    assert ReportEdit.objects.filter(field="weapons").count() == 1


def test_the_same_value_again_is_no_change(story: Story, call_taker: Account) -> None:
    story.reported()
    for _ in range(2):
        intake.write_field(
            story.case.pk, "orders", was="", value="None", by=call_taker, now=story.now
        )
    assert ReportEdit.objects.filter(field="orders").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("case", "1"),
        ("id", "1"),
        ("no_such", "x"),
        ("injuries", "plenty"),
        ("weapons", "x" * 301),
        ("language", "x" * 9),
    ],
)
def test_what_a_report_cannot_hold_is_refused(
    story: Story, call_taker: Account, field: str, value: str
) -> None:
    story.reported()
    story.case.report.refresh_from_db()
    was = getattr(story.case.report, field) if field in intake.WRITABLE else ""
    with pytest.raises(intake.NoSuchField):
        intake.write_field(story.case.pk, field, was=was, value=value, by=call_taker, now=story.now)


def _write(story: Story, field: str, value: str) -> str:
    was = getattr(Report.objects.get(case=story.case), field)
    return intake.write_field(
        story.case.pk, field, was=was, value=value, by=story.call_taker, now=story.now
    )


def test_the_safe_number_is_checked_and_kept_in_one_form(story: Story) -> None:
    story.reported()
    assert story.case.safe_contacts.latest("version").number == "+447700900123"
    assert "not a telephone number" in _write(story, "number", "07700 9001")
    assert story.case.safe_contacts.latest("version").number == ""


def test_the_safe_hours_are_kept_in_one_form_or_forbid_everything(story: Story) -> None:
    story.reported()
    assert _write(story, "safe_hours", "mon to fri 9-3pm") == ""
    assert story.case.safe_contacts.latest("version").hours == "Mon-Fri 09:00-15:00"
    assert "more than one way" in _write(story, "safe_hours", "9-5")
    assert not story.case.safe_contacts.latest("version").hours_are_clear


def test_each_change_of_safe_contact_is_a_version_of_its_own(story: Story) -> None:
    """Append-only: what was in force when something was sent can be read years later."""
    story.reported()
    before = story.case.safe_contacts.count()
    for field, value in (
        ("safe_to_ring", "yes"),
        ("safe_hours", "9-15"),
        ("leave_message", "no"),
        ("others_read", "yes"),
        ("safe_words", "appointment"),
        ("safe_hours", "09:00-15:00"),  # the same, in other characters
        ("weapons", "None"),
    ):
        _write(story, field, value)
    versions = story.case.safe_contacts.order_by("version")
    assert [each.version for each in versions] == list(range(1, before + 6))
    last = versions[len(versions) - 1]
    assert (last.number, last.hours, last.wording) == (
        "+447700900123",
        "09:00-15:00",
        "appointment",
    )
    assert last.by == story.call_taker.actor.label
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        versions.update(number="")


def test_regrading_keeps_the_history_and_moves_the_clock(story: Story, call_taker: Account) -> None:
    story.graded()
    intake.grade(story.case.pk, "scheduled", reason="He is abroad", by=call_taker, now=story.now)
    intake.grade(story.case.pk, "scheduled", reason="again", by=call_taker, now=story.now)
    commit()
    history = GradeEntry.objects.filter(case=story.case)
    assert [(g.grade, g.reason) for g in history] == [
        ("priority", ""),
        ("scheduled", "He is abroad"),
    ]
    owed = Promise.objects.get(kind="respond", state="open")
    assert (owed.due_at - story.case.opened_at).total_seconds() == 2880 * 60


def test_regrading_after_an_answer_owes_no_second_response(
    story: Story, call_taker: Account
) -> None:
    story.wrapped_up()
    intake.grade(story.case.pk, "scheduled", by=call_taker, now=story.now)
    assert not Promise.objects.filter(kind="respond", state="open").exists()
