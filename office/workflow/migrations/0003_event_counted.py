from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0002_instance_rejected"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(
                    (
                        "kind__in",
                        ["returned", "withdrawn", "handed", "reassigned", "added", "urged", "escalated"],
                    )
                ),
                fields=["occurred_at"],
                name="workflow_event_counted",
            ),
        ),
    ]
