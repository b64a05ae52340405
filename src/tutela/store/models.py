"""What is kept.  Rows here are written by :mod:`tutela.store.write` and :mod:`tutela.store.journal` alone."""

from __future__ import annotations

from typing import Any

from django.db import models


class Number(models.BigIntegerField):
    """A primary key we count ourselves (64 bits).

    On SQLite it must be typed ``integer``: that makes it the row's own number, where ``bigint`` would make a second tree
    beside the table, written and read at every turn (measured: a third of the time of an import's inserts).
    """

    def db_type(self, connection: Any) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class Change(models.Model):
    """One action by one person: the unit that is journalled, shown in the history, and undone."""

    id = Number(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=64)  # public id of a person, or "operator"
    action = models.CharField(max_length=64)  # "inventory.correct", "exchange.import" …
    note = models.TextField(blank=True)
    line = models.BigIntegerField(unique=True)  # its first journal line, which seals who, when and what
    last = models.BigIntegerField()  # its last journal line: a change's lines stand together
    undoes = models.BigIntegerField(null=True)  # the change that this one takes back
    undone_by = models.BigIntegerField(null=True)


class Record(models.Model):
    """Anything with a public id.  ``line`` is the journal line whose payload holds the record as it stands now."""

    id = Number(primary_key=True)
    uuid = models.CharField(max_length=32, unique=True)  # 32 hexadecimal digits, time-ordered, opaque
    kind = models.SmallIntegerField()
    line = models.BigIntegerField()
    live = models.BooleanField(default=True)


class Line(models.Model):
    """One line of the journal.  ``chain`` links it to the line before; ``digest`` seals the salted content of the line.

    Erasing empties ``salt`` and ``document``; the chain still verifies.
    """

    seq = Number(primary_key=True)
    change = models.BigIntegerField()
    record = models.BigIntegerField(null=True)  # null: the line that seals the change itself, or an erasure
    act = models.SmallIntegerField()
    before = models.BigIntegerField(null=True)  # the record's former line: a record's history is followed along these
    digest = models.BinaryField()
    chain = models.BinaryField()
    salt = models.BinaryField(null=True)
    document = models.TextField(null=True)


# Two more tables hold what is derived for matching and following: ``store_key`` (scheme, value, record), the names by
# which the outside world knows a record, and ``store_link`` (source, target, role as in "about", "part-of", "chosen").
# Each is one tree without row numbers, which Django cannot say: see ``backends``.


class Profile(models.Model):
    """A distinct combination of facet values; counting facets is counting profiles."""

    id = Number(primary_key=True)
    facets = models.TextField(unique=True)  # canonical JSON {facet: [codes]}


class Area(models.Model):
    """A distinct administrative area as entries name it (country code, folded name)."""

    id = Number(primary_key=True)
    key = models.CharField(max_length=400, unique=True)
    label = models.CharField(max_length=400)


class Entry(models.Model):
    """A record as audiences ``low`` to ``high`` may find it.  One row when all may see the same (wall 2).

    ``x, y, w, s, e, n`` degrees at that audience's precision; ``document`` the audience's version of the record's
    document, or null where it is the record's own.  ``id`` = record id × 4 + low.
    """

    id = Number(primary_key=True)
    record = models.BigIntegerField()
    uuid = models.CharField(max_length=32, default="")  # the record's: five hundred of them are read for one window of a map
    kind = models.SmallIntegerField()
    low = models.SmallIntegerField()
    high = models.SmallIntegerField()
    title = models.CharField(max_length=200)
    label = models.TextField(null=True)  # what a map writes beside it, so that it need not read the document
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    w = models.FloatField(null=True)
    s = models.FloatField(null=True)
    e = models.FloatField(null=True)
    n = models.FloatField(null=True)
    profile = models.BigIntegerField()
    area = models.BigIntegerField(null=True)
    day = models.BigIntegerField(null=True)  # the last day something was observed, year*10000+month*100+day
    value = models.FloatField(null=True)
    start = models.BigIntegerField(null=True)
    finish = models.BigIntegerField(null=True)
    document = models.TextField(null=True)

    class Meta:
        # Both answer without a look at the rows: lists in the order of titles, and counts by profile.
        indexes = [models.Index(fields=["kind", "title", "id", "profile", "low", "high"], name="store_entry_title"),
                   models.Index(fields=["profile", "kind", "low", "high"], name="store_entry_profile")]


class Words(models.Model):
    """The folded words of an entry, by field; the word index points here."""

    id = Number(primary_key=True)  # the entry's
    names = models.TextField()
    ids = models.TextField()
    areas = models.TextField()
    text = models.TextField()


class Term(models.Model):
    """A distinct folded word of the names, for tolerance of typing errors."""

    id = Number(primary_key=True)
    word = models.CharField(max_length=80, unique=True)


class Job(models.Model):
    """Long work: what it does, how far it is, whether it should stop."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    made = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, default="waiting")  # waiting running done failed cancelled
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    doing = models.CharField(max_length=200, blank=True)
    cancel = models.BooleanField(default=False)
    arguments = models.JSONField(default=dict)
    result = models.JSONField(null=True)
