"""What is kept beside the documents: one typed row a finding, for lists and figures over a whole register.

For whoever counts over ``assessment_finding``: ``status`` says how far the review is (``reviewed`` and ``published`` are for
everybody, ``draft`` and ``submitted`` for contributors and above alone and count in no figure); ``kind`` is 3 for an assessment
and 12 for a consensus, which counts (``published`` only) as one finding more, written down last; ``degree`` is the degree of
damage on the core scale (list *damage*: slight, moderate, severe, destroyed say damage; possible and not-assessable do not).
When a version was written in the journal is not here but ``store_record.line`` → ``store_line.change`` → ``store_change.at``.
"""

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
    kind = models.SmallIntegerField(default=3, db_default=3)
    degree = models.CharField(max_length=20, null=True)
    standing = models.BigIntegerField(null=True)  # what it says of the state of its place: see rules.standing
    says = models.SmallIntegerField(default=0)

    class Meta:
        # Answers the state of all places on any day without a look at the rows (reports.standing).
        indexes = [models.Index(fields=["place", "standing", "record", "says"], name="assessment_finding_standing")]
