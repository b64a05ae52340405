"""The words of a register on PostgreSQL do not rest on the database's character type: Tutela folds them itself.

A database whose ctype is C knows no letter beyond ASCII.  It must find the same as any other, so it need not be refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tutela.vocabulary.folding import words

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
SCRIPTS = ["حَلَب", "ܐܘܿܪܗܵܝ", "Łódź", "Şuşa", "Ἀθῆναι", "Крепость", "ქართლი", "Հայոց", "קיר", "王宮", "𐤀𐤁", "ᚠᚢᚦ"]


@pytest.fixture(params=["C", "C.UTF-8"])
def database(request: Any) -> Iterator[Any]:
    """A connection to an empty database of this character type."""
    import psycopg

    given = connection.get_connection_params()
    reach = {key: given[key] for key in ("host", "port", "user", "password") if given.get(key)}
    name = f"tutela_ctype_{request.param.lower().replace('.', '_').replace('-', '')}"
    with psycopg.connect(dbname="postgres", autocommit=True, **reach) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        try:
            server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE '{request.param}'")
        except psycopg.errors.WrongObjectType:
            pytest.fail(f"this server has no character type {request.param}")
        try:
            with psycopg.connect(dbname=name, **reach) as opened:
                yield opened
        finally:
            server.execute(f"DROP DATABASE {name}")


def test_every_folded_word_is_one_word_of_the_index_and_finds_itself(database: Any) -> None:
    letters = (chr(c) for c in range(0x30, 0x20000) if unicodedata.category(chr(c)) in ("Lu", "Ll", "Lt", "Lo", "Nd"))
    # Cherokee alone folds to its capitals, which a server that knows them makes small again.
    letters = (c for c in letters if "CHEROKEE" not in unicodedata.name(c, ""))
    known = sorted({word for text in [*SCRIPTS, *(f"{c}a{c}" for c in letters)] for word in words(text)})
    wrong = database.execute(
        "SELECT w FROM unnest(%s::text[]) w WHERE to_tsvector('simple'::regconfig, w)::text <> '''' || w || ''':1' "
        "OR NOT to_tsvector('simple'::regconfig, w || ' ' || w) @@ ('''' || w || ''':*')::tsquery", [known]).fetchall()
    assert len(known) > 10_000 and wrong == []


def test_a_database_that_does_not_hold_every_script_is_refused(tmp_path: Any, database_url: str) -> None:
    from urllib.parse import urlsplit, urlunsplit

    import psycopg
    from support.commands import CommandLine

    name = "tutela_ctype_ascii"
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
    try:
        url = urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))
        told = CommandLine(tmp_path / "workspace", url).data("init", exit_code=4)
        assert told["error"]["code"] == "database-encoding" and not (tmp_path / "workspace").exists()
    finally:
        with psycopg.connect(database_url, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name}")
