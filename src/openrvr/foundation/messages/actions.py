"""Sending texts to victims. Nothing else in OpenRVR sends anything to a victim."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.utils import timezone

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases.models import Case
from openrvr.foundation.messages import jobs
from openrvr.foundation.messages.models import FAILED, Message, MessageState, SafeContact
from openrvr.foundation.messages.news import MessageMoved
from openrvr.foundation.messages.phone_numbers import can_get_texts, in_e164
from openrvr.foundation.messages.ports import (
    ProviderRefused,
    ProviderTrouble,
    Receipt,
)
from openrvr.foundation.messages.providers.chosen import provider
from openrvr.foundation.messages.rules import is_within_hours, next_try_in
from openrvr.foundation.people.actors import Actor, service
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work

log = logging.getLogger(__name__)


class NotSafe(Refused):
    """The safe-contact rules of the case forbid the text; the sentence says which."""


@unit_of_work()
def set_safe_contact(
    case: Case,
    *,
    by: Actor,
    now: datetime,
    number: str = "",
    may_text: bool = False,
    texts_from: str | None = None,
    texts_until: str | None = None,
) -> SafeContact:
    """Write down how the victim may be reached; hours that are not given stay as they were.

    Raises NotAPhoneNumber.
    """
    e164 = in_e164(number, region=policy().force.default_region) if number else ""
    hours = {"texts_from": texts_from, "texts_until": texts_until}
    given = {name: hour for name, hour in hours.items() if hour is not None}
    contact, _ = SafeContact.objects.update_or_create(
        case=case, defaults={"number": e164, "may_text": may_text, **given}
    )
    audit.record("contact.set", by=by, now=now, case_reference=case.reference)
    return contact


def send_link(case: Case, link: str, *, by: Actor, now: datetime) -> Message:
    """Text the victim her link, in the policy's neutral words. Raises NotSafe.

    The words are composed here and nowhere else, so that no caller can put others in. The case
    is locked by the caller.
    """
    contact = _safe_contact(case, now)
    message = Message.objects.create(
        case=case,
        purpose="invitation",
        number=contact.number,
        words=policy().invitation_words.format(link=link),
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
    message, seen_before = _begin(message_id, now)
    if message is None:
        return
    try:
        carrier = provider()
        reference = (carrier.find(message) if seen_before else None) or carrier.send(message)
    except ProviderRefused as error:
        _finish(message_id, MessageState.PERMANENT_FAILURE, str(error))
    except ProviderTrouble as error:
        _try_again(message_id, str(error))
    else:
        _accepted(message_id, carrier.name, reference)


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


def _safe_contact(case: Case, now: datetime) -> SafeContact:
    contact = SafeContact.objects.filter(case=case).first()
    if contact is None or not contact.number:
        raise NotSafe("There is no safe number in the report: ask for it first.")
    if not contact.may_text:
        raise NotSafe("The report says that it is not safe to text her.")
    if not can_get_texts(contact.number):
        raise NotSafe("The safe number cannot receive texts: ask for a mobile number.")
    begins = contact.texts_from or policy().text_from
    ends = contact.texts_until or policy().text_until
    if not is_within_hours(timezone.localtime(now), begins, ends):
        raise NotSafe(f"Texts to her are safe from {begins} to {ends} only.")
    return contact


@unit_of_work()
def _begin(message_id: uuid.UUID, now: datetime) -> tuple[Message | None, bool]:
    """The message, marked as being sent; and whether an earlier try may have come through."""
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state not in (MessageState.QUEUED, MessageState.SENDING):
        return None, False
    try:
        _safe_contact(message.case, now)
    except NotSafe as error:
        # The rules changed, or the hours passed, while it waited: they are obeyed to the last.
        _moved(message, MessageState.CANCELLED, now=now, trouble=str(error))
        return None, False
    seen_before = message.state == MessageState.SENDING
    message.state = MessageState.SENDING
    message.attempts += 1
    message.save(update_fields=["state", "attempts"])
    return message, seen_before


@unit_of_work()
def _accepted(message_id: uuid.UUID, name: str, reference: str) -> None:
    now = timezone.now()
    message = Message.objects.select_for_update().get(pk=message_id)
    message.provider, message.provider_reference, message.handed_at = name, reference, now
    message.save(update_fields=["provider", "provider_reference", "handed_at"])
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
    message.words = policy().invitation_words.format(link="(link)")
    if state in (MessageState.DELIVERED, MessageState.CANCELLED, *FAILED):
        message.settled_at = now
    message.save(update_fields=["state", "trouble", "settled_at", "words"])
    audit.record(
        f"message.{state.value}",
        by=service("messages"),
        now=now,
        case_reference=message.case.reference,
    )
    news.tell(MessageMoved(message, now))
