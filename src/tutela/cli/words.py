"""The lists of terms: what a mapping or a form may say."""

from __future__ import annotations

import typer

from tutela.cli import screen
from tutela.cli.running import Run, command
from tutela.errors import TutelaError, declare, problem

declare({"list-unknown": ("There is no list of terms “{value}”.", "Use one of: {known}.")})


@command("vocabulary")
def vocabulary(
    run: Run,
    name: str = typer.Argument(None, metavar="LIST", help="A list's name, for example place-types. Nothing: the names of all lists."),
    language: str = typer.Option("en", "--language", metavar="LANG", help="The labels' language, where a term has one in it."),
) -> None:
    """Say the codes and labels of a list of terms: what a mapping may give as a code."""
    from tutela.vocabulary import all_names, load

    if not name:
        lists = [load(one) for one in all_names()]
        run.answer(
            {"lists": [{"name": one.name, "title": one.title, "terms": len(one.terms)} for one in lists]},
            screen.table(("List", "Title", "Terms"), [(one.name, one.title, len(one.terms)) for one in lists], (2,)),
        )
        return
    if name not in all_names():
        raise TutelaError(problem("list-unknown", value=name, known=", ".join(all_names())))
    found = load(name)
    terms = [
        {
            "code": t.code,
            "label": found.label(t.code, language),
            "labels": dict(t.labels),
            "also": list(t.also),
            "broader": t.broader,
            "definition": t.definition,
        }
        for t in found.terms.values()
    ]
    rows = [(t["code"], t["label"], t["broader"] or "", screen.cut(", ".join(t["also"]), 50)) for t in terms]
    run.answer(
        {"list": found.name, "title": found.title, "terms": terms},
        [found.title, *screen.table(("Code", "Label", "Part of", "Also understood"), rows)],
    )
