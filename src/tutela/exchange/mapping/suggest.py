"""A first mapping for files nobody has described: written from headers and contents, for a person to look through."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tutela.exchange.mapping import fieldrules
from tutela.exchange.mapping.assign import assign
from tutela.exchange.mapping.joins import Join, find_join
from tutela.exchange.mapping.model import choose, read
from tutela.exchange.mapping.overlooked import looks_like
from tutela.exchange.mapping.positions import Positions, find_positions
from tutela.exchange.mapping.profile import Column, language, profile
from tutela.exchange.mapping.writing import Line, Plan, flow, quoted, remark, write
from tutela.vocabulary.folding import fold as fold_text

HOMES = {"uk": "UA", "hy": "AM", "ka": "GE", "az": "AZ", "tr": "TR", "fa": "IR"}


def suggest_mapping(files: list[Path], options: dict[str, Any] | None = None) -> str:
    """The mapping as YAML with comments; ``?`` in a comment marks what a person must decide or confirm.

    ``options`` are those of the readers (encoding, separator, sheet, crs …).  The text is a valid mapping as it stands.
    Raises :class:`tutela.errors.Unusable` where a file cannot be read.
    """
    from tutela.exchange.readers import open_source

    given = {k: v for k, v in (options or {}).items() if v is not None}
    sources = [open_source(Path(path), **given) for path in files]
    for source in sources:
        ready = choose(source.columns)
        if ready is not None:
            return f"# The ready mapping {ready.name} fits these columns; this is its text.\n{ready.text}"
    tables = [profile(source.columns, source.rows()) for source in sources]
    join = find_join(tables)
    text = write(_plan(sources, tables, join, given))
    read(text, "suggested mapping")  # a fault here is ours, and better told than written
    return text


def _plan(sources: list[Any], tables: list[list[Column]], join: Join, options: dict[str, Any]) -> Plan:
    roles = _roles(sources, join)
    main = tables[join.main]
    plan = Plan()
    plan.head = _head(sources, roles, join)
    hint = _country_hint(main)
    positions = None if sources[join.main].geometry else find_positions(main, hint, sources[join.main].path.name, options.get("crs"))
    _table(plan, main, "main", positions, {join.key} if join.key else set(), hint, sources[join.main].geometry)
    _key(plan, main, join, positions)
    _skip(plan, main)
    for number, column in sorted(join.others.items()):
        _table(plan, tables[number], roles[number], None, {column}, hint, False)
    if join.others:
        plan.head.append(f"recognise: {flow([c.name for c in main])}")
        plan.head.append("# Related files, joined by their key to the main one:")
        plan.head.append("files:")
        for number, column in sorted(join.others.items()):
            held = flow([c.name for c in tables[number]])
            plan.head.append(f"  {quoted(roles[number])}: {{columns: {held}, key: {quoted(column)}}}")
    for number, source in enumerate(sources):
        if number != join.main and number not in join.others:
            plan.head.append(f"# ? {source.name} could not be joined to the others: import it by itself.")
    plan.head += _stated(options)
    return plan


def _head(sources: list[Any], roles: dict[int, str], join: Join) -> list[str]:
    main = sources[join.main]
    stem = main.path.name.split(".")[0]
    name = "-".join(fold_text(stem).split()) or "list"
    facts = [main.format, *(f"{k} {main.stated[k]}" for k in ("encoding", "separator", "sheet", "crs") if main.stated.get(k))]
    return [
        f"# A suggestion, written from the headers and contents of {remark(main.name)[4:]} ({remark(', '.join(map(str, facts)))[4:]}).",
        "# Look through it: “?” in a comment marks what you must decide or confirm. Then: tutela import … --mapping THIS_FILE --dry-run",
        f"mapping: {quoted(name)}",
        f"title: {quoted(stem)}",
        f"source: {{key: {quoted(name)}, title: {quoted(stem)}}}  # ? who made the list, and under which licence: add licence: and uri:",
    ]


def _stated(options: dict[str, Any]) -> list[str]:
    """What was said on the command line belongs to the mapping, so that the next import needs no saying."""
    known = ("encoding", "separator", "sheet", "layer", "header_row", "crs", "coordinate_order")
    return [f"{name}: {quoted(options[name])}" for name in known if name in options]


def _roles(sources: list[Any], join: Join) -> dict[int, str]:
    roles: dict[int, str] = {}
    for number, source in enumerate(sources):
        role = "main" if number == join.main else "-".join(fold_text(source.path.name.split(".")[0]).split()) or f"file-{number + 1}"
        roles[number] = role if role not in roles.values() else f"{role}-{number + 1}"
    return roles


def _country_hint(columns: list[Column]) -> str | None:
    """The country most rows state, or the home of the language the names are in."""
    from tutela.vocabulary import load

    countries = load("countries")
    for column in columns:
        if column.filled and column.numeric < 0.5 and column.known_in(countries) >= 0.8:
            term = countries.find(column.values.most_common(1)[0][0])
            if term:
                return term.code
    spoken = [language(c) for c in columns if c.filled and c.numeric < 0.3]
    return next((HOMES[code] for code in spoken if code in HOMES), None)


def _table(
    plan: Plan, columns: list[Column], role: str, positions: Positions | None, taken: set[str], hint: str | None, has_geometry: bool
) -> None:
    """Everything one table gives, into the plan."""
    scripts = [c.script for c in columns if c.filled]
    arab = scripts.count("Arab") > len(scripts) / 4
    persian = hint in ("IR", "AF") or (arab and any(language(c) == "fa" for c in columns if c.filled))
    used = taken | set(positions.columns if positions else ())
    fields = assign(columns, used, persian, arab and not persian, role == "main")
    rules = fieldrules.Rules(plan, role, fields, hint, persian, arab and not persian)
    rules.place()
    if positions is not None:
        plan.item("geometries", rules.of(positions.rule), positions.comment)
    elif role == "main" and has_geometry:
        plan.item("geometries", {"from": "file"}, "the file's own geometry")
    elif role == "main":
        plan.head.append("# ? No positions were found: add geometries (latitude and longitude, wkt, or easting, northing and zone).")
    rules.assessment()
    if role == "main" and "country" not in fields:
        _constant_country(plan, positions, hint)
    read_columns = used | rules.used
    plan.ignored += [(c.name, _left_out(c)) for c in columns if c.name not in read_columns]


def _left_out(column: Column) -> str:
    """The comment on a column that nothing reads: a question where it looks like something a register keeps."""
    looks = looks_like(column)
    if looks:
        return f"? looks like {looks}, and is not read: say above what it becomes, or leave it here ({column.samples()})"
    return column.samples() if column.filled else "empty"


def _constant_country(plan: Plan, positions: Positions | None, hint: str | None) -> None:
    """All positions within one country's box: that country, to be confirmed."""
    from tutela.vocabulary import load
    from tutela.vocabulary.boxes import country_boxes

    points = positions.points[:200] if positions else []
    inside: list[tuple[float, str]] = []
    for code in load("countries").terms if points else ():
        boxes = country_boxes(code)
        held = sum(any(w <= x <= e and s <= y <= n for w, s, e, n in boxes) for x, y in points)
        if boxes and held * 20 >= len(points) * 19:  # a few rows may be wrong
            inside.append((sum((e - w) * (n - s) for w, s, e, n in boxes), code))
    codes = [code for _, code in sorted(inside)]
    if hint in codes:
        plan.scalars["country"] = Line({"constant": hint}, "? all positions lie within its box, and the names are in its language")
    elif len(codes) == 1:
        plan.scalars["country"] = Line({"constant": codes[0]}, "? all positions lie within its box")
    elif codes:
        plan.head.append(f"# ? No column names the country; the positions lie within the boxes of {', '.join(codes[:6])}. Add under place:")
        plan.head.append(f"#   country: {{constant: {codes[0]}}}")


