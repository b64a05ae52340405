"""What is kept beside the documents: the log of reads, in the ``access`` file, so that reading never waits for a writer; and what
citations and items say to figures over a whole register, one typed row each, derived from their documents."""

from __future__ import annotations

from django.db import models

from tutela.store.models import Number


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


class Citation(models.Model):
    """That a record rests on an item.  ``part`` the first step of the part's address ("damages" of damages/d1), "" the whole."""

    record = Number(primary_key=True)
    item = models.BigIntegerField()
    target = models.BigIntegerField()  # the record that rests on it
    part = models.CharField(max_length=40, default="")


class Item(models.Model):
    """An item and a place that it concerns; ``place`` 0 where it concerns none, -1 beside them where it has witnesses.

    ``held``: it was neither handed over nor destroyed."""

    pk = models.CompositePrimaryKey("record", "place")
    record = models.BigIntegerField()
    place = models.BigIntegerField()
    held = models.BooleanField()
