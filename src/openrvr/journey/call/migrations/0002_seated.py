from __future__ import annotations

import uuid
from typing import Any

from django.db import migrations


def seat(apps: Any, _: Any) -> None:
    """Whoever is in a call, or rung for one, during the upgrade has a seat after it."""
    call, ring = apps.get_model("call", "Call"), apps.get_model("waiting", "Ring")
    taken = apps.get_model("live", "LiveSeat").objects
    between: list[tuple[uuid.UUID, int, uuid.UUID]] = [
        *call.objects.filter(ended_at=None).values_list("pk", "officer_id", "invitation_id"),
        *ring.objects.filter(ended_at=None).values_list(
            "channel", "officer_id", "waiting__invitation_id"
        ),
    ]
    for channel, officer, invitation in between:
        for number, stream in enumerate((f"person.{officer}", f"phone.{invitation}")):
            # A ring that is a call by now has the call's channel.
            taken.get_or_create(
                channel_id=channel, stream=stream, left_at=None, defaults={"number": number}
            )


class Migration(migrations.Migration):
    dependencies = [
        ("call", "0001_initial"),
        ("live", "0003_seats"),
        ("waiting", "0003_phones"),
    ]

    operations = [migrations.RunPython(seat, migrations.RunPython.noop)]
