"""Sending texts to victims. Nothing else in OpenRVR sends anything to a victim."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.clock.wording import clock_or_day
from openrvr.foundation.languages import ENGLISH
from openrvr.foundation.messages import jobs
from openrvr.foundation.messages.hours import (
    HoursNotUnderstood,
    in_one_form,
    is_open,
    next_opening,
    parse_hours,
)
from openrvr.foundation.messages.models import FAILED, Answer, Message, MessageState, SafeContact
from openrvr.foundation.messages.news import MessageMoved
from openrvr.foundation.messages.phone_numbers import NotAPhoneNumber, can_get_texts, in_e164
from openrvr.foundation.messages.ports import (
    ProviderRefused,
    ProviderTrouble,
    Receipt,
)
from openrvr.foundation.messages.providers.chosen import provider
from openrvr.foundation.messages.queries import safe_contact, text_hours
from openrvr.foundation.messages.rules import next_try_in
from openrvr.foundation.people.actors import Actor, service
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.policy.rules import PolicyFault
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work

log = logging.getLogger(__name__)


class NotSafe(Refused):
    """The safe-contact rules of the case forbid the text; the sentence says which."""


@dataclass(frozen=True)
class Said:
    """What the caller says about being reached; number and hours as they were typed."""

    number: str = ""
    may_text: str = Answer.UNKNOWN
    may_ring: str = Answer.UNKNOWN
    may_leave_message: str = Answer.UNKNOWN
    others_read: str = Answer.UNKNOWN
    hours: str = ""
    wording: str = ""


@unit_of_work()
def set_safe_contact(case: Case, said: Said, *, by: Actor, now: datetime) -> dict[str, str]:
    """Write down how the victim may be reached, as a new version where anything is different.

    Returns what was not understood, in sentences by the name of the field; nothing is sent by it.
    The caller has locked the case. A text that is queued is sent under the new rules, or not at
    all; one that is being handed over at this moment cannot be called back.
    """
    faults: dict[str, str] = {}
    kept = {
        "number": _understood_number(said.number, faults),
        "hours": _understood_hours(said.hours, faults),
        "hours_are_clear": "hours" not in faults,
        "may_text": said.may_text,
        "may_ring": said.may_ring,
        "may_leave_message": said.may_leave_message,
        "others_read": said.others_read,
        "wording": said.wording,
    }
    last = safe_contact(case)
    if last and all(getattr(last, name) == value for name, value in kept.items()):
        return faults
    version = last.version + 1 if last else 1
    SafeContact.objects.create(case=case, version=version, by=by.label, at=now, **kept)
    audit.record("contact.set", by=by, now=now, case_reference=case.reference, version=version)
    return faults


def _understood_number(typed: str, faults: dict[str, str]) -> str:
    try:
        return in_e164(typed, region=policy().force.default_region) if typed else ""
    except NotAPhoneNumber as error:
        faults["number"] = str(error)
        return ""


def _understood_hours(typed: str, faults: dict[str, str]) -> str:
    try:
        return in_one_form(parse_hours(typed))
    except HoursNotUnderstood as error:
        faults["hours"] = str(error)
        return ""


def send_link(case: Case, link: str, *, language: str, by: Actor, now: datetime) -> Message:
    """Text the victim her link, in neutral words of her language. Raises NotSafe.

    The words are composed here and nowhere else, so that no caller can put others in. The case
    is locked by the caller.
    """
    contact = _must_be_safe(case, now)
    message = Message.objects.create(
        case=case,
        purpose="invitation",
        number=contact.number,
        link=link,
        language=language,
        words=_words(contact, link, language),
        created_at=now,
    )
    audit.record("message.queued", by=by, now=now, case_reference=case.reference)
    jobs.deliver.defer(message_id=str(message.pk))
    return message


def cancel(message: Message, *, by: Actor, now: datetime) -> None:
    """Do not send what has not been sent yet; what has left cannot be called back."""
    held = Message.objects.select_for_update().get(pk=message.pk)
    if held.state == MessageState.QUEUED:
        _moved(held, MessageState.CANCELLED, now=now)
        audit.record("message.cancelled", by=by, now=now, case_reference=held.case.reference)


def deliver(message_id: uuid.UUID, now: datetime) -> None:
    """Hand one text to the provider, and note what it says.

    The state `sending` is committed before the provider is called: after a crash in between, the
    provider is asked whether it has the text before it is given a second time.
    """
    trying = _begin(message_id, now)
    if trying is None:
        return
    try:
        carrier = provider()
        if trying.seen_before and (reference := carrier.find(trying.message)):
            _accepted(message_id, carrier.name, reference, under=trying.under_before)
        elif trying.forbidden:
            _finish(message_id, MessageState.CANCELLED, trying.forbidden)
        else:
            _accepted(message_id, carrier.name, carrier.send(trying.message))
    except ProviderRefused as error:
        _finish(message_id, MessageState.PERMANENT_FAILURE, str(error))
    except ProviderTrouble as error:
        if trying.forbidden:
            # Nothing is sent any more, and what was is not known: that is told, not tried for ever.
            trouble = f"{trying.forbidden} Whether it had been sent before is not known."
            _finish(message_id, MessageState.TECHNICAL_FAILURE, trouble)
        else:
            _try_again(message_id, str(error))


@unit_of_work()
def note_receipt(receipt: Receipt, *, now: datetime) -> bool:
    """Note what became of a text; False where no text has that reference (yet).

    Receipts come late, twice, and in any order: a delivery is never undone.
    """
    message = (
        Message.objects.select_for_update()
        .filter(provider_reference=receipt.provider_reference)
        .first()
    )
    if message is None:
        return False
    if message.state in (receipt.state, MessageState.DELIVERED):
        return True
    _moved(message, receipt.state, now=now, trouble=receipt.trouble)
    return True


def _must_be_safe(case: Case, now: datetime) -> SafeContact:
    """The rules in force, where they allow a text at this moment. Raises NotSafe."""
    contact = safe_contact(case)
    if contact is None or not contact.number:
        raise NotSafe("There is no safe number in the report: ask for it first.")
    if contact.may_text != Answer.YES:
        raise NotSafe("The report says that it is not safe to text her.")
    if not can_get_texts(contact.number):
        raise NotSafe("The safe number cannot receive texts: ask for a mobile number.")
    if not contact.hours_are_clear:
        raise NotSafe("The safe hours in the report are not clear: ask for them again.")
    hours, zone = text_hours(contact), policy().force.time_zone
    if not is_open(hours, now, zone):
        opens = next_opening(hours, now, zone)
        next_one = f" Next: {clock_or_day(opens, now)}." if opens else ""
        raise NotSafe(f"Texts to her are safe {in_one_form(hours)} only.{next_one}")
    _words(contact, "", ENGLISH.code)
    return contact


def _words(contact: SafeContact, link: str, language: str) -> str:
    """The neutral words that she chose. Raises NotSafe where the policy has them no more."""
    try:
        return policy().invitation_in(language, contact.wording).words.format(link=link)
    except PolicyFault:
        raise NotSafe("The words that she chose are no longer in the policy: ask again.") from None


def _still(message: Message, contact: SafeContact, *, seen_before: bool) -> str:
    """The words of a text that may be handed over as it was queued. Raises NotSafe."""
    if contact.number != message.number:
        raise NotSafe("The safe number is another one now: send the link again.")
    words = _words(contact, message.link, message.language)
    if seen_before and words != message.words:
        raise NotSafe("She has chosen other words meanwhile: send the link again.")
    return words


@dataclass(frozen=True)
class _Try:
    """A text that is to be handed over now.

    `seen_before`: an earlier try may have come through, under the rules `under_before`.
    `forbidden`: it may not be handed over any more, in a sentence; only whether it was is to be
    found out.
    """

    message: Message
    seen_before: bool
    under_before: SafeContact | None = None
    forbidden: str = ""


@unit_of_work()
def _begin(message_id: uuid.UUID, now: datetime) -> _Try | None:
    """Mark the text as being sent, under the rules of this moment; None where it is not to be.

    Under the lock of the case, as every change of the rules: what was changed before is obeyed.
    """
    cases.lock_where(messages=message_id)
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state not in (MessageState.QUEUED, MessageState.SENDING):
        return None
    seen_before = message.state == MessageState.SENDING
    try:
        contact = _must_be_safe(message.case, now)
        words = _still(message, contact, seen_before=seen_before)
    except NotSafe as error:
        # The rules changed, or the hours passed, while it waited: they are obeyed to the last.
        if seen_before:
            return _Try(message, seen_before, message.sent_under, forbidden=str(error))
        _moved(message, MessageState.CANCELLED, now=now, trouble=str(error))
        return None
    before = message.sent_under
    message.state, message.sent_under, message.words = MessageState.SENDING, contact, words
    message.attempts += 1
    message.save(update_fields=["state", "sent_under", "words", "attempts"])
    return _Try(message, seen_before, under_before=before)


@unit_of_work()
def _accepted(
    message_id: uuid.UUID, name: str, reference: str, *, under: SafeContact | None = None
) -> None:
    """The provider has it; `under` names the rules of an earlier try that had come through."""
    now = timezone.now()
    message = Message.objects.select_for_update().get(pk=message_id)
    message.provider, message.provider_reference, message.handed_at = name, reference, now
    message.sent_under = under or message.sent_under
    message.save(update_fields=["provider", "provider_reference", "handed_at", "sent_under"])
    _moved(message, MessageState.ACCEPTED, now=now)
    if name == "demo":
        # The demo's phone is on, and beside you.
        _moved(message, MessageState.DELIVERED, now=now)


@unit_of_work()
def _try_again(message_id: uuid.UUID, trouble: str) -> None:
    message = Message.objects.select_for_update().get(pk=message_id)
    seconds = next_try_in(message.attempts)
    log.warning("text %s: %s", message_id, trouble)
    if seconds is None:
        _moved(message, MessageState.TECHNICAL_FAILURE, now=timezone.now(), trouble=trouble)
        return
    message.trouble = f"{trouble} Next try in {seconds} s."
    message.save(update_fields=["trouble"])
    news.tell(MessageMoved(message, timezone.now()))
    jobs.deliver.configure(schedule_in={"seconds": seconds}).defer(message_id=str(message_id))


@unit_of_work()
def _finish(message_id: uuid.UUID, state: MessageState, trouble: str) -> None:
    message = Message.objects.select_for_update().get(pk=message_id)
    _moved(message, state, now=timezone.now(), trouble=trouble)


def _moved(message: Message, state: MessageState, *, now: datetime, trouble: str = "") -> None:
    message.state, message.trouble = state, trouble
    # The link was needed to hand it over, and to do so again. Whatever became of that, it will not
    # be done any more: from now on only the link's hash is kept.
    if message.link:
        message.words, message.link = message.words.replace(message.link, "(link)"), ""
    if state in (MessageState.DELIVERED, MessageState.CANCELLED, *FAILED):
        message.settled_at = now
    message.save(update_fields=["state", "trouble", "settled_at", "words", "link"])
    audit.record(
        f"message.{state.value}",
        by=service("messages"),
        now=now,
        case_reference=message.case.reference,
    )
    news.tell(MessageMoved(message, now))
