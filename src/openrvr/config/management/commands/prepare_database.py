"""`openrvr manage prepare_database`: the tables, and the rights of the application's role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from psycopg import sql

# What the application may only add to and read.
APPEND_ONLY = (
    "audit_auditline",
    "cases_casemove",
    "call_linkreading",
    "chat_line",
    "chat_lineshown",
    "evidence_custodyentry",
    "evidence_recordingnotice",
    "evidence_review",
    "evidence_slice",
    "evidence_statementevent",
    "intake_gradeentry",
    "intake_reportedit",
    "messages_safecontact",
    "offer_offer",
    "promises_handover",
    "waiting_phoneevent",
    "silent_alarmpress",
    "silent_hearinganswer",
    "silent_hearingquestion",
)
# What it may delete: what is kept for a while only. Nothing of a case is ever deleted.
PASSING = (
    "call_drainednode",
    "django_session",
    "invitation_openingattempts",
    "live_livechannel",
    "live_liveseat",
    "live_liveevent",
    "messages_demotext",
    "people_signinguesses",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)
# What the database alone writes.
READ_ONLY = ("audit_auditseal", "django_migrations")


class Command(BaseCommand):
    help = "Brings tables and rights up to date. Runs as the role that owns the tables."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        role = settings.DATABASE_APPLICATION_ROLE
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            if cursor.fetchone()[0] == role:
                self.stderr.write(
                    "The application works as the role that owns the tables, so only the chain,"
                    " and no right, protects the access log. Set DATABASE_OWNER_URL to another"
                    " role: see docs/running.md."
                )
                return
            # All at once: between two of them the application could alter the log's past.
            with transaction.atomic():
                for statement in _rights(role):
                    cursor.execute(statement)


def _rights(role: str) -> list[sql.Composed]:
    """What the application's role may do: everything it needs, and nothing to the log's past."""
    name = sql.Identifier(role)

    def statement(text: str, tables: tuple[str, ...] = ()) -> sql.Composed:
        listed = sql.SQL(", ").join(sql.Identifier(table) for table in tables)
        return sql.SQL(text).format(role=name, tables=listed)

    return [
        statement("GRANT USAGE ON SCHEMA public TO {role}"),
        statement("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {role}"),
        statement("REVOKE DELETE ON ALL TABLES IN SCHEMA public FROM {role}"),
        statement("GRANT DELETE ON {tables} TO {role}", PASSING),
        statement("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"),
        statement("REVOKE UPDATE ON {tables} FROM {role}", APPEND_ONLY),
        statement("REVOKE INSERT, UPDATE ON {tables} FROM {role}", READ_ONLY),
    ]
