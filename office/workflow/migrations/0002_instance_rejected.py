from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="instance",
            name="state",
            field=models.CharField(
                choices=[
                    ("running", "In progress"),
                    ("suspended", "Suspended"),
                    ("completed", "Completed"),
                    ("cancelled", "Cancelled"),
                    ("rejected", "Rejected"),
                ],
                default="running",
                max_length=12,
            ),
        ),
    ]
