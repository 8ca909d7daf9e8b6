from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invitation", "0002_rungs")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="on_phone",
            field=models.BooleanField(
                help_text="Still in the phone call that brought her here; empty: not said yet.",
                null=True,
            ),
        ),
    ]
