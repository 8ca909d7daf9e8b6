import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("call", "0006_recorded_since"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Guest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="In the order in which they were asked."
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("interpreter", "Interpreter"),
                            ("sign_language", "Sign language interpreter"),
                            ("advocate", "Advocate"),
                            ("appropriate_adult", "Appropriate adult"),
                            ("specialist", "Specialist"),
                            ("supervisor", "Supervisor"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(help_text="As she is told who it is.", max_length=80)),
                ("organisation", models.CharField(blank=True, max_length=80)),
                (
                    "ring",
                    models.CharField(
                        blank=True, help_text="How else they are told.", max_length=120
                    ),
                ),
                (
                    "listens_only",
                    models.BooleanField(default=False, help_text="Neither seen nor heard."),
                ),
                ("asked_at", models.DateTimeField()),
                ("agreed_at", models.DateTimeField(null=True)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                (
                    "expires_at",
                    models.DateTimeField(
                        help_text="Of the link; empty: not agreed yet.", null=True
                    ),
                ),
                ("opened_at", models.DateTimeField(null=True)),
                ("device_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("joined_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.CharField(blank=True, max_length=30)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guests",
                        to="call.call",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "number"), name="guest_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("joined_at", None), ("agreed_at__isnull", False), _connector="OR"
                        ),
                        name="guest_in_only_if_she_agreed",
                    ),
                ],
            },
        ),
    ]
