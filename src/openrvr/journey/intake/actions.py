"""Taking a report: opening it, writing its fields, grading it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.messages import actions as messages
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.intake.models import GradeEntry, Report, ReportEdit
from openrvr.journey.intake.news import ReportGraded

WRITABLE = tuple(
    field.name for field in Report._meta.get_fields() if field.name not in {"id", "case", "edits"}
)
# What the report says of reaching her, by the name that the safe-contact rules have for it.
_CONTACT = {
    "number": "number",
    "safe_to_text": "may_text",
    "safe_to_ring": "may_ring",
    "safe_hours": "hours",
    "leave_message": "may_leave_message",
    "others_read": "others_read",
    "safe_words": "wording",
}


class EditedMeanwhile(Refused):
    """Somebody else has written another value into the field since the page last saw it."""

    def __init__(self, theirs: str, who: str) -> None:
        super().__init__(f"{who} has changed this meanwhile. Nothing was overwritten.")
        self.theirs = theirs
        self.who = who

    @property
    def details(self) -> dict[str, str]:
        return {"theirs": self.theirs, "who": self.who}


class NoSuchField(Refused):
    """The report has no such field, or it cannot hold such a value."""

    status = 422


class CaseIsClosed(Refused):
    """A closed case is not changed any more."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"{case.reference} is closed. Open a new report.")


@unit_of_work()
def start_report(*, by: Account, now: datetime, key: uuid.UUID) -> Report:
    """Open a report. The same `key` again gives the same report: a double click opens one."""
    case, new = cases.open_case(by=by, now=now, key=key)
    if not new:
        return case.report
    report = Report.objects.create(case=case)
    messages.set_safe_contact(case, messages.Said(), by=by.actor, now=now)
    promises.open_promise(case, "grade_report", holder=by, by=by.actor, now=now)
    return report


@unit_of_work()
def write_field(
    case_id: int, field: str, *, was: str, value: str, by: Account, now: datetime
) -> str:
    """Write one field that its writer last saw as `was`; returns a warning, or "".

    Raises EditedMeanwhile where somebody else's value stands there now: two call-takers on one
    report never overwrite each other.
    """
    if field not in WRITABLE:
        raise NoSuchField(f"A report has no field {field!r}.")
    case = cases.lock(case_id)
    if not case.is_open:
        raise CaseIsClosed(case)
    report = Report.objects.select_related("case").get(case=case)
    value = value.replace("\x00", "").replace("\r\n", "\n")
    stands = getattr(report, field)
    if stands == value:
        return _contact_warning(report, field, by=by, now=now)
    if stands != was.replace("\r\n", "\n"):
        raise EditedMeanwhile(stands, _last_writer(report, field))
    setattr(report, field, value)
    try:
        Report._meta.get_field(field).clean(value, report)  # type: ignore[union-attr]
    except ValidationError as error:
        raise NoSuchField(" ".join(error.messages)) from None
    report.save(update_fields=[field])
    ReportEdit.objects.create(report=report, field=field, before=stands, after=value, by=by, at=now)
    audit.record("report.written", by=by.actor, now=now, case_reference=case.reference, field=field)
    cases.tell_changed(case, now=now)
    return _contact_warning(report, field, by=by, now=now)


@unit_of_work()
def grade(case_id: int, grade_id: str, *, reason: str = "", by: Account, now: datetime) -> None:
    """Grade a report, or grade it anew; the history keeps every grading.

    The promise to respond runs from the report's opening, by the target time of the grade.
    """
    chosen = policy().grade(grade_id)
    case = cases.lock(case_id)
    if not case.is_open:
        raise CaseIsClosed(case)
    if case.report.grade == grade_id:
        return
    GradeEntry.objects.create(
        case=case,
        grade=grade_id,
        reason=reason,
        policy_version=policy().version,
        by=by,
        at=now,
    )
    audit.record(
        "report.graded", by=by.actor, now=now, case_reference=case.reference, grade=grade_id
    )
    _promise_response(case, timedelta(minutes=chosen.target_minutes), by=by, now=now)
    if case.state == State.REPORTED:
        cases.move(case, State.GRADED, by=by.actor, now=now)
    else:
        cases.tell_changed(case, now=now)
    news.tell(ReportGraded(case, grade_id, reason, by, now))


def _promise_response(case: Case, target: timedelta, *, by: Account, now: datetime) -> None:
    """The promise to respond, while the case is not yet answered by anybody."""
    is_first = case.state == State.REPORTED
    respond = case.promises.filter(kind="respond", state="open").first()
    if not (is_first or respond):
        return
    if respond:
        promises.withdraw(respond, by=by.actor, now=now, because="graded anew")
    promises.open_promise(
        case,
        "respond",
        holder=(respond.holder if respond and respond.holder else by),
        by=by.actor,
        now=now,
        due_at=case.opened_at + target,
    )
    promises.keep_open_ones(case, "grade_report", by=by.actor, now=now)


def _contact_warning(report: Report, field: str, *, by: Account, now: datetime) -> str:
    """Bring the safe contact up to date with what the report says of it."""
    if field not in _CONTACT:
        return ""
    said = messages.Said(**{rule: getattr(report, name) for name, rule in _CONTACT.items()})
    faults = messages.set_safe_contact(report.case, said, by=by.actor, now=now)
    return faults.get(_CONTACT[field], "")


def _last_writer(report: Report, field: str) -> str:
    last = report.edits.filter(field=field).select_related("by").order_by("-id").first()
    return last.by.name if last else "Somebody"
