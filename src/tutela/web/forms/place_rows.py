"""The rows of a place's form: names, types, dating, protections and the rest.  Each shows an item of the document and makes it."""

from __future__ import annotations

from typing import Any

from tutela.vocabulary.scripts import script_of
from tutela.web import i18n
from tutela.web.forms.fields import CodeField, DateField, written
from tutela.web.forms.rows import Document, RowForm, Rows

SOURCE = {"source": "Source", "certainty": "Certainty"}


class Sources:
    """The sources of a place by what a person types: the title of one there is, or that of a new one."""

    def __init__(self, held: list[Document]) -> None:
        self.all = [dict(s) for s in held]

    def title(self, key: str) -> str:
        found = next((s for s in self.all if s.get("key") == key), None)
        return found.get("title") or key if found else key

    def key(self, typed: str, before: str = "") -> str:
        """The key of the source with this title; a new source if there is none."""
        typed = typed.strip()
        if before and self.title(before) == typed:
            return before
        found = next((s for s in self.all if typed in (s.get("title"), s.get("key"))), None)
        if found is None:
            taken = {s.get("key") for s in self.all}
            found = {"key": next(f"s{n}" for n in range(1, 10_000) if f"s{n}" not in taken), "title": typed}
            self.all.append(found)
        return str(found["key"])


class SourcedRow(RowForm):
    """A row with a source, typed as its title."""

    @classmethod
    def shown_of(cls, item: Document, context: Document) -> Document:
        shown = super().shown_of(item, context)
        if item.get("source"):
            shown["source"] = context["sources"].title(item["source"])
        return shown

    def item(self, before: Document, context: Document) -> Document:
        out = super().item(before, context)
        typed = self.cleaned_data.get("source", "")
        if typed:
            out["source"] = context["sources"].key(typed, before.get("source", ""))
        return out

    def said(self) -> str:
        original = self.held.get("original") if hasattr(self, "held") else ""
        return i18n.t("In the source: {words}", self.lang, words=original) if isinstance(original, str) and original else ""


def _source() -> Any:
    return written(500, suggest="sources-held")


class NameRow(SourcedRow):
    text = written(500)
    lang = written(35, suggest="languages")
    kind = CodeField("name-kinds")
    period = written(200)
    source = _source()
    LABELS = {"text": "Name", "lang": "Language", "kind": "Kind", "period": "In use", **SOURCE}
    HINTS = {"lang": "Tag, such as fa, ar, syr; may stay empty."}

    def __init__(self, *arguments: Any, lang: str = "en", **more: Any) -> None:
        super().__init__(*arguments, lang=lang, **more)
        self.fields["lang"].widget.attrs["dir"] = "ltr"

    def item(self, before: Document, context: Document) -> Document:
        out = super().item(before, context)
        script = script_of(out.get("text", ""))
        if out.get("text") != before.get("text"):
            out.pop("script", None)
            if script != "Zyyy":
                out["script"] = script
        return out


class TypeRow(SourcedRow):
    code = CodeField("place-types")
    certainty = CodeField("certainty")
    source = _source()
    LABELS = {"code": "Type", **SOURCE}


class AreaRow(SourcedRow):
    name = written(200)
    kind = written(60, suggest="areakinds")
    code = written(40)
    source = _source()
    LABELS = {"name": "Area", "kind": "Kind", "code": "Code", **SOURCE}
    HINTS = {"kind": "Province, district …"}


class DatingRow(SourcedRow):
    when = DateField()
    period = written(300)
    certainty = CodeField("certainty")
    source = _source()
    KEYS = {"when": "edtf"}
    LABELS = {"when": "When", "period": "Period", **SOURCE}
    HINTS = {"when": "Any notation: 12th century, AH 907-1135, SH 1402, -0300, 1501/1722."}

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["when"].widget.attrs["data-reads"] = "date"

    def item(self, before: Document, context: Document) -> Document:
        out = super().item(before, context)
        typed, when = str(self.raw()["when"] or "").strip(), self.cleaned_data.get("when")
        if when and typed != when.text and typed != before.get("edtf"):
            out.setdefault("original", typed)
        return out


class ProtectionRow(SourcedRow):
    instrument = CodeField("protection-instruments")
    level = CodeField("protection-levels")
    reference = written(200)
    begins = DateField()
    ends = DateField()
    source = _source()
    KEYS = {"begins": "from", "ends": "to"}
    LABELS = {"instrument": "Instrument", "level": "Level", "reference": "Reference", "begins": "From", "ends": "Until", **SOURCE}


class SignificanceRow(SourcedRow):
    criterion = CodeField("significance")
    text = written(20_000, lines=2)
    source = _source()
    LABELS = {"criterion": "Criterion", "text": "Why", **SOURCE}
    WIDE = frozenset({"text"})


class DescriptionRow(SourcedRow):
    kind = CodeField("description-kinds")
    lang = written(35, suggest="languages")
    source = _source()
    text = written(100_000, lines=4)
    LABELS = {"kind": "Kind", "lang": "Language", "text": "Text", **SOURCE}
    WIDE = frozenset({"text"})


class IdentifierRow(SourcedRow):
    scheme = CodeField("identifier-schemes")
    value = written(300)
    uri = written(500)
    LABELS = {"scheme": "Register", "value": "Number there", "uri": "Address", **SOURCE}


class SourceRow(RowForm):
    title = written(1000)
    licence = written(200)
    uri = written(1000)
    LABELS = {"title": "Title", "licence": "Licence", "uri": "Address"}
    WIDE = frozenset({"title"})

    def item(self, before: Document, context: Document) -> Document:
        out = super().item(before, context)
        if "key" not in out:
            out["key"] = context["sources"].key(out.get("title", ""))
        return out


def _rows(name: str, form: type[RowForm], label: str, one_more: str, lead: str = "") -> type[Rows]:
    return type(f"{form.__name__}s", (Rows,), {"name": name, "form": form, "label": label, "one_more": one_more, "lead": lead})


NAMES = _rows("names", NameRow, "Names", "One more name", "A set without rank, in any script. The script is told from the letters.")
TYPES = _rows("types", TypeRow, "Types", "One more type")
AREAS = _rows("areas", AreaRow, "Areas", "One more area", "From the widest to the narrowest.")
DATING = _rows("dating", DatingRow, "Dating", "One more dating")
PROTECTIONS = _rows("protections", ProtectionRow, "Protection", "One more protection")
SIGNIFICANCE = _rows("significance", SignificanceRow, "Significance", "One more reason")
DESCRIPTIONS = _rows("descriptions", DescriptionRow, "Descriptions", "One more description")
IDENTIFIERS = _rows("identifiers", IdentifierRow, "Identifiers in other registers", "One more identifier")
SOURCES = _rows("sources", SourceRow, "Sources", "One more source", "A title typed above becomes a source here.")
LISTS = (NAMES, TYPES, AREAS, DATING, PROTECTIONS, SIGNIFICANCE, DESCRIPTIONS, IDENTIFIERS)
