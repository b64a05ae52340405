"""An import's report in the words of its page."""

from __future__ import annotations

from typing import Any

from tutela.errors import CATALOGUE, TutelaError
from tutela.exchange.drafts import in_words
from tutela.exchange.drafts_look import columns_used
from tutela.exchange.imports.report import OVERLOOKED
from tutela.exchange.mapping.model import read
from tutela.inventory import touched
from tutela.people.rules import Actor
from tutela.web import i18n

Report = dict[str, Any]

#: Findings that a rule of reading has settled, and that are only stated; all others are for a person to look at.
RULED = {
    "merged-cells-filled",
    "percent-cells",
    "total-row-skipped",
    "footer-skipped",
    "encoding-uncertain",
    "format-differs",
    "zip-several",
    "nul-bytes",
    "header-empty",
    "header-duplicate",
    "title-skipped",
    "number-row-skipped",
    "section-skipped",
    "sheet-chosen",
    "layer-chosen",
    "merged-cells",
    "cell-error",
    "height-left-out",
    "geometry-invalid",
    "coordinates-swapped",
    "lists-repeated",
    "values-several",
    "value-not-in-list",
    "key-repeated",
}
STATES = {
    "dry": "tried, nothing written",
    "committed": "written",
    "refused": "refused, nothing written",
    "undone": "taken back",
    "failed": "failed",
}
#: A field of a document, or of an assessment (after "assessment "), in words.
FIELDS = {
    "names": "Names",
    "types": "Types",
    "category": "Category",
    "functions": "Functions",
    "dating": "Dating",
    "geometries": "Position",
    "country": "Country",
    "areas": "Area",
    "address": "Address",
    "part_of": "Part of",
    "identifiers": "Identifiers",
    "protections": "Protection",
    "significance": "Significance",
    "characteristics": "Characteristics",
    "descriptions": "Descriptions",
    "handling": "Handling",
    "sources": "Sources",
    "questions": "Questions",
    "observed": "Observed",
    "recorded": "Recorded",
    "method": "Method",
    "activity": "Activity",
    "imagery": "Images consulted",
    "outcome": "Outcome",
    "condition": "Condition",
    "extent": "Extent of damage",
    "damages": "Damages",
    "threats": "Threats",
    "recommendations": "Recommendations",
    "interventions": "Interventions",
    "assessor_role": "Role of the assessor",
    "note": "Note",
    "status": "Status",
    "added": "Assessment added",
    "source": "Source",
}
LOOKS = ("a date", "a position", "a name")
SHOWN = 100  # refused rows on the page
PARTS = 5  # rows named under one finding


def field(name: str, lang: str) -> str:
    """A field's name in words: ``geometries``, ``assessment condition``."""
    part = name.removeprefix("assessment ")
    word = i18n.t(FIELDS.get(part, part.replace("_", " ").capitalize()), lang)
    if part == name or part == "added":
        return word
    return i18n.t("Assessment: {field}", lang, field=word[:1].lower() + word[1:])


def counts(report: Report, href: str = "") -> list[dict[str, Any]]:
    """The four figures.  ``href`` the places the import wrote."""
    would = report["state"] in ("dry", "refused")
    words = ("Would be created", "Would be updated") if would else ("Created", "Updated")
    rows = {
        "label": "Refused",
        "value": report["refused_rows"],
        "part": "x",
        "stop": True,
        "href": "#refused" if report["refused_rows"] else "",
        "note_t": "of {n} rows read",
        "n": report["rows"],
    }
    return [
        {"label": words[0], "value": report["created"], "part": "n", "href": href if report["created"] else "", "note_t": "new places"},
        {
            "label": words[1],
            "value": report["updated"],
            "part": "u",
            "href": href if report["updated"] else "#changes" if report["updated"] else "",
            "note_t": "places the register holds",
        },
        {"label": "Unchanged", "value": report["unchanged"], "part": "s", "note_t": "places that say the same"},
        rows,
    ]


def files(report: Report, lang: str) -> list[dict[str, Any]]:
    """Each file with what was detected of it."""
    return [
        {
            "name": f["name"],
            "facts": facts(f["format"], f.get("stated", {}), lang),
            "digest": digest(f.get("stated", {})),
            "rows": f.get("rows", 0),
        }
        for f in report.get("files", ())
    ]


def digest(stated: dict[str, Any]) -> str:
    """A file's SHA-256 in hexadecimal."""
    return str(stated.get("digest") or "").removeprefix("sha256:")


def facts(format: str, stated: dict[str, Any], lang: str) -> list[str]:
    """What a reader states of a file: kind, encoding, separator, sheet or layer, coordinate system, size."""
    names = {"\t": i18n.t("tab", lang), ",": i18n.t("comma", lang), ";": i18n.t("semicolon", lang), "|": i18n.t("bar", lang)}
    separator = stated.get("separator")
    found = [
        FORMATS.get(format, format.upper()),
        stated.get("encoding") and str(stated["encoding"]).upper().replace("_", "-"),
        separator and i18n.t("separator: {name}", lang, name=names.get(separator, separator)),
        stated.get("sheet") and i18n.t("sheet “{name}”", lang, name=stated["sheet"]),
        stated.get("layer") and i18n.t("layer “{name}”", lang, name=stated["layer"]),
        stated.get("crs"),
        stated.get("coordinate_order"),
        stated.get("bytes") is not None and in_words(stated["bytes"]),
    ]
    return [str(fact) for fact in found if fact]


