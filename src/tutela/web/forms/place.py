"""The form of a place: what stands once (where it lies, its category …) and the lists of rows, made into a document.

Only what the form shows can change; every other key of the document stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from tutela.errors import Problem, TutelaError
from tutela.inventory.rules.geometry import representative
from tutela.web import i18n
from tutela.web.forms import place_rows
from tutela.web.forms.fields import CodeField, NumberField, refusal, written
from tutela.web.forms.rows import Document, Rows, Speaking, pressed
from tutela.web.forms.summary import mistakes


class Head(Speaking):
    """What stands once in a place's document."""

    category = CodeField("hague-categories")
    country = CodeField("countries")
    address = written(500)
    part_of = written(300)
    part_of_choice = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    lat = written(100)
    lon = written(100)
    precision_m = NumberField()
    method = written(60, suggest="methods")
    sure = CodeField("location-certainty")
    keep = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    name_only = forms.BooleanField(required=False)
    why = written(500)
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    line = forms.CharField(required=False, widget=forms.HiddenInput)
    LABELS = {
        "category": "Category (Hague 1954, Art. 1)",
        "country": "Country",
        "address": "Address",
        "part_of": "Part of",
        "part_of_choice": "Which of these?",
        "lat": "Latitude",
        "lon": "Longitude",
        "precision_m": "Precision in metres",
        "method": "How it was found",
        "sure": "Certainty of the position",
        "keep": "Shapes recorded so far",
        "name_only": "Located only by name: no position is recorded",
        "why": "Why this change",
    }
    HINTS = {
        "lat": "Any notation: 35.7142, 35°42'51\"N; or both, with a comma between.",
        "method": "Satellite image, GPS, map, gazetteer …",
        "part_of": "A name or number in this register.",
        "why": "It stands in the journal.",
        "keep": "A shape without its tick is taken out.",
    }
    WIDE = frozenset({"keep", "name_only", "part_of_choice", "why"})
    GROUPS = (
        ("What it is", ("category", "country", "address", "part_of", "part_of_choice")),
        ("Where it lies", ("lat", "lon", "precision_m", "method", "sure", "keep", "name_only")),
    )

    def __init__(self, *arguments: Any, shapes: list[tuple[str, str]], options: list[tuple[str, str]] | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["keep"].choices = shapes
        self.fields["part_of_choice"].choices = options or []
        for name in ("lat", "lon"):
            self.fields[name].widget.attrs |= {"dir": "ltr", "data-reads": "position"}
        if not shapes:
            del self.fields["keep"]
        if not options:
            del self.fields["part_of_choice"]
        if not self.initial.get("line") and not (self.is_bound and self.data.get("line")):
            del self.fields["why"]

    def position(self) -> tuple[float, float] | None:
        """(longitude, latitude) as typed; both may stand in the first field."""
        from tutela.vocabulary.coordinates import parse_both, parse_pair

        lat, lon = self.cleaned_data.get("lat", ""), self.cleaned_data.get("lon", "")
        if lat and not lon and _reads(lat, "0"):
            return parse_pair(lat, lon)  # one half alone: says that the other is missing
        return parse_both(lat) if lat and not lon else parse_pair(lat, lon)

    def clean(self) -> Document:
        out = super().clean() or self.cleaned_data
        try:
            out["point"] = self.position()
        except TutelaError as error:
            self.add_error(self._wrong_half(), refusal(error.problem))
            out["point"] = None
        if out.get("name_only") and out["point"]:
            self.add_error("name_only", i18n.t("There is a position above. Empty it, or take this tick away.", self.lang))
        return out


    def _wrong_half(self) -> str:
        """The field that a position which cannot be read is wrong in: the one that is empty, or that fails with a good other half."""
        lat, lon = self.cleaned_data.get("lat", ""), self.cleaned_data.get("lon", "")
        if not lon:
            return "lon" if _reads(lat, "0") else "lat"
        return "lon" if lat and _reads(lat, "0") and not _reads("0", lon) else "lat"


class PlaceForm:
    """The whole form over a place's document (an empty one for a new place).

    ``before`` the version the person began with; ``find(text)`` gives [(id, name)] of places that a text may mean.
    """

    def __init__(
        self, lang: str, before: Document | None = None, line: int | None = None, data: Mapping[str, Any] | None = None, find: Any = None
    ) -> None:
        self.lang, self.before, self.find = lang, before or {}, find or (lambda text: [])
        self.act, name, number = pressed(data) if data is not None else ("show", "", None)
        checked = self.act in ("save", "check")
        self.sources = place_rows.Sources(self.before.get("sources", []))
        self.point = _own_point(self.before)
        context = {"sources": self.sources}
        self.lists: list[Rows] = [
            rows(
                lang,
                self.before.get(rows.name, ()),
                data,
                checked=checked,
                context=context,
                add=self.act == "add" and name == rows.name,
                drop=number if self.act == "drop" and name == rows.name else None,
                blank=1 if rows.name in ("names", "types") else 0,
            )
            for rows in (*place_rows.LISTS, place_rows.SOURCES)
        ]
        self.head = self._head(line, data, checked)
        self.part_of = self.before.get("part_of", "")

    def _head(self, line: int | None, data: Mapping[str, Any] | None, checked: bool) -> Head:
        shapes = [(str(n), _shape_words(g, self.lang)) for n, g in enumerate(self.before.get("geometries", ())) if g is not self.point]
        options = self.find(data["part_of"]) if data is not None and data.get("part_of") else []
        self.options = options
        more = {"lang": self.lang, "shapes": shapes, "options": [(uuid, name) for uuid, name in options] if len(options) > 1 else []}
        if data is None:
            return Head(initial=self._initial(line, shapes), **more)
        if checked:
            return Head(data, **more)
        return Head(initial=Head(data, **more).raw(), **more)

    def _initial(self, line: int | None, shapes: list[tuple[str, str]]) -> Document:
        d, point = self.before, self.point or {}
        shown: Document = {key: d.get(key, "") for key in ("category", "country", "address")}
        if point:
            x, y = point["geojson"]["coordinates"][:2]
            shown |= {"lat": f"{y:.7f}".rstrip("0").rstrip("."), "lon": f"{x:.7f}".rstrip("0").rstrip(".")}
            shown |= {
                "precision_m": f"{point['precision_m']:g}" if point.get("precision_m") is not None else "",
                "method": point.get("method", ""),
                "sure": point.get("certainty", ""),
            }
        if d.get("part_of"):
            shown["part_of"] = next((name for _, name in self.find(d["part_of"])), d["part_of"])
        at = "" if line is None else str(line)
        return shown | {"keep": [key for key, _ in shapes], "base": at, "line": at, "name_only": bool(d) and not d.get("geometries")}

    def is_valid(self) -> bool:
        """Whether all that was typed could be read; and whether "part of" means one place."""
        valid = all([self.head.is_valid(), *[rows.is_valid() for rows in self.lists]])
        return self._read_part_of() and valid

    def _read_part_of(self) -> bool:
        typed = self.head.cleaned_data.get("part_of", "")
        held = self.before.get("part_of", "")
        if not typed:
            self.part_of = ""
            return True
        if held and typed == next((name for _, name in self.find(held)), held):
            self.part_of = held
            return True
        chosen = self.head.cleaned_data.get("part_of_choice")
        ids = [uuid for uuid, _ in self.options]
        if chosen in ids or len(ids) == 1:
            self.part_of = chosen if chosen in ids else ids[0]
            return True
        self.head.add_error(
            "part_of", i18n.t("Several places answer to this. Choose one below." if ids else "No place answers to this.", self.lang)
        )
        return False

    def document(self) -> Document:
        """What was typed as a document.  Call after :meth:`is_valid`."""
        out = dict(self.before)
        clean = self.head.cleaned_data
        for key in ("category", "country", "address"):
            _put(out, key, clean.get(key))
        _put(out, "part_of", self.part_of.replace("-", ""))
        for rows in self.lists:
            if rows.name != "sources":
                _put(out, rows.name, rows.result())
        _put(out, "geometries", self._geometries(clean))
        cited = {item.get("source") for value in out.values() if isinstance(value, list) for item in value if isinstance(item, dict)}
        _put(out, "sources", self._sources(cited))
        return out

    def _sources(self, cited: set[str]) -> list[Document]:
        """The rows of sources as typed, and those beside them that something still cites."""
        rows = next(r for r in self.lists if r.name == "sources")
        listed = rows.result()
        known = {s.get("key") for s in listed}
        return listed + [s for s in self.sources.all if s["key"] not in known and s["key"] in cited]

    def _geometries(self, clean: Document) -> list[Document]:
        if clean.get("name_only"):
            return []
        kept = [g for n, g in enumerate(self.before.get("geometries", ())) if g is not self.point and str(n) in clean.get("keep", [])]
        point = clean.get("point")
        if point is None:
            return kept
        item = {k: v for k, v in (self.point or {"role": "centre"}).items() if k not in ("precision_m", "method", "certainty")}
        same = self.point and _near(self.point["geojson"]["coordinates"], point)
        item["geojson"] = self.point["geojson"] if same else {"type": "Point", "coordinates": [round(point[0], 7), round(point[1], 7)]}
        for key, value in (("precision_m", clean.get("precision_m")), ("method", clean.get("method")), ("certainty", clean.get("sure"))):
            _put(item, key, value)
        if self.point is None:
            return [item, *kept]
        at = next(n for n, g in enumerate(self.before["geometries"]) if g is self.point)
        return [
            *[g for n, g in enumerate(self.before["geometries"]) if g in kept and n < at],
            item,
            *[g for n, g in enumerate(self.before["geometries"]) if g in kept and n > at],
        ]

    def blame(self, problems: list[Problem]) -> None:
        """Put what the rules refuse on the fields it is about."""
        for found in problems:
            name, _, rest = (found.column or "").partition(".")
            number, _, key = rest.partition(".")
            rows = next((r for r in self.lists if r.name == name), None)
            if rows is not None and number.isdigit() and rows.blame(int(number), key, found):
                continue
            field = {"geometries": {"precision_m": "precision_m", "certainty": "sure"}.get(key, "lat"), "geometry": "lat"}.get(name, name)
            self.head.blame(field, found)

    @property
    def errors(self) -> list[Document]:
        return mistakes(self.head, self.lists, self.lang)

    @property
    def groups(self) -> list[Document]:
        """The fields of the head in their sections."""
        fields = self.head.fields
        return [{"label": label, "fields": [(self.head[n], n in Head.WIDE) for n in names if n in fields]} for label, names in Head.GROUPS]


def _reads(lat: str, lon: str) -> bool:
    from tutela.vocabulary.coordinates import parse_pair

    try:
        return parse_pair(lat, lon) is not None
    except TutelaError:
        return False


def _put(out: Document, key: str, value: Any) -> None:
    if value in (None, "", []):
        out.pop(key, None)
    else:
        out[key] = value


def _own_point(place: Document) -> Document | None:
    """The point that the form's latitude and longitude stand for: the stated centre, else the only point."""
    points = [g for g in place.get("geometries", ()) if g["geojson"]["type"] == "Point"]
    return next((g for g in points if g.get("role") == "centre"), points[0] if len(points) == 1 else None)


def _near(held: list[float], typed: tuple[float, float]) -> bool:
    return abs(held[0] - typed[0]) < 5e-8 and abs(held[1] - typed[1]) < 5e-8


def _shape_words(item: Document, lang: str) -> str:
    from tutela.vocabulary import load

    role = load("geometry-roles").label(item["role"], lang) if item.get("role") else ""
    at = representative([item])
    where = f"{at[1]:.5f}, {at[0]:.5f}" if at else ""
    kind = i18n.t(KINDS.get(item["geojson"]["type"], "shape"), lang)
    return " · ".join(w for w in (kind, role, where) if w)


KINDS = {
    "Point": "point",
    "MultiPoint": "points",
    "LineString": "line",
    "MultiLineString": "lines",
    "Polygon": "outline",
    "MultiPolygon": "outlines",
    "GeometryCollection": "several shapes",
}
