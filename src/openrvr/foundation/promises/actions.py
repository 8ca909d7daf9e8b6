"""Opening, handing over and settling promises, and climbing their ladders.

Every action here expects the case to be locked by the caller (`cases.actions.lock`), or locks it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.live import actions as live
from openrvr.foundation.live import streams
from openrvr.foundation.people.actors import Actor, service
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.policy.rules import APART, SILENT_ALARM
from openrvr.foundation.promises.models import Handover, Promise, PromiseState, Rung
from openrvr.foundation.promises.news import RungFired
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work

# A rung that fires this much after its time is marked late: the service was down, or the clock
# jumped. It is fired all the same.
LATE = timedelta(seconds=5)

# Kept by what happens and noted by the action that does it, never on somebody's word: whoever said
# so would silence the ladder while nobody is on video, or nobody has the patrol.
KEPT_BY_DEEDS = frozenset(
    {"reach_page", "officer_on_video", "acknowledge_physical", "wrap_up", SILENT_ALARM, *APART}
)


class PromiseSettled(Refused):
    """The promise is no longer open."""

    def __init__(self, promise: Promise) -> None:
        super().__init__(f"“{promise.words}” is already {promise.get_state_display().lower()}.")


class NotYours(Refused):
    """Somebody else answers for the promise."""

    def __init__(self, promise: Promise) -> None:
        super().__init__(f"{promise.holder_words} answers for this now: take it over first.")


class KeptByDeedsOnly(Refused):
    """Nobody can say that it was done: doing it says so."""

    def __init__(self, promise: Promise) -> None:
        super().__init__(f"“{promise.words}” is kept by doing it, not by saying so.")


class NobodyWouldAnswer(Refused):
    """It is the last open promise of a report that is not closed."""

    def __init__(self, promise: Promise) -> None:
        super().__init__(
            f"“{promise.words}” is all that is still promised on {promise.case.reference}:"
            " close the report with its outcome instead."
        )


class NobodyToHandTo(Refused):
    """Only a person who works here, or a desk, can answer for a promise."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Choose who answers for it from now on.")


def open_promise(
    case: Case,
    kind: str,
    *,
    holder: Account | Desk,
    by: Actor,
    now: datetime,
    words: str = "",
    due_at: datetime | None = None,
) -> Promise:
    """Promise something on a case that the caller has locked.

    The time, the words and the ladder of a kind are the policy's; `due_at` (an absolute instant)
    and `words` replace the policy's where the promise was agreed with the victim.
    """
    terms = policy().promise(kind)
    due = due_at or now + timedelta(seconds=terms.seconds)
    promise = Promise.objects.create(
        case=case,
        kind=kind,
        words=words or terms.words,
        opened_at=now,
        due_at=due,
        holder=holder if isinstance(holder, Account) else None,
        desk=holder.value if isinstance(holder, Desk) else "",
    )
    Rung.objects.bulk_create(
        Rung(
            promise=promise,
            number=number,
            does=step.does,
            due_at=due + timedelta(seconds=step.after_seconds),
        )
        for number, step in enumerate(terms.ladder, start=1)
    )
    _record_holder(promise, before="", why="promised", by=by, now=now)
    audit.record(
        "promise.opened",
        by=by,
        now=now,
        case_reference=case.reference,
        kind=kind,
        due=due.isoformat(),
    )
    _tell(promise, now=now)
    return promise


def hand_over(promise: Promise, to: Account | Desk, *, why: str, by: Actor, now: datetime) -> None:
    """Make somebody else answer for an open promise. Nobody stops before somebody else starts."""
    _must_be_open(promise)
    before = promise.holder_words
    promise.holder = to if isinstance(to, Account) else None
    promise.desk = to.value if isinstance(to, Desk) else ""
    if promise.holder_words == before:
        return
    promise.save(update_fields=["holder", "desk"])
    _record_holder(promise, before=before, why=why, by=by, now=now)
    audit.record(
        "promise.handed_over",
        by=by,
        now=now,
        case_reference=promise.case.reference,
        kind=promise.kind,
        to=promise.holder_words,
    )
    _tell(promise, now=now)


def keep(promise: Promise, *, by: Actor, now: datetime, because: str = "") -> None:
    """What was owed has been done, in time or late."""
    _settle(promise, to=PromiseState.KEPT, by=by, now=now, because=because)


def give_up(promise: Promise, *, by: Actor, now: datetime, because: str) -> None:
    """What was owed will never be done."""
    _settle(promise, to=PromiseState.BROKEN, by=by, now=now, because=because)


def withdraw(promise: Promise, *, by: Actor, now: datetime, because: str) -> None:
    """What was owed is owed no more, for the reason given."""
    _settle(promise, to=PromiseState.WITHDRAWN, by=by, now=now, because=because)


def keep_open_ones(case: Case, *kinds: str, by: Actor, now: datetime, because: str = "") -> None:
    """Keep each promise of these kinds that is open on the case; none is no fault."""
    _settle(*_open_ones(case, kinds), to=PromiseState.KEPT, by=by, now=now, because=because)


def withdraw_open_ones(case: Case, *kinds: str, by: Actor, now: datetime, because: str) -> None:
    """Withdraw each promise of these kinds that is open on the case; none is no fault."""
    _settle(*_open_ones(case, kinds), to=PromiseState.WITHDRAWN, by=by, now=now, because=because)


