from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql" / "reasons_go.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0005_captions"),
    ]

    operations = [
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