def _key(plan: Plan, columns: list[Column], join: Join, positions: Positions | None) -> list[str]:
    """The key's line: the join's column, a register number, a running number, or a digest where nothing numbers the places."""
    scheme = next((line.split("key: ")[1].split(",")[0] for line in plan.head if line.startswith("source:")), "local")
    by_field = fieldrules.fields_by_column(columns)
    candidates = [c for c in columns if c.numbering and "key" in by_field[c.name]]
    running = [c for c in columns if c.numbering and "row number" in by_field[c.name]]
    repeated = [c for c in columns if "key" in by_field[c.name] and c.nearly_numbering]
    again = [c for c in columns if c.nearly_numbering and "row number" in by_field[c.name]]
    if join.key:
        chosen, comment = next(c for c in columns if c.name == join.key), "the other files refer to it"
    elif candidates:
        chosen, comment = candidates[0], f"{candidates[0].samples(2)}: unique in every row"
    elif repeated:
        chosen, comment = repeated[0], f"? {_repeated(repeated[0])}"
    elif running:
        chosen, comment = running[0], "? a running number: right only if later releases keep it; else name the register's number"
    elif coded := next((c for c in columns if c.nearly_numbering and c.numeric < 0.5 and c.length <= 40 and _codelike(c)), None):
        chosen, comment = coded, f"? looks like a number of the list; {_repeated(coded)}"
    elif again:
        chosen, comment = again[0], f"? a running number: right only if later releases keep it; {_repeated(again[0])}"
    else:
        chosen, comment = None, ""
    if chosen is None:
        names = [line.rule["text"] for line in plan.items.get("names", [])[:1] if isinstance(line.rule["text"], str)]
        digest = names + (positions.columns if positions else []) or [c.name for c in columns if c.filled][:5] or [columns[0].name]
        plan.head.append(f"key: {{digest: {flow(digest)}}}  # ? no column numbers the places: a row is known again by these cells")
        return digest
    plan.head.append(f"key: {{column: {quoted(chosen.name)}, scheme: {scheme}}}{remark(comment)}")
    plan.ignored = [i for i in plan.ignored if i[0] != chosen.name]
    return [chosen.name]


