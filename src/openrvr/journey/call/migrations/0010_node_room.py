from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("call", "0009_relief_unasked")]

    operations = [
        migrations.CreateModel(
            name="NodeRoom",
            fields=[
                (
                    "name",
                    models.CharField(
                        help_text="As the settings have it.",
                        max_length=60,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("told_at", models.DateTimeField()),
                ("free", models.BigIntegerField(help_text="Bytes.")),
                ("is_full", models.BooleanField(help_text="It is to get no more calls.")),
            ],
        ),
    ]
