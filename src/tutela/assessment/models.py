"""What is kept beside the documents: one typed row a finding, for lists and figures over a whole register."""

from __future__ import annotations

from django.db import models

from tutela.store.models import Number


class Finding(models.Model):
    """Derived from an assessment's document.  Days are year*10000+month*100+day; null is unknown or open."""

    record = Number(primary_key=True)
    place = models.BigIntegerField()
    observed_from = models.BigIntegerField(null=True)
    observed_to = models.BigIntegerField(null=True)
    recorded = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=20)
    condition = models.CharField(max_length=20, null=True)
    extent = models.CharField(max_length=20, null=True)
    damages = models.IntegerField(default=0)
    status = models.CharField(max_length=12)
