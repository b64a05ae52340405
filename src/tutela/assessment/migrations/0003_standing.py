# The numbers by which the damaged-places list is counted (assessment.rules.standing); `tutela migrate` derives it for all records.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0002_kind_and_degree'),
    ]

    operations = [
        migrations.AddField(
            model_name='finding',
            name='standing',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='finding',
            name='says',
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['place', 'standing', 'record', 'says'], name='assessment_finding_standing'),
        ),
    ]
