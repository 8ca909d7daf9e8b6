"""Sending the link, opening it, and following it on its way."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from openrvr.foundation import news
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.languages import is_spoken, language_of
from openrvr.foundation.live import actions as live
from openrvr.foundation.live.streams import of_phone
from openrvr.foundation.messages import actions as messages
from openrvr.foundation.messages.news import MessageMoved
from openrvr.foundation.people.actors import Actor, victim
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.refusal import Refused
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.escalation.news import PhysicalAcknowledged
from openrvr.journey.invitation.models import Invitation, OpeningAttempts
from openrvr.journey.invitation.news import LinkTakenBack, RungTaken
from openrvr.journey.invitation.rungs import Rung, Why
from openrvr.journey.invitation.tokens import hashed, new_token
from openrvr.journey.invitation.troubles import Trouble, known
from openrvr.journey.offer.news import HandedToStandard

# Enough for a household or a refuge behind one address; nothing against 60 random bits.
GUESSES_A_MINUTE = 200
# Why a link ends that a phone still shows: her page tells her what comes instead.
PATROL, NORMAL_SERVICE = "a patrol is coming", "normal service"
# Why staff take a link back: whoever holds the phone that opened it may not be her.
SENT_AGAIN, REVOKED = "sent again", "revoked"
# From these a link can be sent: the offer was accepted, the agreed time has come, or an earlier
# link did not lead to a call.
_SENDABLE = (State.OFFERED, State.APPOINTMENT, State.INVITED, State.WAITING, State.WRAP_UP)


class LinkUnusable(Refused):
    """Unknown, used, expired, ended, or opened elsewhere: never told apart to whoever holds it."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing here."))


class TooManyGuesses(LinkUnusable):
    """One address tries too many links that do not exist."""


class NotSpoken(Refused):
    """No page of hers speaks that language."""

    status = 422

    def __init__(self) -> None:
        super().__init__(_("This page does not speak that language."))


class CannotSend(Refused):
    """A link cannot be sent at this step."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"A link cannot be sent while the case is at “{case.state_title}”.")


@unit_of_work()
def send(case_id: int, *, by: Account, now: datetime, again: bool = False) -> Invitation:
    """Text the victim a new link; one that was sent before stops working.

    Pressed twice it is sent once: only `again` sends while a link is alive. Raises NotSafe,
    CannotSend.
    """
    case = cases.lock(case_id)
    alive = case.invitations.filter(ended_at=None).first()
    if alive and not again and alive.expires_at > now and case.state == State.INVITED:
        return alive
    if case.state not in _SENDABLE:
        raise CannotSend(case)
    if alive:
        _end(alive, because=SENT_AGAIN, by=by.actor, now=now)
        news.tell(LinkTakenBack(case, alive, by.actor, now))
    token = new_token()
    link = f"{settings.BASE_URL}/s/{token}"
    language = language_of(case.report.language).code
    invitation = Invitation.objects.create(
        case=case,
        token_hash=hashed(token),
        sent_by=by,
        created_at=now,
        expires_at=now + timedelta(minutes=policy().invitation_minutes),
        language=language,
        message=messages.send_link(case, link, language=language, by=by.actor, now=now),
    )
    audit.record("invitation.sent", by=by.actor, now=now, case_reference=case.reference)
    _promise_to_reach(case, by=by, now=now)
    if case.state != State.INVITED:
        cases.move(case, State.INVITED, by=by.actor, now=now)
    else:
        cases.tell_changed(case, now=now)
    return invitation


@unit_of_work()
def revoke(case_id: int, *, by: Account, now: datetime) -> None:
    """Make the case's link useless, before or after it was opened."""
    case = cases.lock(case_id)
    alive = case.invitations.filter(ended_at=None).first()
    if alive:
        _end(alive, because=REVOKED, by=by.actor, now=now)
        news.tell(LinkTakenBack(case, alive, by.actor, now))
        cases.tell_changed(case, now=now)


@unit_of_work()
def open_link(token: str, *, device_secret: str, address: str, now: datetime) -> Invitation:
    """The victim opens her link: it is bound to the phone that has this secret, and to no other.

    Twice by the same phone is once: the answer to the first may have been lost on the way. Raises
    LinkUnusable, the same for every reason.
    """
    device = _device_hash(device_secret)
    invitation = _found(token, address=address, now=now)
    if not (invitation.can_be_opened(now) or invitation.is_bound_to(device)):
        raise LinkUnusable
    invitation.case = case = cases.lock(invitation.case_id)
    # Looked at again under the lock: of two phones one opens it.
    alive = Invitation.objects.filter(pk=invitation.pk, ended_at=None)
    # What an app reported that she only looked at the page in is no trouble of this browser's.
    if not alive.filter(opened_at=None).update(opened_at=now, device_hash=device, trouble=""):
        if not alive.filter(device_hash=device).exists():
            raise LinkUnusable
        return invitation
    audit.record(
        "invitation.opened", by=victim(invitation.pk), now=now, case_reference=case.reference
    )
    cases.tell_changed(case, now=now)
    return invitation


