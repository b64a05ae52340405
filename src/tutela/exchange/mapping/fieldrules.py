"""From assigned columns to rules: how each field's column is read, with its values and what is doubtful about it."""

from __future__ import annotations

import re
from typing import Any

from tutela.exchange.mapping.assign import GUESSES, VOCABULARIES, name_language
from tutela.exchange.mapping.headers import fields_of
from tutela.exchange.mapping.profile import Column, dates, language
from tutela.exchange.mapping.wordings import guess
from tutela.exchange.mapping.writing import Line, Plan, Valued

MOST = 60  # wordings listed for a field
NUMBERS = {"wikidata": r"(Q\d+)", "whs": r"(\d+)", "pleiades": r"(\d+)", "geonames": r"(\d+)", "osm": r"(\d+)"}
_PART = re.compile(r"0\.\d+")
_CONDITIONS = "good, fair, poor, very-bad, destroyed, unknown"
_ASKED = {
    "condition": _CONDITIONS,
    "damage": _CONDITIONS,
    "type": "the codes that `tutela vocabulary place-types` says",
    "protection": "the codes that `tutela vocabulary protection-instruments` says",
    "handling": "open, restricted, confidential",
    "extent": "the codes that `tutela vocabulary extent` says",
    "country": "the two letters of ISO 3166-1",
    "cause": "the codes that `tutela vocabulary causes` says",
    "threat": "the codes that `tutela vocabulary causes` says",
}
_FROM_DAMAGE = {
    "none": "good",
    "slight": "fair",
    "moderate": "poor",
    "severe": "very-bad",
    "destroyed": "destroyed",
    "possible": "unknown",
    "not-assessable": "unknown",
}


def fields_by_column(columns: list[Column]) -> dict[str, list[str]]:
    """Column → the fields its header names, likeliest first."""
    return {c.name: [name for name, _ in fields_of(c.name)] for c in columns}


