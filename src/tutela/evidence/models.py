"""What is kept beside the documents: the log of reads, in the ``access`` file, so that reading never waits for a writer."""

from __future__ import annotations

from django.db import models


class Access(models.Model):
    """One opening of an original, written before it was opened.  Each line seals the one before (``evidence.custody``)."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    item = models.CharField(max_length=32)  # public id, 32 hexadecimal digits
    act = models.CharField(max_length=16)  # viewed exported copied
    purpose = models.TextField(blank=True)
    chain = models.BinaryField()  # SHA-256 over the former line's chain and this line

    class Meta:
        indexes = [models.Index(fields=["item", "id"], name="evidence_access_item")]
