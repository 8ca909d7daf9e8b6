"""What is known of reaching her, for whoever is about to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from openrvr.foundation.cases.models import Case
from openrvr.foundation.clock.wording import clock_or_day
from openrvr.foundation.messages import hours
from openrvr.foundation.messages.hours import EVERY_DAY, Hours, Window, in_one_form, parse_hours
from openrvr.foundation.messages.models import Answer, SafeContact
from openrvr.foundation.messages.phone_numbers import readable
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.policy.rules import PolicyFault

Tone = Literal["", "risk", "danger"]


@dataclass(frozen=True)
class Rule:
    """One rule in a sentence. `danger`: not now, or not at all; `risk`: ask, or take care."""

    words: str
    tone: Tone = ""


@dataclass(frozen=True)
class BeforeRinging:
    """What somebody reads before they read the number."""

    number: str
    rules: tuple[Rule, ...]
    version: int
    by: str
    at: datetime


def safe_contact(case: Case) -> SafeContact | None:
    """The rules in force."""
    return SafeContact.objects.filter(case=case).order_by("-version").first()


def text_hours(contact: SafeContact) -> Hours:
    """Her own hours, or the force's where she gave none."""
    begins, ends = policy().text_from, policy().text_until
    return parse_hours(contact.hours) or (Window(EVERY_DAY, _minutes(begins), _minutes(ends)),)


def is_safe_at(case: Case, at: datetime) -> bool:
    """Whether she may be reached at an instant by her own hours; where she gave none, she may."""
    contact = safe_contact(case)
    if contact is None or not contact.hours:
        return contact is None or contact.hours_are_clear
    return hours.is_open(parse_hours(contact.hours), at, policy().force.time_zone)


def before_ringing(contact: SafeContact, now: datetime) -> BeforeRinging:
    """The rules in words, in the order in which they are needed."""
    return BeforeRinging(
        number=readable(contact.number) if contact.number else "",
        rules=(_ringing(contact, now), _message(contact), _readers(contact), *_cover(contact)),
        version=contact.version,
        by=contact.by,
        at=contact.at,
    )


def _ringing(contact: SafeContact, now: datetime) -> Rule:
    if contact.may_ring == Answer.NO:
        return Rule("Do not ring.", "danger")
    if not contact.hours_are_clear:
        return Rule("The safe hours are not clear: ask before you ring.", "danger")
    asked = contact.may_ring == Answer.YES
    begin = "May be rung" if asked else "Not asked whether it may be rung"
    if not contact.hours:
        return Rule(f"{begin}. The hours were not asked.", "" if asked else "risk")
    own = parse_hours(contact.hours)
    when = contact.hours if own == hours.ALWAYS else in_one_form(own)
    said = f"{begin} {when}." if asked else f"{begin}. Safe hours: {when}."
    if hours.is_open(own, now, policy().force.time_zone):
        return Rule(said, "" if asked else "risk")
    opens = hours.next_opening(own, now, policy().force.time_zone)
    later = f" Not now: next at {clock_or_day(opens, now)}." if opens else " Not now."
    return Rule(said + later, "danger")


def _message(contact: SafeContact) -> Rule:
    if contact.may_leave_message == Answer.YES:
        return Rule("A message may be left.")
    asked = contact.may_leave_message == Answer.NO
    return Rule("Do not leave a message." if asked else "Leave no message: it was not asked.")


def _readers(contact: SafeContact) -> Rule:
    if contact.others_read == Answer.NO:
        return Rule("Nobody else reads this phone.")
    if contact.others_read == Answer.YES:
        return Rule("Somebody else reads this phone.", "risk")
    return Rule("Not asked who else reads this phone.", "risk")


def _cover(contact: SafeContact) -> tuple[Rule, ...]:
    try:
        cover = policy().wording(contact.wording).when_ringing
    except PolicyFault:
        return ()  # Nothing is sent in words that the policy no longer has: she is asked again.
    return (Rule(f"If somebody else answers: “{cover}”"),) if cover else ()


def _minutes(clock: str) -> int:
    """`08:30` -> 510; `24:00` -> 1440."""
    begins, _, rest = clock.partition(":")
    return int(begins) * 60 + int(rest)
