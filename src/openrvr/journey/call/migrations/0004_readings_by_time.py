from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("call", "0003_link_readings")]

    operations = [
        # What the supervisor's board reads of the last hour.
        migrations.AddIndex(
            model_name="linkreading",
            index=models.Index(fields=["at"], name="call_linkre_at_751fbb_idx"),
        ),
    ]
