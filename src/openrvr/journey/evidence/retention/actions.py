"""Keeping in categories, reviewing, holding, and destroying.

Why somebody decided stands in a row of its own and not in a log: both logs outlive the exhibit.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db.models import Q

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.people.actors import Actor, service
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.evidence import custody_log
from openrvr.journey.evidence.models import (
    Disposal,
    DisposalRequest,
    Exhibit,
    Hold,
    Kind,
    Retention,
    Review,
    Statement,
    Upload,
)
from openrvr.journey.evidence.retention.certificates import (
    certifies,
    certify,
    deposit,
    deposited,
)
from openrvr.journey.evidence.retention.ciphertext import delete_everything_of
from openrvr.journey.evidence.retention.queries import (
    DISPOSE,
    past_its_end,
    promised,
    until_when,
    without_promise,
)
from openrvr.journey.evidence.retention.rules import is_ended
from openrvr.journey.evidence.vault import Shredded

log = logging.getLogger(__name__)
REVIEW = "review_evidence"

_CLOCK = service("retention")


class IsHeld(Refused):
    """Somebody needs it: nothing destroys it before the hold is lifted."""

    def __init__(self, exhibit: Exhibit) -> None:
        super().__init__(f"{exhibit.reference} is held: lift the hold first.")


class CaseStillOpen(Refused):
    def __init__(self, exhibit: Exhibit) -> None:
        super().__init__(f"{exhibit.case.reference} is not closed: its evidence is kept.")


class AnotherPerson(Refused):
    """Two people decide, not one twice."""

    def __init__(self) -> None:
        super().__init__("You have asked for this yourself: another person has to agree.")


class AlreadyDecided(Refused):
    """The second person has decided before."""

    def __init__(self) -> None:
        super().__init__("This request has been decided already: ask again if it must be.")


class ReasonMissing(Refused):
    status = 422

    def __init__(self) -> None:
        super().__init__("Write down why.")


class NotReviewed(Refused):
    """Nothing of it waits for a review."""

    def __init__(self, exhibit: Exhibit) -> None:
        super().__init__(f"{exhibit.reference} is not kept until a review.")


def classify(exhibit: Exhibit, category_id: str, *, by: Actor, now: datetime) -> Retention:
    """Keep an exhibit, whose case the caller has locked, in a category of the policy.

    Its clock runs from the time that the exhibit was made. In the same category twice is once, but
    one that a review has ended begins again, and its clock then. Raises PolicyFault.
    """
    category = policy().retention(category_id)
    there = exhibit.retentions.filter(category=category_id).first()
    if there and not is_ended(there.until, until_reviewed=category.until_reviewed):
        return there
    until = None if category.until_reviewed else exhibit.made_at + timedelta(days=category.days)
    retention = there or Retention(exhibit=exhibit, category=category.id, added_at=now)
    retention.until = until
    retention.save()
    _promise_disposal(exhibit, by=by, now=now)
    if until is None:
        began = now if there else exhibit.made_at
        due = began + timedelta(days=category.review_days)
        _promise_review(retention, due, by=by, now=now)
    audit.record(
        "evidence.classified",
        by=by,
        now=now,
        case_reference=exhibit.case.reference,
        exhibit=exhibit.reference,
        category=category.id,
    )
    return retention


@unit_of_work()
def add_category(exhibit_id: uuid.UUID, category_id: str, *, by: Account, now: datetime) -> None:
    """Somebody says what else it is kept for. Raises Shredded, PolicyFault."""
    exhibit = _locked(exhibit_id)
    classify(exhibit, category_id, by=by.actor, now=now)


@unit_of_work()
def review(exhibit_id: uuid.UUID, *, needed: bool, reason: str, by: Account, now: datetime) -> None:
    """A person has looked whether it is still needed as evidence.

    If so it is reviewed again; if not it is kept for the days that the category gives after a
    review. Raises Shredded, ReasonMissing, NotReviewed.
    """
    _must_say(reason)
    exhibit = _locked(exhibit_id)
    waiting = list(exhibit.retentions.filter(until=None).select_related("promise__case"))
    if not waiting:
        raise NotReviewed(exhibit)
    for retention in waiting:
        category = policy().retention(retention.category)
        if retention.promise and retention.promise.is_open:
            promises.keep(retention.promise, by=by.actor, now=now, because="reviewed")
        if needed:
            due = now + timedelta(days=category.review_days)
            _promise_review(retention, due, by=by.actor, now=now)
        else:
            retention.until, retention.promise = now + timedelta(days=category.days), None
            retention.save(update_fields=["until", "promise"])
    _promise_disposal(exhibit, by=by.actor, now=now)
    Review.objects.create(exhibit=exhibit, at=now, by=by, needed=needed, reason=reason)
    custody_log.note(exhibit, "reviewed", by=by.actor, now=now, needed=needed)


@unit_of_work()
def hold(exhibit_id: uuid.UUID, *, reason: str, by: Account, now: datetime) -> Hold:
    """Keep it whatever the schedule says. Raises Shredded, ReasonMissing."""
    _must_say(reason)
    exhibit = _locked(exhibit_id)
    placed = Hold.objects.create(exhibit=exhibit, reason=reason, placed_at=now, placed_by=by)
    _promise_disposal(exhibit, by=by.actor, now=now)
    custody_log.note(exhibit, "held", by=by.actor, now=now)
    return placed


@unit_of_work()
def lift(hold_id: int, *, reason: str, by: Account, now: datetime) -> None:
    """The hold ends; what is overdue by then is destroyed with the next sweep. Twice is once."""
    _must_say(reason)
    exhibit = _locked(Hold.objects.values_list("exhibit_id", flat=True).get(pk=hold_id))
    found = Hold.objects.get(pk=hold_id)
    if found.lifted_at:
        return
    found.lifted_at, found.lifted_by, found.lifted_because = now, by, reason
    found.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
    _promise_disposal(exhibit, by=by.actor, now=now)
    custody_log.note(exhibit, "hold_lifted", by=by.actor, now=now)


@unit_of_work()
def ask_disposal(
    exhibit_id: uuid.UUID, *, reason: str, by: Account, now: datetime
) -> DisposalRequest:
    """The first of the two who destroy something before its time.

    Raises Shredded, IsHeld, CaseStillOpen, ReasonMissing.
    """
    _must_say(reason)
    exhibit = _locked(exhibit_id)
    _must_be_free(exhibit)
    asked, new = DisposalRequest.objects.get_or_create(
        exhibit=exhibit, decided_at=None, defaults={"reason": reason, "asked_at": now, "by": by}
    )
    if new:
        custody_log.note(exhibit, "disposal_asked", by=by.actor, now=now)
    return asked


@unit_of_work()
def approve_disposal(request_id: int, *, by: Account, now: datetime) -> Disposal:
    """The second person agrees: it is destroyed.

    Raises Shredded, IsHeld, CaseStillOpen, AnotherPerson, AlreadyDecided.
    """
    exhibit = _locked(
        DisposalRequest.objects.values_list("exhibit_id", flat=True).get(pk=request_id)
    )
    asked = DisposalRequest.objects.get(pk=request_id)
    if asked.decided_at:
        raise AlreadyDecided
    if asked.by_id == by.pk:
        raise AnotherPerson
    _must_be_free(exhibit)
    asked.decided_at, asked.decided_by = now, by
    asked.save(update_fields=["decided_at", "decided_by"])
    deciders = [f"account {asked.by_id}", f"account {by.pk}"]
    return _destroy(exhibit, rule="two people", deciders=deciders, by=by.actor, now=now)


@unit_of_work()
def refuse_disposal(request_id: int, *, by: Account, now: datetime) -> None:
    """It is not destroyed before its time. Twice is once."""
    exhibit = _locked(
        DisposalRequest.objects.values_list("exhibit_id", flat=True).get(pk=request_id)
    )
    if DisposalRequest.objects.filter(pk=request_id, decided_at=None).update(
        decided_at=now, decided_by=by, refused=True
    ):
        custody_log.note(exhibit, "disposal_refused", by=by.actor, now=now)


def destroy_what_is_due(now: datetime) -> int:
    """The schedule: destroy everything whose last category has ended; returns how much."""
    due = past_its_end(now).values_list("pk", flat=True)
    return sum(_destroy_if_due(pk, now) for pk in list(due))


@unit_of_work()
def _destroy_if_due(exhibit_id: uuid.UUID, now: datetime) -> bool:
    try:
        exhibit = _locked(exhibit_id)
    except Shredded:
        return False  # Somebody was quicker.
    until = until_when(exhibit)
    if until is None or until > now:
        return False
    last = exhibit.retentions.order_by("-until").first()
    rule = f"category {last.category}, until {until:%Y-%m-%d}" if last else ""
    _destroy(exhibit, rule=rule, deciders=["the schedule"], by=_CLOCK, now=now)
    return True


def promise_disposals(now: datetime) -> int:
    """The schedule: promise to destroy what a closed case has left; returns how much.

    A case that closes says nothing to the evidence: what it leaves is found by its rows.
    """
    return sum(
        _promise_if_free(pk, now) for pk in list(without_promise().values_list("pk", flat=True))
    )


@unit_of_work()
def _promise_if_free(exhibit_id: uuid.UUID, now: datetime) -> bool:
    try:
        exhibit = _locked(exhibit_id)
    except Shredded:
        return False  # Somebody was quicker.
    _promise_disposal(exhibit, by=_CLOCK, now=now)
    return True


def destroy_again(now: datetime) -> int:
    """After a restore: what the evidence store has a certificate for stays destroyed."""
    again = 0
    for stored in deposited():
        statement = stored["statement"]
        with unit_of_work():
            exhibit = (
                Exhibit.objects.select_for_update(of=("self",))
                .select_related("case")
                .filter(pk=statement["exhibit"], wrapped_key__isnull=False)
                .first()
            )
            if exhibit:
                rule = f"destroyed at {statement['destroyed_at']}, before a restore"
                _destroy(exhibit, rule=rule, deciders=statement["decided_by"], by=_CLOCK, now=now)
                again += 1
    return again


def _destroy(
    exhibit: Exhibit, *, rule: str, deciders: list[str], by: Actor, now: datetime
) -> Disposal:
    """Shred the key: from the commit on nobody can read it. The ciphertext goes after that."""
    custody_log.note(exhibit, "destroyed", by=by, now=now, rule=rule, decided_by=deciders)
    certificate = certify(exhibit, rule=rule, deciders=deciders, policy=policy().version, now=now)
    exhibit.wrapped_key = None
    exhibit.save(update_fields=["wrapped_key"])
    _forget_words(exhibit)
    for retention in exhibit.retentions.select_related("promise__case"):
        if retention.promise and retention.promise.is_open:
            promises.keep(retention.promise, by=by, now=now, because="destroyed")
    return Disposal.objects.create(exhibit=exhibit, at=now, certificate=certificate)


def clear_away(now: datetime) -> int:
    """Deposit the certificate of what was destroyed, and delete its ciphertext. Twice is once.

    A row alone destroys nothing: the key is gone, and the certificate is ours and about this.
    """
    cleared = 0
    waiting = Disposal.objects.filter(cleared_at=None, exhibit__wrapped_key=None)
    for disposal in waiting.select_related("exhibit").order_by("pk"):
        if not certifies(disposal.certificate, disposal.exhibit):
            log.error("the certificate of exhibit %s is not genuine", disposal.exhibit_id)
            continue
        deposit(disposal.certificate)
        delete_everything_of(disposal.exhibit)
        disposal.cleared_at = now
        disposal.save(update_fields=["cleared_at"])
        cleared += 1
    return cleared


def _forget_words(exhibit: Exhibit) -> None:
    """Empty what people wrote about it, which can hold a name; that they decided stays."""
    # What was never signed is no exhibit: it goes with the recording of its call.
    which = Q(exhibit=exhibit)
    if exhibit.kind == Kind.RECORDING:
        which |= Q(exhibit=None, call=exhibit.call_id)
    Statement.objects.filter(which).update(text="", witness="", place="", reason="")
    Upload.objects.filter(exhibit=exhibit).update(name="")
    exhibit.holds.update(reason="", lifted_because="")
    exhibit.disposal_requests.update(reason="")


def _locked(exhibit_id: uuid.UUID) -> Exhibit:
    """The exhibit, its case locked before it. Raises Shredded."""
    cases.lock_where(exhibits=exhibit_id)
    exhibit = custody_log.lock(exhibit_id)
    if exhibit.wrapped_key is None:
        raise Shredded(exhibit)
    return exhibit


def _must_be_free(exhibit: Exhibit) -> None:
    if exhibit.case.is_open:
        raise CaseStillOpen(exhibit)
    if exhibit.holds.filter(lifted_at=None).exists():
        raise IsHeld(exhibit)


def _must_say(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


# Each deadline is a promise: a review for each category that waits for one, one destruction.
# Whoever answers for a promise must be able to keep it: nothing promises to destroy what nothing
# may destroy.


def _promise_review(retention: Retention, due: datetime, *, by: Actor, now: datetime) -> None:
    """Promise to look by `due` whether it is still needed."""
    retention.promise = _promise(retention.exhibit, REVIEW, due, by=by, now=now)
    retention.save(update_fields=["promise"])


def _promise_disposal(exhibit: Exhibit, *, by: Actor, now: datetime) -> None:
    """Make the promise to destroy what it should be by now: one, at the end, or none.

    Called after whatever moves the end of an exhibit that the caller has locked. The promise hangs
    on the category that ends last.
    """
    until = until_when(exhibit)
    standing = list(promised().filter(exhibit=exhibit).select_related("promise__case"))
    if [_is_about(each.promise, until) for each in standing] == [True]:
        return
    for each in standing:
        if each.promise:
            because = "kept until later" if until else "kept until nobody knows when"
            promises.withdraw(each.promise, by=by, now=now, because=because)
        each.promise = None
        each.save(update_fields=["promise"])
    if until is None:
        return
    last = exhibit.retentions.order_by("-until", "pk")[0]
    last.promise = _promise(exhibit, DISPOSE, until, by=by, now=now)
    last.save(update_fields=["promise"])


def _is_about(promise: Promise | None, until: datetime | None) -> bool:
    """Whether a promise is due at an end, or at once where the end was over when it was made."""
    return bool(promise and until and promise.due_at == max(until, promise.opened_at))


def _promise(exhibit: Exhibit, kind: str, due: datetime, *, by: Actor, now: datetime) -> Promise:
    words = f"{policy().promise(kind).words}: {exhibit.reference}"
    return promises.open_promise(
        exhibit.case,
        kind,
        holder=Desk.INFORMATION,
        by=by,
        now=now,
        words=words,
        due_at=max(due, now),
    )