class Rules:
    """Writes the rules of one table's fields into the plan, and remembers which columns it used."""

    def __init__(self, plan: Plan, role: str, fields: dict[str, list[Column]], country: str | None, persian: bool, arabic: bool) -> None:
        self.plan, self.role, self.fields, self.country = plan, role, fields, country
        self.persian, self.arabic = persian, arabic
        self.used: set[str] = set()

    def of(self, rule: dict[str, Any]) -> dict[str, Any]:
        """An item rule, with the file it is read from."""
        return rule if self.role == "main" else {"file": self.role, **rule}

    def each(self, *names: str) -> list[Column]:
        found = [c for name in names for c in self.fields.get(name, ())]
        self.used |= {c.name for c in found}
        return found

    def item(self, target: str, rule: dict[str, Any], comment: str = "") -> None:
        self.plan.item(target, self.of(rule), comment)

    # --- the place ---

    def place(self) -> None:
        for column in self.each("name"):
            self.name(column)
        for column in self.each("other names"):
            mark = column.mark() or ("," if column.share(lambda v: "," in v) > 0.2 else None)
            self.item("names", {"text": _split(column.name, mark), **_lang(column, self.country)}, column.samples())
        for column in self.each("type"):
            self.coded("types", "code", "type", column)
        for column in self.each("function"):
            mark = column.mark()
            self.item("functions", {"code": _split(column.name, mark)}, column.samples())
        for column in self.each("dating"):
            self.dating(column)
        for column in self.each("period"):
            self.item("dating", {"period": _split(column.name, column.mark())}, column.samples())
        for name, kind in (("region", "admin-1"), ("district", "admin-2"), ("settlement", "settlement")):
            for column in self.each(name):
                self.item("areas", {"name": column.name, "kind": {"constant": kind}}, column.samples())
        for scheme, pattern in NUMBERS.items():
            for column in self.each(scheme):
                self.item(
                    "identifiers", {"value": {"column": column.name, "match": pattern}, "scheme": {"constant": scheme}}, column.samples(1)
                )
        self.addresses()
        self.span()
        self.protection()
        for column in self.each("significance"):
            self.item("significance", {"text": column.name}, column.samples(1))
        for name in ("material", "source", "licence"):
            for column in self.each(name):
                mark = column.mark() if name == "source" else column.mark() or ("," if column.share(lambda v: "," in v) > 0.2 else None)
                self.item("characteristics", {"value": _split(column.name, mark), "kind": {"constant": name}}, column.samples())
        for name, kind in (("description", "general"), ("notes", "comment")):
            for column in self.each(name):
                self.item(
                    "descriptions", {"text": column.name, "kind": {"constant": kind}, **_lang(column, self.country)}, column.samples(1)
                )
        if self.role == "main":
            for column in self.each("address"):
                self.plan.scalars["address"] = Line(column.name, column.samples(1))
            for name in ("country", "handling"):
                for column in self.each(name):
                    self.plan.scalars[name] = Line(self.valued(name, column), column.samples() if name == "country" else "who may see it")

    def name(self, column: Column) -> None:
        rule: dict[str, Any] = {"text": _split(column.name, column.mark()), **_lang(column, self.country)}
        if len(self.fields["name"]) == 1:  # the columns beside it speak of it
            rule |= {field: c.name for field, name in (("lang", "language"), ("kind", "name kind")) for c in self.each(name)[:1]}
        self.item("names", rule, column.samples())

    def coded(self, target: str, field: str, name: str, column: Column) -> None:
        self.item(target, {field: self.valued(name, column)}, column.samples())

    def valued(self, name: str, column: Column) -> Valued:
        """A field of a list, with the source's wordings: known ones by the list, others by their stems, the rest asked for."""
        from tutela.vocabulary import load

        vocabulary = load(VOCABULARIES[name])
        mark = column.mark(vocabulary) if name in ("type", "cause", "threat") else None
        counts: dict[str, int] = {}
        for wording, count in column.values.most_common(600):
            for part in wording.split(mark) if mark else [wording]:
                part = " ".join(part.split())
                if part:
                    counts[part] = counts.get(part, 0) + count
        values: list[tuple[str, str | None, int, bool]] = []
        table = GUESSES.get(name)
        for wording, count in list(counts.items())[:MOST]:
            term = vocabulary.find(wording)
            if term is not None:
                values.append((wording, term.code, count, True))
            else:
                values.append((wording, guess(table, wording) if table else None, count, False))
        if name in ("type", "country", "cause", "threat"):  # what the list knows needs no line
            values = [v for v in values if not v[3]]
        rule: dict[str, Any] = {"column": column.name}
        if mark:
            rule["split"] = mark
        if name == "protection":
            rule["otherwise"] = "other"
        values = _distinct(values)
        return Valued(rule, values, _ASKED.get(name, "") + (f" (the first {MOST} wordings are listed)" if len(counts) > MOST else ""))

    def dating(self, column: Column) -> None:
        """As dates where nearly all can be read; else the wording stands as a period, and nothing is refused."""
        found = dates(column, self.persian, self.arabic)
        if found.share >= 0.5:
            rule: dict[str, Any] = {"column": column.name, **({"date": found.options} if found.options else {}), "unreadable": "keep"}
            kept = f"{1 - found.share:.0%} cannot be read as dates and stay in their words" if found.share < 1 else ""
            self.item("dating", {"edtf": rule}, "; ".join(filter(None, (found.doubt, kept))) or column.samples())
        else:
            self.item(
                "dating",
                {"period": column.name},
                f"? kept in words, since {1 - found.share:.0%} cannot be read as dates: {column.samples(2)}",
            )

    def addresses(self) -> None:
        """Addresses of the same place elsewhere; with the register's name if a column gives it."""
        schemes = self.each("scheme")
        for column in self.each("uri"):
            scheme: Any = schemes[0].name if schemes else {"constant": "uri"}
            self.item("identifiers", {"value": column.name, "scheme": scheme, "uri": column.name}, column.samples(1))

    def span(self) -> None:
        """Two columns from … to: when the place existed, or what a text is about."""
        first, last = self.each("from")[:1], self.each("to")[:1]
        rule = {
            name: _dated(c.name, dates(c, self.persian, self.arabic).options)
            for name, found in (("from", first), ("to", last))
            for c in found
        }
        if rule:
            self.item("dating", rule, "; ".join(c.samples(1) for c in first + last))

    def protection(self) -> None:
        status, references = self.each("protection"), self.each("protection reference")
        for at, column in enumerate(status):
            rule: dict[str, Any] = {"instrument": self.valued("protection", column)}
            if at == 0 and references:
                rule["reference"] = references[0].name
            self.item("protections", rule, column.samples())
        for column in references if not status else references[1:]:
            self.item("protections", {"reference": column.name}, column.samples(1))

    # --- the assessment ---

    def assessment(self) -> None:
        fields: dict[str, Any] = {}
        for name in ("observed", "recorded"):
            for column in self.each(name):
                found = dates(column, self.persian, self.arabic, True)
                fields[name] = Line(_dated(column.name, found.options), found.doubt or column.samples(2))
        for column in self.each("condition"):
            fields["condition"] = Line(self.valued("condition", column), column.samples())
        for column in self.each("extent"):
            fields["extent"] = self.extent(column)
        damages = self.damages(fields)
        if damages:
            fields["damages"] = [damages]
        for column in self.each("threat"):
            fields["threats"] = [Line({"cause": self.valued("threat", column)}, column.samples())]
        recommended, priorities = self.each("recommendation"), self.each("priority")
        if recommended or priorities:
            rule = {"action": recommended[0].name} if recommended else {}
            rule |= {"priority": priorities[0].name} if priorities else {}
            fields["recommendations"] = [Line(rule, "; ".join(c.samples(2) for c in recommended[:1] + priorities[:1]))]
        if set(fields) <= {"observed", "recorded"}:  # a day without a finding is no assessment
            for name, line in fields.items():
                column_name = line.rule if isinstance(line.rule, str) else line.rule["column"]
                self.item(
                    "characteristics",
                    {"value": column_name, "kind": {"constant": name}},
                    "? a day without any finding: if another column says what was found, make an assessment of them",
                )
            return
        self.plan.assessments[self.role] = fields

    def extent(self, column: Column) -> Line:
        if column.percents <= 0.5:
            return Line(self.valued("extent", column), column.samples(2))
        from tutela.exchange.mapping.findings import percentage

        parts = any(0 < float(v) < 1 for v in column.values if _PART.fullmatch(v))
        rule: dict[str, Any] = {"column": column.name, "percent": "fraction" if parts else True}
        words = [(v, guess("extent", v), n, False) for v, n in column.values.most_common(600) if percentage(v) is None]
        doubt = "? figures below 1 are read as parts of one: 0.4 is 40 %; " if parts else ""
        comment = f"{doubt}{column.samples(2)}: per cent damaged"
        asked = "null (says nothing), a percentage, or the codes of `tutela vocabulary extent`"
        return Line(Valued(rule, words[:MOST], asked) if words else rule, comment)

    def damages(self, fields: dict[str, Any]) -> Line | None:
        """A scale of damage gives the condition (where no column does) and the wording; anything else is kept in words."""
        rule: dict[str, Any] = {}
        comments = []
        for column in self.each("damage"):
            values = self.valued("damage", column)
            values.values = [(w, _FROM_DAMAGE.get(code or "", code), n, sure) for w, code, n, sure in values.values]
            graded = sum(n for _, code, n, _ in values.values if code) * 2 > sum(n for *_, n, _ in values.values)
            if graded and "condition" not in fields and len(column.values) <= MOST:
                fields["condition"] = Line(values, "from the degree of damage")
            else:
                rule["note"] = column.name
                comments.append(column.samples(2))
        for column in self.each("cause"):
            rule["cause"] = self.valued("cause", column)
            comments.append(column.samples(2))
        for column in self.each("damage date"):
            found = dates(column, self.persian, self.arabic, True)
            rule["on"] = _dated(column.name, found.options)
            comments.append(found.doubt or column.samples(2))
        return Line(rule, "; ".join(comments)) if rule else None


def _distinct(values: list[tuple[str, str | None, int, bool]]) -> list[tuple[str, str | None, int, bool]]:
    """Wordings once, without regard to case."""
    seen: dict[str, tuple[str, str | None, int, bool]] = {}
    for value in values:
        seen.setdefault(value[0].casefold(), value)
    return list(seen.values())


def _split(name: str, mark: str | None) -> Any:
    return name if mark is None else {"column": name, "split": mark}


def _dated(name: str, options: dict[str, Any]) -> Any:
    return {"column": name, "date": options} if options else name


def _lang(column: Column, country: str | None) -> dict[str, Any]:
    if column.mixed:  # each cell by its own script
        return {}
    code = name_language(column) or language(column, country)
    return {"lang": {"constant": code}} if code else {}
