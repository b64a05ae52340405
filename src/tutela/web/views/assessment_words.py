"""All that an assessment says, in words: each field as lines, the value on its own scale and on ours side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tutela.assessment.rules.risk import band
from tutela.web import i18n
from tutela.web.views import condition_words as words

Document = dict[str, Any]
LABELS = {
    "outcome": "Outcome",
    "observed": "Observed on",
    "recorded": "Written down on",
    "method": "Method",
    "form": "Method of assessment",
    "imagery": "Images consulted",
    "activity": "Occasion",
    "condition": "Overall condition",
    "degree": "Degree of damage",
    "extent": "Extent of damage",
    "urgency": "Urgency",
    "elements": "Parts of the place",
    "damages": "Damages",
    "misuses": "Misuse",
    "threats": "Threats",
    "recommendations": "Recommendations",
    "interventions": "Interventions",
    "assessor_role": "Assessor",
    "note": "Note",
}
SCALES = {"condition": "condition", "degree": "damage", "extent": "extent"}


def values(document: Document, lang: str) -> list[Document]:
    """Condition, degree and extent: [{label, original, scale, code, words}]: as it was said, and on our scale."""
    out = []
    for key, vocabulary in SCALES.items():
        value = document.get(key) or {}
        if not value:
            continue
        percent = f"{value['value']:g} %" if isinstance(value.get("value"), (int, float)) else ""
        out.append(
            {
                "key": key,
                "label": i18n.t(LABELS[key], lang),
                "original": value.get("original", "") or percent,
                "scale": value.get("scale", ""),
                "code": value.get("code", ""),
                "words": words.word(vocabulary, value.get("code"), lang),
            }
        )
    return out


def lines(document: Document, key: str, lang: str) -> list[str]:
    """One field in words, a line an item; nothing where the field is not there."""
    value = document.get(key)
    if value in (None, "", [], {}):
        return []
    if key in SCALES:
        return [_scaled(value, SCALES[key], lang)]
    if key in ITEMS:
        return [ITEMS[key](item, lang) for item in value]
    if key == "urgency":
        return [words.word("priority", value.get("code"), lang) or str(value.get("original", ""))]
    if key in ("outcome", "method"):
        return [words.word({"outcome": "outcomes", "method": "methods"}[key], value, lang)]
    if isinstance(value, list):
        return [", ".join(map(str, value))]
    return [str(value)]


def _scaled(value: Document, vocabulary: str, lang: str) -> str:
    said = words.word(vocabulary, value.get("code"), lang)
    original = value.get("original")
    return f"{original} ({value.get('scale', '')}) → {said}" if original and value.get("scale") else said or str(original or "")


def _coded(value: Any, vocabulary: str, lang: str) -> str:
    if not isinstance(value, dict):
        return ""
    said = words.word(vocabulary, value.get("code"), lang) or str(value.get("original", ""))
    sure = words.word("certainty", value.get("certainty"), lang).lower()
    return f"{said} ({i18n.t('certainty {word}', lang, word=sure)})" if sure else said


def _joined(parts: Iterator[str] | list[str]) -> str:
    return " · ".join(part for part in parts if part)


def element(item: Document, lang: str) -> str:
    found = words.said(item, lang)
    name = item.get("label") or words.word("element-kinds", item.get("kind"), lang) or item.get("key", "")
    extent = words.extent(found["extent"], lang) if found["extent"] else ""
    return _joined([name, found["words"], extent, found["original"], item.get("note", "")])


def damage(item: Document, lang: str) -> str:
    extent = (item.get("extent") or {}).get("code")
    return _joined(
        [
            _coded(item.get("effect"), "effects", lang),
            _coded(item.get("cause"), "causes", lang),
            words.extent(extent, lang) if extent else "",
            item.get("element", ""),
            words.event(item.get("event"), lang),
            item.get("note", ""),
        ]
    )


def misuse(item: Document, lang: str) -> str:
    return _joined(
        [_coded(item.get("use"), "misuses", lang), item.get("element", ""), words.event(item.get("event"), lang), item.get("note", "")]
    )


def threat(item: Document, lang: str) -> str:
    said = words.word("causes", item.get("cause"), lang) or item.get("original", "")
    parts = [words.word(f"threat-{part}", item.get(part), lang).lower() for part in ("probability", "severity", "horizon")]
    risk = i18n.t("risk {band}", lang, band=words.word("risk-bands", band(item), lang).lower()) if any(parts) else ""
    return _joined([said, *parts, risk, item.get("element", ""), item.get("note", "")])


def advice(item: Document, lang: str) -> str:
    priority = item.get("priority")
    code = priority.get("code") if isinstance(priority, dict) else priority
    return _joined(
        [
            words.word("recommendations", item.get("action"), lang) or item.get("original", ""),
            words.word("priority", code, lang),
            item.get("note", ""),
        ]
    )


def intervention(item: Document, lang: str) -> str:
    return _joined(
        [words.word("interventions", item.get("activity"), lang) or item.get("original", ""), item.get("date", ""), item.get("note", "")]
    )


ITEMS = {
    "elements": element,
    "damages": damage,
    "misuses": misuse,
    "threats": threat,
    "recommendations": advice,
    "interventions": intervention,
}


def differences(before: Document, after: Document, lang: str) -> list[Document]:
    """[{label, gone, come}] of the fields that differ, for a proposed change."""
    keys = [key for key in LABELS if before.get(key) != after.get(key)]
    return [{"label": i18n.t(LABELS[key], lang), "gone": lines(before, key, lang), "come": lines(after, key, lang)} for key in keys]
