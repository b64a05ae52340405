"""Changed cells put into a place document: one small editor a column, each of which leaves alone what the cell did not show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.exchange.flat import PARAGRAPH, SEPARATOR, dated, worded
from tutela.exchange.mapping.cells import Refusal
from tutela.inventory.rules import validation  # noqa: F401  (declares the codes)
from tutela.inventory.rules.audience import for_audience, sight_of
from tutela.inventory.rules.geometry import representative
from tutela.inventory.rules.names import display_name

Document = dict[str, Any]

declare({
    "position-cleared": ("The coordinates of this place were emptied.", "A position is taken away on the place's page only."),
    "column-withheld": ("This export does not show the {column} of this place, so that it cannot be replaced by it.",
                        "Export again for your own audience, and enter it there."),
    "description-several": ("The place has several descriptions, and more than one was changed.",
                            "Change one of them at a time, or use the place's page."),
})


def edit(document: Document, given: dict[str, Any], audience: int, source: str | None) -> Document:
    """See :func:`tutela.exchange.flat_back.apply_changes`."""
    out = dict(document)
    seen = for_audience(document, audience) or {}
    bare = bool(document) and not sight_of(document, audience).details
    given = dict(given)
    if "latitude" in given or "longitude" in given:
        _position(out, seen, given.pop("latitude", None), given.pop("longitude", None), source)
    for column, cell in given.items():
        if bare and column in ("address", "description"):
            raise Refusal(problem("column-withheld", column=column, value=cell))
        EDITORS[column](out, seen, str(cell).strip(), source)
    return {key: value for key, value in out.items() if value not in (None, [])}


def _item(source: str | None, **content: Any) -> Document:
    return {**content, **({"source": source} if source else {})}


def _name(out: Document, seen: Document, cell: str, source: str | None) -> None:
    """The name that was shown gets another text; its script and language are told anew where the script has changed."""
    from tutela.vocabulary.scripts import guess_language, script_of

    if not cell:
        raise Refusal(problem("name-empty", column="name"))
    script, names = script_of(cell), list(out.get("names", ()))
    shown = {k: v for k, v in display_name(seen.get("names") or [], "en").items() if k != "why"}
    if shown not in names:
        language = guess_language(cell, out.get("country"))
        told = {} if language == "und" or script == "Latn" else {"lang": language}
        out["names"] = [*names, _item(source, text=cell, script=script, **told)]
        return
    kept = {k: v for k, v in shown.items() if k != "source"}
    if script != shown.get("script", script):
        kept.pop("lang", None)
        kept["script"] = script
    names[names.index(shown)] = _item(source, **{**kept, "text": cell})
    out["names"] = names


def _types(out: Document, seen: Document, cell: str, source: str | None) -> None:
    from tutela.vocabulary import load

    def read(text: str) -> Document:
        term = load("place-types").find(text)
        return {"code": term.code, **({"original": text} if term.code != text else {})} if term else {"original": text}

    _listed(out, "types", cell, worded, read, source)


def _dating(out: Document, seen: Document, cell: str, source: str | None) -> None:
    from tutela.vocabulary.dates import from_source

    def read(text: str) -> Document:
        try:
            value = from_source(text).text
        except TutelaError as error:
            found = error.problem
            raise Refusal(Problem(found.code, found.message, found.todo, column="dating", value=text[:200])) from None
        return {"edtf": value, **({"original": text} if value != text else {})}

    _listed(out, "dating", cell, dated, read, source)


def _listed(out: Document, key: str, cell: str, shown: Callable[[Document], str], read: Callable[[str], Document],
            source: str | None) -> None:
    """A list cell: items whose text still stands there stay whole, the others go, new texts become new items."""
    left = list(out.get(key, ()))
    items = []
    for text in filter(None, (part.strip() for part in cell.split(SEPARATOR.strip()))):
        held = next((item for item in left if shown(item) == text), None)
        if held is not None:
            left.remove(held)
        items.append(held if held is not None else _item(source, **read(text)))
    out[key] = items


def _areas(out: Document, seen: Document, cell: str, source: str | None) -> None:
    """The areas that were shown are renamed in their order; those not shown to the audience stay."""
    held, shown = out.get("areas", []), len(seen.get("areas", ()))
    names = [part.strip() for part in cell.split(SEPARATOR.strip()) if part.strip()]
    areas = []
    for at, name in enumerate(names):
        before = held[at] if at < shown else {}
        same = before.get("name") == name
        areas.append(before if same else _item(source, name=name, **({"kind": before["kind"]} if "kind" in before else {})))
    out["areas"] = areas + held[shown:]


def _from_list(key: str, vocabulary: str) -> Callable[[Document, Document, str, str | None], None]:
    def editor(out: Document, seen: Document, cell: str, source: str | None) -> None:
        out[key] = _code(cell, vocabulary, key) if cell else None

    return editor


def _code(cell: str, vocabulary: str, column: str) -> str:
    from tutela.vocabulary import load

    known = load(vocabulary)
    term = known.find(cell)
    if term is None:
        raise Refusal(problem("value-unknown", column=column, value=cell, what=known.title))
    return term.code


def _address(out: Document, seen: Document, cell: str, source: str | None) -> None:
    out["address"] = cell or None


def _handling(out: Document, seen: Document, cell: str, source: str | None) -> None:
    """Another mark has its own precision; the reason stays."""
    mark = _code(cell or "open", "handling-marks", "handling")
    reason = out.get("handling", {}).get("reason")
    out["handling"] = None if mark == "open" else {"mark": mark, **({"reason": reason} if reason else {})}


def _description(out: Document, seen: Document, cell: str, source: str | None) -> None:
    """One description is replaced; of several, the one whose neighbours are unchanged."""
    held = list(out.get("descriptions", ()))
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    if not held:
        out["descriptions"] = [_item(source, kind="general", text=cell)] if cell else None
        return
    for at in range(len(held)):
        before = PARAGRAPH.join([*(d["text"] for d in held[:at]), ""])
        after = PARAGRAPH.join(["", *(d["text"] for d in held[at + 1:])])
        if len(cell) >= len(before) + len(after) and cell.startswith(before) and cell.endswith(after):
            text = cell[len(before):len(cell) - len(after)].strip()
            kept = {k: v for k, v in held[at].items() if k != "source"}
            held[at:at + 1] = [_item(source, **{**kept, "text": text})] if text else []
            out["descriptions"] = held
            return
    raise Refusal(problem("description-several", column="description", value=cell))


def _position(out: Document, seen: Document, latitude: Any, longitude: Any, source: str | None) -> None:
    """The point as given, in the place of the one that was shown.  Lines and areas stay; so does the other coordinate."""
    from tutela.vocabulary.coordinates import parse_pair

    shown = representative(seen.get("geometries") or [])
    if shown is None and out.get("geometries"):
        raise Refusal(problem("column-withheld", column="latitude", value=f"{latitude}, {longitude}"))
    if shown is not None:
        longitude = shown[0] if longitude is None else longitude
        latitude = shown[1] if latitude is None else latitude
    try:
        point = parse_pair(latitude, longitude)
    except TutelaError as error:
        found = error.problem
        raise Refusal(Problem(found.code, found.message, found.todo, column="latitude, longitude",
                              value=f"{latitude}, {longitude}")) from None
    if point is None:
        raise Refusal(problem("position-cleared", column="latitude, longitude"))
    held = list(out.get("geometries", ()))
    points = [g for g in held if g["geojson"]["type"] == "Point"]
    old = next((g for g in points if g.get("role") == "centre"), points[0] if points else None)
    new = _item(source, geojson={"type": "Point", "coordinates": list(point)}, role=old.get("role", "centre") if old else "centre")
    if old is None:
        held.append(new)
    else:
        held[held.index(old)] = new
    out["geometries"] = held


EDITORS: dict[str, Callable[[Document, Document, str, str | None], None]] = {
    "name": _name, "type": _types, "category": _from_list("category", "hague-categories"), "country": _from_list("country", "countries"),
    "area": _areas, "address": _address, "dating": _dating, "handling": _handling,
    "description": _description,
}  # fmt: skip
#: The columns that can be changed by a table; the coordinates are edited together.
EDITABLE = frozenset(EDITORS) | {"latitude", "longitude"}
