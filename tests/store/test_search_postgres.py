"""What only PostgreSQL could get wrong: its own parser of words, its collations, its use of the indexes."""

from __future__ import annotations

import pytest
from django.db import connection
from inventory.register import PUBLIC, keep

from tutela.inventory import queries
from tutela.store import backend

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


WORDS = ("1e5", "12a", "3d", "07f6bd2d", "0x1f", "275", "00275", "a1b2", "9ca6", "ܐ1", "مسجد", "ᚠᚢᚦ", "𐤀𐤁", "ⵣⵣ",
         "王宮", "𐎠𐎡")


@pytest.mark.parametrize("word", WORDS)
def test_every_folded_word_is_one_word_of_the_index(db: None, word: str) -> None:
    keep("Some name", identifiers=[{"scheme": "local", "value": word}])
    assert queries.count(PUBLIC, f"id:{word}").total == 1
    assert queries.count(PUBLIC, f"id:{word}x").total == 0


def test_titles_are_sorted_by_code_point_whatever_the_collation(db: None) -> None:
    for name in ("a b", "ab", "a c", "Ä", "z", "я", "ب"):
        keep(name)
    assert [row.name["text"] for row in queries.search(PUBLIC, "").rows] == ["Ä", "a b", "a c", "ab", "z", "я", "ب"]


@pytest.mark.parametrize(("sql", "index"), [
    ("SELECT id FROM store_words WHERE vector @@ '''halaf'':*ABC'::tsquery", "store_words_vector"),
    ("SELECT e.id FROM store_entry e WHERE e.box && box(point(30, 30), point(30.1, 30.1))", "store_entry_box"),
    ('SELECT e.id FROM store_entry e WHERE e.kind = 1 ORDER BY e.title COLLATE "C", e.id LIMIT 50', "store_entry_order"),
])
def test_there_is_an_index_for_each_part_of_a_question(db: None, sql: str, index: str) -> None:
    with connection.cursor() as cursor:  # of an empty table, reading all of it is the quickest way
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"SET LOCAL enable_indexscan = {'on' if 'ORDER' in sql else 'off'}")
    assert index in backend.module().explain(sql, [])