@unit_of_work()
def take(promise_id: int, *, by: Account, now: datetime) -> Promise:
    """Answer for a promise that a desk, or a colleague, answered for until now."""
    promise = _locked(promise_id)
    hand_over(promise, by, why="took it", by=by.actor, now=now)
    return promise


@unit_of_work()
def keep_mine(promise_id: int, *, by: Account, now: datetime, because: str = "") -> Promise:
    """A person says that what they answer for has been done. Twice is as good as once.

    Raises NotYours, KeptByDeedsOnly, NobodyWouldAnswer.
    """
    promise = _locked(promise_id)
    if promise.state == PromiseState.KEPT:
        return promise
    if not promise.is_held_by(by):
        raise NotYours(promise)
    if promise.kind in KEPT_BY_DEEDS:
        raise KeptByDeedsOnly(promise)
    keep(promise, by=by.actor, now=now, because=because)
    # An open alarm may be put aside at any moment: it is never what answers for her.
    beside = (SILENT_ALARM, *APART)
    hers = promise.case.promises.filter(state=PromiseState.OPEN).exclude(kind__in=beside)
    if promise.case.is_open and not hers.exists():
        raise NobodyWouldAnswer(promise)
    return promise


@unit_of_work()
def hand_over_mine(
    promise_id: int, to: Account | Desk, *, why: str, by: Account, now: datetime
) -> Promise:
    """A person hands on what they answer for. Raises NotYours, NobodyToHandTo."""
    if isinstance(to, Account) and not to.is_active:
        raise NobodyToHandTo
    promise = _locked(promise_id)
    if not promise.is_held_by(by):
        raise NotYours(promise)
    hand_over(promise, to, why=why or "handed over", by=by.actor, now=now)
    return promise


def fire_due(now: datetime) -> int:
    """Climb every ladder whose time has come; returns how many rungs fired.

    Each rung has a transaction of its own, under the lock of its case, and is looked at again
    there: however many workers sweep, and wherever one is killed, it fires once.
    """
    due = Rung.objects.filter(
        fired_at=None, due_at__lte=now, promise__state=PromiseState.OPEN
    ).order_by("due_at", "number")
    return sum(_fire(pk, now) for pk in due.values_list("pk", flat=True)[:200])


@unit_of_work()
def _fire(rung_id: int, now: datetime) -> bool:
    case_id = Rung.objects.values_list("promise__case_id", flat=True).get(pk=rung_id)
    if not Case.objects.select_for_update(skip_locked=True).filter(pk=case_id).exists():
        return False  # Somebody acts on the case right now: the next sweep looks again.
    rung = Rung.objects.select_related("promise__case", "promise__holder").get(pk=rung_id)
    if rung.fired_at or not rung.promise.is_open:
        return False
    rung.fired_at = now
    rung.was_late = now - rung.due_at > LATE
    rung.save(update_fields=["fired_at", "was_late"])
    audit.record(
        "promise.rung_fired",
        by=service("promises"),
        now=now,
        case_reference=rung.promise.case.reference,
        kind=rung.promise.kind,
        does=rung.does,
        late=rung.was_late,
    )
    news.tell(RungFired(rung.promise, rung, now))
    _tell(rung.promise, now=now)
    return True


def pass_to_supervisors(fired: RungFired) -> None:
    """The rung `supervisor`: the supervisors answer from now on, and are told loudly."""
    hand_over(
        fired.promise,
        Desk.SUPERVISOR,
        why="not kept in time",
        by=service("promises"),
        now=fired.now,
    )
    live.publish(
        streams.of_desk(Desk.SUPERVISOR),
        "promise.missed",
        now=fired.now,
        reference=fired.promise.case.reference,
        words=fired.promise.words,
    )


def tell_holder(fired: RungFired) -> None:
    """The rung `holder`: whoever answers for it is told loudly."""
    promise = fired.promise
    stream = (
        streams.of_person(promise.holder_id)
        if promise.holder_id
        else streams.of_desk(Desk(promise.desk))
    )
    live.publish(
        stream,
        "promise.missed",
        now=fired.now,
        reference=promise.case.reference,
        words=promise.words,
    )


def _open_ones(case: Case, kinds: tuple[str, ...]) -> list[Promise]:
    return list(case.promises.filter(kind__in=kinds, state=PromiseState.OPEN).order_by("pk"))


def _settle(*promises: Promise, to: PromiseState, by: Actor, now: datetime, because: str) -> None:
    for promise in promises:
        _must_be_open(promise)
        promise.state, promise.settled_at, promise.settled_because = to, now, because
        audit.record(
            f"promise.{to.value}",
            by=by,
            now=now,
            case_reference=promise.case.reference,
            kind=promise.kind,
            late=promise.was_late,
        )
        _tell(promise, now=now)
    if promises:
        Promise.objects.filter(pk__in=[promise.pk for promise in promises]).update(
            state=to, settled_at=now, settled_because=because
        )


def _must_be_open(promise: Promise) -> None:
    if not promise.is_open:
        raise PromiseSettled(promise)


def _locked(promise_id: int) -> Promise:
    case_id = Promise.objects.values_list("case_id", flat=True).get(pk=promise_id)
    cases.lock(case_id)
    return Promise.objects.select_related("case", "holder").get(pk=promise_id)


def _record_holder(promise: Promise, *, before: str, why: str, by: Actor, now: datetime) -> None:
    Handover.objects.create(
        promise=promise, at=now, before=before, after=promise.holder_words, by=by.label, why=why
    )


def _tell(promise: Promise, *, now: datetime) -> None:
    live.tell_desks("promises.changed", now=now, reference=promise.case.reference)
