"""Reading a thread: whole for her page, over all of a case's links for the staff's."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from openrvr.foundation.cases.models import Case
from openrvr.journey.chat.models import Line, LineShown, Side
from openrvr.journey.invitation.models import Invitation

_STAFF = (Side.CALL_TAKER, Side.OFFICER)


@dataclass(frozen=True)
class Thread:
    """Lines in their order; `read` is the last of a side's own that the other side was shown.

    `seen` is the last of the other side's that this side was shown.
    """

    lines: list[Line]
    read: int
    seen: int


def of_invitation(invitation: Invitation, *, after: int = 0) -> Thread:
    """What her phone shows, from beyond the line `after`.

    Of this link alone: another link of the case may have been opened by somebody else.
    """
    return _thread(Line.objects.filter(invitation=invitation), (Side.VICTIM,), after)


def lines_of(case: Case) -> QuerySet[Line]:
    """Everything that was said in a case, by whichever link."""
    return Line.objects.filter(invitation__case=case)


def of_case(case: Case, *, after: int = 0) -> Thread:
    """What the staff's pages show, from beyond the line `after`: of every link of the case."""
    return _thread(lines_of(case).select_related("by"), _STAFF, after)


def unread_by_her(invitation: Invitation) -> QuerySet[Line]:
    """What was written to her and has not been on her screen, in its order."""
    return Line.objects.filter(
        ~Exists(LineShown.objects.filter(line=OuterRef("pk"), to=Side.VICTIM)),
        invitation=invitation,
        side__in=_STAFF,
    )


def unread_by_staff() -> dict[int, int]:
    """How many lines of hers no page of the staff's has shown, by case, where there are any."""
    unread = Line.objects.filter(
        ~Exists(LineShown.objects.filter(line=OuterRef("pk"), to__in=_STAFF)), side=Side.VICTIM
    )
    return dict(
        unread.filter(~Q(invitation__case__state="closed"))
        .values_list("invitation__case")
        .annotate(how_many=Count("pk"))
    )


def alive_in(case: Case) -> Invitation | None:
    """The link that she can be written to by: opened, and not ended."""
    return case.invitations.filter(ended_at=None).exclude(opened_at=None).first()


def _thread(lines: QuerySet[Line], own: tuple[Side, ...], after: int) -> Thread:
    mine = LineShown.objects.filter(line__in=lines.filter(side__in=own))
    theirs = LineShown.objects.filter(line__in=lines.exclude(side__in=own))
    return Thread(
        lines=list(lines.filter(pk__gt=after)),
        read=_last(mine.exclude(to__in=own)),
        seen=_last(theirs.filter(to__in=own)),
    )


def _last(shown: QuerySet[LineShown]) -> int:
    return shown.aggregate(last=Max("line"))["last"] or 0
