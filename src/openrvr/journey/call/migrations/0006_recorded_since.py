from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("call", "0005_drained_node")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="recorded_since",
            field=models.DateTimeField(help_text="By the nodes, where they do.", null=True),
        ),
    ]
