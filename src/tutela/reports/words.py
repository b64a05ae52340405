"""The headings and words of the printed list, by language.  English for now; a language is a dictionary more."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "kind": "Register of cultural property",
        "page": "Page",
        "of": "of",
        "as_of": "As of",
        "known_at": "Known at",
        "made_on": "Made on",
        "audience": "Audience",
        "precision": "Position",
        "filter": "Filter",
        "revision": "Journal revision",
        "places": "Places in the list",
        "licence": "Licence",
        "documented": "Documented",
        "verified": "Verified",
        "documented_note": "damage recorded from a source",
        "verified_note": "evidence-backed and reviewed",
        "never_added": "Two figures for two questions. They are read side by side and never added.",
        "condition_heading": "Places by condition, last finding",
        "summary": "Summary",
        "lines_overlap": "Lines may overlap, because a place can belong to several. A line at 0 means "
        "that none is recorded, "
        "not that none exists.",
        "by_category": "By category",
        "by_protection": "By protection",
        "by_region": "By region",
        "category": "Category",
        "protection": "Protection",
        "region": "Region",
        "list": "Damaged places",
        "no_rows": "No place in the register meets the filter at these dates.",
        "none_recorded": "none recorded",
        "observed": "Observed",
        "recorded": "Recorded",
        "threats": "Threats:",
        "priority": "Priority:",
        "column_number": "No.",
        "column_place": "Place: names, type, area, public id",
        "column_condition": "Condition, extent",
        "column_dates": "Dates, method",
        "column_damage": "Damage, threats, priority",
        "column_protection": "Protection",
        "column_position": "Position, source",
        "about": "How to read this list",
        "key": "Marks",
        "notes": "Notes",
        "sources": "Sources",
        "terms": "Terms",
        "query": "The records, as a query",
        "languages": "The same in other languages",
        "withheld": "withheld",
        "by_name": "located only by name",
        "given_to": "given to",
        "as_held": "as held",
        "whole_register": "none: the whole register",
        "not_known_at": "everything recorded up to the day it was made",
        "good": "Good, or no damage found",
        "fair": "Fair, or slight damage",
        "poor": "Poor, or moderate damage",
        "vbad": "Very bad, or severe damage",
        "gone": "Destroyed",
        "unknown": "Unknown, or another value of the source",
        "notvisible": "Not visible (from above)",
        "notvisited": "Not visited",
        "notassess": "Not assessable",
        "read_extent": "Extent: five blocks for the bands 1–10, 11–30, 31–60, 61–90 and 91–100 %; "
        "dotted where no share is known.",
        "read_rules": "One line under a figure: documented. Two lines: verified.",
        "read_dates": "Observed is the day looked at, recorded the day written down; both keep the "
        "precision they have in the source "
        "(EDTF: 2020-10 is a month, ../2020 is not later than 2020).",
        "read_written": "A character that the typefaces do not hold is written as its code point, for example U+6F22.",
    },
}


def words(lang: str) -> dict[str, str]:
    """The words in ``lang``, in English where there is no translation."""
    return {**WORDS["en"], **WORDS.get(lang.split("-")[0].lower(), {})}
