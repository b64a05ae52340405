"""What is kept of an import: its report.  What it wrote lies in the journal, under its change."""

from __future__ import annotations

from django.db import models


class Import(models.Model):
    """One run of an import.  ``change`` is the journalled change that holds all it wrote; null for a dry run."""

    id = models.BigAutoField(primary_key=True)
    made = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=64)
    files = models.JSONField(default=list)  # [{name, bytes, digest, format, …}]
    mapping = models.CharField(max_length=200)
    mapping_text = models.TextField()
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=16)  # committed, refused, dry, undone, failed
    change = models.BigIntegerField(null=True)
    report = models.JSONField(default=dict)
