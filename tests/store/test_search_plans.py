"""Whatever SQLite reads first, and however many there are, the answer is the same."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from inventory.register import PUBLIC, keep

from tutela.inventory import mapping, queries
from tutela.inventory.actions import set_handling
from tutela.people.rules import OPERATOR
from tutela.store import search
from tutela.store.backends import sqlite_search

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

WORDS = ("Halaf", "Tell Halaf", "Tell Beydar", "Halaf Bridge", "تل حلف", "Beydar", "Ur")
QUESTIONS = ("", "halaf", "tell", "tell halaf", "be", "ur", "condition:poor", "-condition:poor halaf", "bbox:30,30,35,35",
             "bbox:30,30,35,35 halaf",
             "bbox:175,30,33,36", "bbox:30,30,35,35 tell condition:good", "-name:tell", "bbox:31,30,36,36 -name:tell", "extent:5..20",
             "bbox:30,30,40,36 extent:5..20 halaf", '"tell halaf"', "order:observed", "bbox:30,30,33,36 order:extent")
SIZES = {"few are sorted": (5000, 40_000, 50_000), "many are walked along": (0, 0, 1), "boxes first": (1, 40_000, 1),
         "words first": (5000, 0, 50_000)}


@pytest.fixture
def many(db: None) -> None:
    for n in range(60):
        uuid = keep(f"{WORDS[n % len(WORDS)]}{f' {n}' if n % 4 else ''}", at=(30 + n % 10 * 0.7, 30 + n % 7 * 0.7) if n % 6 else None,
                    condition=("poor", "good")[n % 2], observed=f"20{10 + n % 9}", value=float(n % 30))
        if n % 9 == 0:
            set_handling(OPERATOR, uuid, ("restricted", "confidential")[n % 2], "1", "at risk")


def answers(query: str) -> dict[str, Any]:
    """All that is told of a question, pages put together."""
    pages = [row.id for at in range(0, 70, 7) for row in queries.search(PUBLIC, query, 7, at).rows]
    shown = queries.map_features(PUBLIC, query, (29, 29, 41, 41), 6)
    counts = queries.count(PUBLIC, query, ("condition", "located"))
    return {"pages": pages, "total": queries.search(PUBLIC, query).total, "counts": (counts.total, counts.facets),
            "areas": queries.areas(PUBLIC, query), "years": queries.years(PUBLIC, query),
            "single": sorted(f["id"] for f in shown["features"]),
            "groups": sorted((g["bbox"], g["count"], g["by"]) for g in shown["groups"]),
            "map": [shown[name] for name in ("total", "outside", "without")]}


@pytest.mark.parametrize("singles", [500, 3])
def test_every_way_of_reading_gives_the_same_answers(many: None, monkeypatch: pytest.MonkeyPatch, singles: int) -> None:
    monkeypatch.setattr(mapping, "SINGLES", singles)
    expected: dict[str, Any] = {}
    for (_, (few, many_words, crowd)), query in product(SIZES.items(), QUESTIONS):
        monkeypatch.setattr(sqlite_search, "FEW", few)
        monkeypatch.setattr(sqlite_search, "MANY", many_words)
        monkeypatch.setattr(sqlite_search, "CROWD", crowd)
        monkeypatch.setattr(sqlite_search, "NEAR", few - 1)
        monkeypatch.setattr(sqlite_search, "MOST", max(few, 1))
        search.forget_counts()
        found = answers(query)
        assert len(found["pages"]) == len(set(found["pages"])) == found["total"] == found["counts"][0]
        assert found == expected.setdefault(query, found), (query, few, many_words, crowd)
    assert expected["halaf"]["total"] > expected["bbox:30,30,35,35 halaf"]["total"] > 0