def usable(token: str, *, address: str, now: datetime) -> Invitation:
    """The invitation of a token that can still be opened; looking at it uses nothing up.

    Raises LinkUnusable.
    """
    found = _found(token, address=address, now=now)
    if not found.can_be_opened(now):
        raise LinkUnusable
    return found


def _found(token: str, *, address: str, now: datetime) -> Invitation:
    """The same look-ups are made whatever is wrong with the token."""
    has_tried = _has_tried_too_often(address, now)
    found = (
        Invitation.objects.select_related("case", "message")
        .filter(token_hash=hashed(token))
        .first()
    )
    if has_tried:
        raise TooManyGuesses
    if found is None:
        raise LinkUnusable
    return found


def must_not_guess(*, address: str, now: datetime) -> None:
    """Raises TooManyGuesses where an address has tried too many links that do not exist."""
    if _has_tried_too_often(address, now):
        raise TooManyGuesses


def _has_tried_too_often(address: str, now: datetime) -> bool:
    key, minute = _address_hash(address), now.replace(second=0, microsecond=0)
    tried = OpeningAttempts.objects.filter(address_hash=key, minute=minute).first()
    return tried is not None and tried.count >= GUESSES_A_MINUTE


def note_guess(*, address: str, now: datetime) -> None:
    """Count a link that could not be used, by address and minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO invitation_openingattempts (address_hash, minute, count)"
            " VALUES (%s, %s, 1) ON CONFLICT (address_hash, minute)"
            " DO UPDATE SET count = invitation_openingattempts.count + 1",
            [_address_hash(address), now.replace(second=0, microsecond=0)],
        )


def of_device(secret: str) -> Invitation:
    """The invitation that is bound to the phone with this secret. Raises LinkUnusable."""
    found = (
        Invitation.objects.select_related("case", "message")
        .filter(device_hash=_device_hash(secret), ended_at=None)
        .first()
    )
    if not secret or found is None:
        raise LinkUnusable
    return found


def lately_of_device(secret: str, *, since: datetime) -> Invitation:
    """The newest invitation that was bound to this phone until `since` at least. Raises
    LinkUnusable.

    For her silent alarm alone: it may have been on its way through a bad network while the call
    ended. A phone that was taken the link away from has nothing to say any more: it may be his.
    """
    bound = Invitation.objects.filter(device_hash=_device_hash(secret))
    hers = bound.filter(Q(ended_at=None) | Q(ended_at__gt=since)).exclude(
        ended_because__in=(SENT_AGAIN, REVOKED)
    )
    found = hers.select_related("case").order_by("-created_at").first()
    if not secret or found is None:
        raise LinkUnusable
    return found


def is_link_of(invitation: Invitation, token: str) -> bool:
    """Whether `token` is the link of this invitation."""
    return hmac.compare_digest(invitation.token_hash, hashed(token))


@unit_of_work()
def end_by_her(invitation: Invitation, *, now: datetime) -> None:
    """She left: this link and this phone's cookie are of no use any more."""
    case = cases.lock(invitation.case_id)
    finish(case, because="she left", by=victim(invitation.pk), now=now)
    cases.tell_changed(case, now=now)


@unit_of_work()
def note_devices(
    invitation: Invitation, *, camera: bool, microphone: bool, trouble: str, now: datetime
) -> None:
    """Her page tells which of camera and microphone work, or what is wrong. Twice is once."""
    case = cases.lock(invitation.case_id)
    held = Invitation.objects.get(pk=invitation.pk)
    before = (held.camera_ready_at, held.microphone_ready_at, held.trouble)
    held.camera_ready_at = (held.camera_ready_at or now) if camera else None
    held.microphone_ready_at = (held.microphone_ready_at or now) if microphone else None
    held.trouble = known(trouble)
    if (held.camera_ready_at, held.microphone_ready_at, held.trouble) == before:
        return
    held.save(update_fields=["camera_ready_at", "microphone_ready_at", "trouble"])
    audit.record(
        "invitation.devices",
        by=victim(held.pk),
        now=now,
        case_reference=case.reference,
        camera=camera,
        microphone=microphone,
    )
    cases.tell_changed(case, now=now)


