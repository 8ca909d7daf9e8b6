from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("call", "0004_readings_by_time")]

    operations = [
        migrations.CreateModel(
            name="DrainedNode",
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
                ("since", models.DateTimeField()),
                (
                    "at_once",
                    models.BooleanField(help_text="What it has goes to another node, too."),
                ),
            ],
        ),
    ]