def _repeated(column: Column) -> str:
    """Which of a key's values come twice, and that some rows have none."""
    twice = [v for v, n in column.values.items() if n > 1]
    said = [f"{', '.join(twice[:5])}{' …' if len(twice) > 5 else ''} stand in several rows, which are read as one place"] if twice else []
    if column.filled < column.rows:
        said.append(f"{column.rows - column.filled} rows have none and would be refused")
    return "; ".join(said) or "unique in every row"


_TOTALS = re.compile(
    r"(?:المجموع|الإجمالي|الاجمالي|مجموع|جمع|جمع کل|всього|усього|разом|итого|всего|total|totals|grand total|sum|gesamt|summe|insgesamt|"
    r"toplam|genel toplam|cəmi|yekun|jami|ընդամենը|სულ|کۆ|کۆی گشتی)(?:\s*[:：.=]?\s*\d*)",
    re.IGNORECASE,
)


def _skip(plan: Plan, columns: list[Column]) -> None:
    """Rows that are totals, by a cell that says so."""
    found = {c.name: [v for v, n in c.values.items() if n <= 3 and _TOTALS.fullmatch(v.strip())] for c in columns}
    found = {name: values for name, values in found.items() if values}
    if found:
        named = ", ".join(f"{quoted(name)}: {flow(values)}" for name, values in found.items())
        plan.head.append(f"skip: {{{named}}}  # ? totals: rows with these cells are left out")


def _codelike(column: Column) -> bool:
    return column.share(lambda v: any(ch.isdigit() for ch in v) and " " not in v) > 0.95
