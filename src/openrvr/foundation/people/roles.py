"""Who does what; the names are those of the police service."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    """A role that an account can have; an account may have several."""

    CALL_TAKER = "call_taker", "Call-taker"
    OFFICER = "officer", "Video officer"
    SUPERVISOR = "supervisor", "Supervisor"
    SPECIALIST = "specialist", "Specialist"
    PARTNER = "partner", "Partner"
    ANALYST = "analyst", "Analyst"
    INFORMATION_MANAGER = "information_manager", "Information manager"


class Desk(models.TextChoices):
    """A desk that answers for a promise while no named person does."""

    CONTROL_ROOM = "control_room", "Control room"
    VIDEO_HUB = "video_hub", "Video hub"
    SUPERVISOR = "supervisor", "Supervisors"
    INFORMATION = "information", "Information managers"


# Where whoever works on the reports of today sits.
THE_ROOM = (Desk.CONTROL_ROOM, Desk.VIDEO_HUB, Desk.SUPERVISOR)
DESKS_OF_ROLE: dict[str, tuple[Desk, ...]] = {
    Role.CALL_TAKER: (Desk.CONTROL_ROOM,),
    Role.OFFICER: (Desk.VIDEO_HUB,),
    Role.INFORMATION_MANAGER: (Desk.INFORMATION,),
    Role.SUPERVISOR: (Desk.SUPERVISOR, Desk.CONTROL_ROOM, Desk.VIDEO_HUB),
}
