"""Names: a text with its kind; language and script as the list states them, else as the writing tells, where that is sure."""

from __future__ import annotations

from typing import Any

from tutela.exchange.mapping.builders import KEPT, Cell, Context, Item, Items
from tutela.exchange.mapping.cells import Values
from tutela.exchange.mapping.steps import in_step
from tutela.vocabulary.scripts import guess_language, script_of


def build_names(cells: dict[str, Cell], main: str, context: Context) -> Items:
    """Compile the rule of one column (or set of parallel columns) of names."""
    make = _maker(cells, context)
    if set(cells) <= {"text", "kind", "lang"} and cells[main].split is None:
        return _one(cells, main, make)
    steps = in_step(cells, main, context)

    def build(values: Values) -> list[Item]:
        out: list[Item] = []
        for texts in steps(values):
            if (item := make(texts[main], texts)) not in out:
                out.append(item)
        return out

    return build


def _one(cells: dict[str, Cell], main: str, make: Any) -> Items:
    get = cells[main].get
    others = [(name, c.get) for name, c in cells.items() if name != main]

    def build_one(values: Values) -> list[Item]:
        text = get(values)
        if text is None:
            return []
        return [make(text, {name: other(values) for name, other in others})]

    return build_one


def _maker(cells: dict[str, Cell], context: Context) -> Any:
    source = context.source_key
    kind_of = _kind_reader(cells.get("kind"))
    lang_of = cells["lang"].value if "lang" in cells else lambda text: text
    scripts = {name: c for name, c in cells.items() if name in ("period", "reference")}

    def make(text: str, texts: dict[str, Any]) -> Item:
        item: Item = {"text": text, "source": source}
        script = texts.get("script") or ("Latn" if text.isascii() else script_of(text))
        if script and script != "Zyyy":
            item["script"] = script
        lang = lang_of(texts.get("lang"))
        if lang is None and script != "Latn":
            lang = guess_language(text, context.country)
            lang = None if lang == "und" else lang
        if lang:
            item["lang"] = lang
        kind = kind_of(texts.get("kind"))
        if kind:
            item["kind"] = kind
        for name in scripts:
            if texts.get(name):
                item[name] = texts[name]
        return item

    return make


def _kind_reader(c: Cell | None) -> Any:
    kinds: dict[Any, str | None] = {}

    def kind_of(text: Any) -> str | None:
        if text is None or c is None:
            return None
        held = kinds.get(text)
        if held is None:
            read = c.value(text)
            held = read if not isinstance(read, tuple) else read[0] or str(text).lower()
            if len(kinds) < KEPT:
                kinds[text] = held
        return held

    return kind_of
