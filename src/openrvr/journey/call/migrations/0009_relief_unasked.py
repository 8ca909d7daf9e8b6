from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("call", "0008_relief")]

    operations = [
        migrations.AddField(
            model_name="relief",
            name="unasked",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="A supervisor takes it over unasked.",
            ),
        ),
    ]