FORMATS = {
    "csv": "CSV",
    "tsv": "TSV",
    "xlsx": "Excel (XLSX)",
    "xls": "Excel (XLS)",
    "ods": "OpenDocument",
    "geojson": "GeoJSON",
    "gpkg": "GeoPackage",
    "shapefile": "Shapefile",
    "shp": "Shapefile",
    "kml": "KML",
    "geojsonseq": "GeoJSON lines",
}


def refused(report: Report, records: dict[str, list[str]] | None = None) -> list[dict[str, Any]]:
    """The refused rows as the table takes them; ``records`` {"file row": [name, number]} what each calls its place."""
    several = len(report.get("files", ())) > 1
    out = []
    for one in report["refused"][:SHOWN]:
        held = records or {}
        name, number = held.get(f"{one['file']} {one['row']}") or held.get(f"{str(one['file']).split('.')[0]} {one['row']}") or ["", ""]
        out.append({**one, "record": name or (one["file"] if several else ""), "id": number, "part": one["value"]})
    return out


def warnings(report: Report, ruled: bool) -> list[dict[str, Any]]:
    """The findings by code, the most frequent first: those settled by a rule, or those for a person."""
    listed: dict[str, list[dict[str, Any]]] = {}
    for one in report["warnings"]:
        listed.setdefault(one["code"], []).append(one)
    out = []
    for code, count in sorted(report["warned"].items(), key=lambda item: -item[1]):
        if (code in RULED) != ruled or code == OVERLOOKED:
            continue
        found = listed.get(code, [])
        first = found[0] if found else None
        message = first["message"] if first else CATALOGUE.get(code, (code, ""))[0]
        same = count == 1 or all(one["message"] == message for one in found)
        out.append(
            {
                "code": code,
                "count": count,
                "message": message,
                "todo": first["todo"] if first else "",
                "for_instance": not same,
                "rows": [
                    {"file": o["file"], "row": o["row"], "column": o["column"], "value": o["value"]}
                    for o in found[:PARTS]
                    if o["row"] or o["value"]
                ]
                if count > 1 or (first and first["row"])
                else [],
                "more": max(0, count - PARTS),
            }
        )
    return out


def overlooked(report: Report) -> list[dict[str, Any]]:
    """Columns that nothing reads though they look like something: {column, value, looks t, file}."""
    several = len(report.get("files", ())) > 1
    return [
        {"column": one["column"], "value": one["value"], "looks": _looks(one["message"]), "file": one["file"] if several else ""}
        for one in report["warnings"]
        if one["code"] == OVERLOOKED
    ]


def _looks(message: str) -> str:
    return next((looks for looks in LOOKS if f" {looks} " in message), "")


def changes(report: Report, actor: Actor) -> list[dict[str, Any]]:
    """Fields that updates change, with an example; the former value only of places this person sees as held."""
    examples = report.get("examples") or {}
    known = touched.whole(actor, {str(e["key"]) for held in examples.values() for e in held if e.get("key")}) if examples else set()
    out = []
    for name, count in sorted((report.get("changed") or {}).items(), key=lambda item: -item[1]):
        shown = next((e for e in examples.get(name, ()) if str(e.get("key")) in known), None)
        difference = touched.compared({"x": shown["before"]}, {"x": shown["after"]}) if shown else []
        out.append(
            {
                "field": field(name, actor.language),
                "count": count,
                "key": shown["key"] if shown else "",
                "gone": difference[0].gone if difference else [],
                "come": difference[0].come if difference else [],
            }
        )
    return out


def absent(report: Report, actor: Actor) -> dict[str, Any] | None:
    """The places of an earlier release that are not in this one: how many, and those of them this person sees."""
    if not report.get("absent_count"):
        return None
    known = touched.whole(actor, report["absent"][:200])
    return {
        "count": report["absent_count"],
        "ids": [key for key in report["absent"][:200] if key in known],
        "removed": report.get("removed", 0),
    }


def mapping(report: Report, lang: str, looked: dict[str, dict[str, Any]] | None = None) -> dict[str, Any] | None:
    """What each column becomes.  ``looked`` {column: {values, filled}} where the file is still at hand."""
    try:
        used = columns_used(read(report.get("mapping_text") or ""))
    except TutelaError:
        return None
    several = len(report.get("files", ())) > 1
    columns = []
    for file in report.get("files", ()):
        for name in file.get("columns", ()):
            said = becomes(used.get(name.strip().casefold(), []), lang)
            columns.append({"file": file["name"] if several else "", "column": name, "becomes": said, "read": bool(said)})
    return {
        "name": report["mapping"],
        "title": report["mapping_title"] if report["mapping_title"] != report["mapping"] else "",
        "text": report.get("mapping_text", ""),
        "columns": [c for c in columns if c["read"]],
        "unread": [c for c in columns if not c["read"]],
        "several": several,
    }


def becomes(pairs: list[tuple[str, str]], lang: str) -> str:
    """``[("name", ""), ("name", "lang")]`` → "name; name: language"."""
    return "; ".join(i18n.t(part, lang) + (f": {i18n.t(side, lang)}" if side else "") for part, side in pairs)
