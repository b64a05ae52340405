# What the damaged-places list counts as verified; `tutela migrate` derives it for all records.

import tutela.store.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Citation',
            fields=[
                ('record', tutela.store.models.Number(primary_key=True, serialize=False)),
                ('item', models.BigIntegerField()),
                ('target', models.BigIntegerField()),
                ('part', models.CharField(default='', max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('pk', models.CompositePrimaryKey('record', 'place', blank=True, editable=False, primary_key=True, serialize=False)),
                ('record', models.BigIntegerField()),
                ('place', models.BigIntegerField()),
                ('held', models.BooleanField()),
            ],
        ),
    ]
