from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0002_position"),
    ]

    operations = [
        migrations.CreateModel(
            name="LiveSeat",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stream", models.CharField(max_length=80)),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="In the order in which they were taken."
                    ),
                ),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="live.livechannel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "number"), name="live_seat_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)),
                        fields=("channel", "stream"),
                        name="live_seat_once",
                    ),
                ],
            },
        ),
    ]