@unit_of_work()
def take_rung(
    invitation: Invitation, rung: Rung, *, why: Why, by: Actor, now: datetime
) -> Invitation:
    """Go on by other means, with the same officer and the same case. Twice is once.

    Raises LinkUnusable when the invitation has ended.
    """
    case = cases.lock(invitation.case_id)
    held = Invitation.objects.get(pk=invitation.pk)
    if not held.is_alive:
        raise LinkUnusable
    if held.rung == rung:
        return held
    held.case = case
    held.rung, held.rung_why, held.rung_since = rung, why, now
    held.save(update_fields=["rung", "rung_why", "rung_since"])
    audit.record("rung.taken", by=by, now=now, case_reference=case.reference, rung=rung, why=why)
    live.publish(of_phone(held.pk), "rung.taken", now=now, rung=rung, why=why)
    news.tell(RungTaken(held, now))
    cases.tell_changed(case, now=now)
    return held


@unit_of_work()
def note_phone_call(invitation: Invitation, *, goes_on: bool, now: datetime) -> None:
    """She says whether the phone call that brought her here goes on. While it does, her page
    takes no microphone and plays no sound. Twice is once.
    """
    case = cases.lock(invitation.case_id)
    hers = Invitation.objects.filter(pk=invitation.pk).exclude(on_phone=goes_on)
    if not hers.update(on_phone=goes_on):
        return
    audit.record(
        "invitation.phone_call",
        by=victim(invitation.pk),
        now=now,
        case_reference=case.reference,
        goes_on=goes_on,
    )
    cases.tell_changed(case, now=now)


@unit_of_work()
def note_in_app(token: str, *, address: str, now: datetime) -> None:
    """Her link is shown inside an app that can hardly do video; it is not used up by that.

    Raises LinkUnusable.
    """
    invitation = usable(token, address=address, now=now)
    case = cases.lock(invitation.case_id)
    unopened = Invitation.objects.filter(pk=invitation.pk, opened_at=None)
    if not unopened.exclude(trouble=Trouble.IN_APP).update(trouble=Trouble.IN_APP):
        return
    audit.record(
        "invitation.in_app", by=victim(invitation.pk), now=now, case_reference=case.reference
    )
    cases.tell_changed(case, now=now)


@unit_of_work()
def choose_language(invitation: Invitation, code: str, *, now: datetime) -> None:
    """Her pages speak another language from now on. Twice is once. Raises NotSpoken."""
    if not is_spoken(code):
        raise NotSpoken
    case = cases.lock(invitation.case_id)
    changed = Invitation.objects.filter(pk=invitation.pk).exclude(language=code)
    if not changed.update(language=code):
        return
    invitation.language = code
    audit.record(
        "invitation.language",
        by=victim(invitation.pk),
        now=now,
        case_reference=case.reference,
        language=code,
    )
    cases.tell_changed(case, now=now)


def finish(case: Case, *, because: str, by: Actor, now: datetime) -> None:
    """End the link of a locked case: the call is over, or video is no longer the way."""
    alive = case.invitations.filter(ended_at=None).first()
    if alive:
        _end(alive, because=because, by=by, now=now)


def tell_progress(moved: MessageMoved) -> None:
    """The call-taker watches the link: every step of the text shows at once."""
    cases.tell_changed(moved.message.case, now=moved.now)


def finish_when_physical(news: PhysicalAcknowledged) -> None:
    """A patrol goes: the link ends, unless she is in a call, which goes on.

    Nor does it end where she asked without a sound: who looks over her shoulder would see it.
    """
    if news.case.state != State.LIVE and not news.covert:
        finish(news.case, because=PATROL, by=news.by.actor, now=news.now)


def finish_when_standard(news: HandedToStandard) -> None:
    """The normal service has her: the link is of no use any more."""
    finish(news.case, because=NORMAL_SERVICE, by=news.by.actor, now=news.now)


def forget_attempts(now: datetime) -> int:
    """Delete the counts of guesses that are an hour old."""
    return OpeningAttempts.objects.filter(minute__lt=now - timedelta(hours=1)).delete()[0]


def _promise_to_reach(case: Case, *, by: Account, now: datetime) -> None:
    """The call-taker stays responsible until she is on the page with camera and sound."""
    promises.withdraw_open_ones(
        case, "reach_page", "officer_on_video", by=by.actor, now=now, because="link sent again"
    )
    promises.open_promise(case, "reach_page", holder=by, by=by.actor, now=now)
    promises.keep_open_ones(case, "appointment", by=by.actor, now=now, because="link sent")


def _end(invitation: Invitation, *, because: str, by: Actor, now: datetime) -> None:
    invitation.ended_at, invitation.ended_because = now, because
    invitation.save(update_fields=["ended_at", "ended_because"])
    if invitation.message:
        messages.cancel(invitation.message, by=by, now=now)
    audit.record(
        "invitation.ended",
        by=by,
        now=now,
        case_reference=invitation.case.reference,
        because=because,
    )
    live.publish(of_phone(invitation.pk), "invitation.ended", now=now, because=because)


def _device_hash(secret: str) -> str:
    return hashlib.sha256(f"device:{secret}".encode()).hexdigest()


def _address_hash(address: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()
