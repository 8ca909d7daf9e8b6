from __future__ import annotations

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql" / "under_the_rules.sql"
ANSWERS = [("unknown", "Not asked"), ("yes", "Yes"), ("no", "No")]


def _answer(help_text: str = "") -> models.CharField[str, str]:
    return models.CharField(choices=ANSWERS, default="unknown", max_length=8, help_text=help_text)


# What was kept before: one row a case, changed in place, with one pair of hours.
BROUGHT_OVER = """
    UPDATE messages_safecontact SET may_text = CASE may_text WHEN 'true' THEN 'yes'
        WHEN 'false' THEN 'unknown' ELSE may_text END,
        hours = CASE WHEN texts_from <> '' AND texts_until <> ''
            THEN texts_from || '-' || texts_until ELSE '' END,
        at = (SELECT opened_at FROM cases_case WHERE id = messages_safecontact.case_id);
    UPDATE messages_message SET
        sent_under_id = CASE WHEN state IN ('queued', 'cancelled') THEN NULL ELSE
            (SELECT id FROM messages_safecontact WHERE case_id = messages_message.case_id) END,
        link = CASE WHEN state IN ('queued', 'sending')
            THEN coalesce(substring(words from 'https?://[^ ]+'), '') ELSE '' END;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("messages", "0001_initial")]

    operations = [
        migrations.AlterField(
            "safecontact",
            "case",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="safe_contacts",
                to="cases.case",
            ),
        ),
        migrations.AddField("safecontact", "version", models.PositiveIntegerField(default=1)),
        migrations.AlterField("safecontact", "may_text", _answer()),
        migrations.AddField("safecontact", "may_ring", _answer()),
        migrations.AddField("safecontact", "may_leave_message", _answer()),
        migrations.AddField(
            "safecontact", "others_read", _answer("Whether somebody else may read this phone.")
        ),
        migrations.AddField(
            "safecontact",
            "hours",
            models.CharField(
                blank=True,
                help_text="As hours.in_one_form; empty: the policy's hours.",
                max_length=300,
            ),
        ),
        migrations.AddField("safecontact", "hours_are_clear", models.BooleanField(default=True)),
        migrations.AddField(
            "safecontact",
            "wording",
            models.CharField(blank=True, help_text="Empty: the policy's first.", max_length=30),
        ),
        migrations.AddField("safecontact", "by", models.CharField(blank=True, max_length=160)),
        migrations.AddField("safecontact", "at", models.DateTimeField(null=True)),
        migrations.AddField(
            "message",
            "link",
            models.CharField(blank=True, help_text="Until it is handed over.", max_length=200),
        ),
        migrations.AddField(
            "message",
            "sent_under",
            models.ForeignKey(
                help_text="The rules under which it was handed over.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="messages.safecontact",
            ),
        ),
        migrations.RunSQL(BROUGHT_OVER, migrations.RunSQL.noop),
        migrations.RemoveField("safecontact", "texts_from"),
        migrations.RemoveField("safecontact", "texts_until"),
        migrations.AlterField("safecontact", "at", models.DateTimeField()),
        migrations.AddConstraint(
            "safecontact",
            models.UniqueConstraint(fields=("case", "version"), name="contact_versions_in_a_row"),
        ),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("queued", "cancelled")),
                    ("sent_under__isnull", False),
                    _connector="OR",
                ),
                name="message_sent_under_rules",
            ),
        ),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
