"""Tables whose headers are plain words (id, name, latitude, type …) import without a mapping."""

from __future__ import annotations

from typing import Any

from tutela.exchange.mapping.headers import fields_of, language_of, plain_field
from tutela.exchange.mapping.model import NONE, Mapping
from tutela.exchange.readers.detect import GeometryGuess, geometry_columns

Rules = dict[str, Any]
MARKS = {"wikidata": r"(Q\d+)", "whs": r"(\d+)", "pleiades": r"(\d+)", "geonames": r"(\d+)"}


def plain_mapping(columns: tuple[str, ...], has_geometry: bool) -> Mapping | None:
    """The mapping that plain headers amount to; None where they are not plain enough to be sure.

    Wanted are a name, or an id with a position or a type, and half of all headers known.  Rows are known again by
    ``id`` (scheme ``local``); without one, by a digest of name and position, so that the same file twice changes nothing.
    """
    fields: dict[str, list[str]] = {}
    for column in columns:
        name = "name" if _is_name(column) else plain_field(column)
        if name:
            fields.setdefault(name, []).append(column)
    guess = geometry_columns(columns)
    position = _position(guess)
    if not _enough(fields, position, has_geometry, columns):
        return None
    place = _place(fields, position, has_geometry)
    assessment = _assessment(fields)
    if "observed" in fields and not assessment:
        place.setdefault("characteristics", []).append({"value": fields["observed"][0], "kind": {"constant": "date"}})
    data: Rules = {"mapping": "plain", "title": "Plain headers", "source": {"key": "plain", "title": "A table with plain headers"}}
    data["key"] = _key(fields, guess, columns)
    data["place"] = place
    if assessment:
        data["assessment"] = assessment
    return _mapping(data)


def _is_name(column: str) -> bool:
    """ "name", or "name_ar", "Name (English)", "title:fr"."""
    return plain_field(column) == "name" or (language_of(column) is not None and [name for name, _ in fields_of(column)[:1]] == ["name"])


def _position(guess: GeometryGuess) -> Rules | None:
    if guess.kind == "degrees":
        return {"latitude": guess.lat, "longitude": guess.lon}
    if guess.kind == "projected" and not guess.zone:
        return {"latitude": guess.y, "longitude": guess.x}  # metres are refused row by row: say the zone in a mapping
    if guess.kind == "projected":
        return {"easting": guess.x, "northing": guess.y, "zone": guess.zone}
    return {guess.kind: guess.column} if guess.kind in ("wkt", "geojson", "pair") else None


def _enough(fields: dict[str, list[str]], position: Rules | None, has_geometry: bool, columns: tuple[str, ...]) -> bool:
    telling = "name" in fields or ("key" in fields and (position or has_geometry or "type" in fields))
    known = sum(map(len, fields.values())) + len(position or ())
    return bool(telling) and known >= (1 if has_geometry else 2) and known * 2 >= len(columns)


def _place(fields: dict[str, list[str]], position: Rules | None, has_geometry: bool) -> Rules:
    def each(name: str, make: Any) -> list[Rules]:
        return [make(column) for column in fields.get(name, ())]

    place: Rules = {
        "names": each("name", _name) + each("other names", lambda c: {"text": {"column": c, "split": ";"}}),
        "types": each("type", lambda c: {"code": {"column": c, "split": "vocabulary"}}),
        "functions": each("function", lambda c: {"code": {"column": c, "split": "vocabulary"}}),
        "dating": each("dating", lambda c: {"edtf": c}) + each("period", lambda c: {"period": c}),
        "geometries": [{"from": "file"}] if has_geometry else [position] if position else [],
        "areas": each("region", lambda c: {"name": c, "kind": {"constant": "admin-1"}})
        + each("district", lambda c: {"name": c, "kind": {"constant": "admin-2"}})
        + each("settlement", lambda c: {"name": c, "kind": {"constant": "settlement"}}),
        "identifiers": [rule for scheme in MARKS for rule in each(scheme, lambda c, s=scheme: _identifier(c, s))]
        + each("osm", lambda c: {"value": c, "scheme": {"constant": "osm"}}),
        "protections": _protections(fields),
        "significance": each("significance", lambda c: {"text": c}),
        "characteristics": each("material", lambda c: {"value": c, "kind": {"constant": "material"}})
        + each("source", lambda c: {"value": c, "kind": {"constant": "source"}}),
        "descriptions": each("description", lambda c: {"text": c, "kind": {"constant": "general"}})
        + each("notes", lambda c: {"text": c, "kind": {"constant": "comment"}}),
    }
    place = {name: rules for name, rules in place.items() if rules}
    for name in ("country", "address", "handling"):
        if name in fields:
            place[name] = fields[name][0]
    return place


def _name(column: str) -> Rules:
    language = language_of(column)
    return {"text": column, "lang": {"constant": language}} if language else {"text": column}


def _identifier(column: str, scheme: str) -> Rules:
    return {"value": {"column": column, "match": MARKS[scheme]}, "scheme": {"constant": scheme}}


def _protections(fields: dict[str, list[str]]) -> list[Rules]:
    if "protection" not in fields:
        return [{"reference": c} for c in fields.get("protection reference", ())]
    rule: Rules = {"instrument": {"column": fields["protection"][0], "otherwise": "other"}}
    if "protection reference" in fields:
        rule["reference"] = fields["protection reference"][0]
    return [rule]


def _assessment(fields: dict[str, list[str]]) -> Rules:
    """Condition, damage, threats, with their day; {} where the table finds nothing."""
    found: Rules = {}
    if "condition" in fields:
        found["condition"] = fields["condition"][0]
    if "extent" in fields:
        found["extent"] = {"column": fields["extent"][0], "percent": True}
    damage: Rules = {}
    for name, field in (("damage", "note"), ("cause", "cause"), ("damage date", "on")):
        if name in fields:
            damage[field] = fields[name][0]
    if damage:
        found["damages"] = [damage]
    if "threat" in fields:
        found["threats"] = [{"cause": {"column": fields["threat"][0], "split": "vocabulary"}}]
    if "recommendation" in fields:
        rule = {"action": fields["recommendation"][0]}
        found["recommendations"] = [rule | ({"priority": fields["priority"][0]} if "priority" in fields else {})]
    if found:
        for name in ("observed", "recorded"):
            if name in fields:
                found[name] = fields[name][0]
    return found


def _key(fields: dict[str, list[str]], guess: GeometryGuess, columns: tuple[str, ...]) -> Rules:
    for name in ("key", "row number"):
        if name in fields:
            return {"column": fields[name][0], "scheme": "local"}
    place = [c for c in (guess.lat, guess.lon, guess.x, guess.y, guess.column) if c]
    return {"digest": fields.get("name", []) + place or list(columns)}


def _mapping(data: Rules) -> Mapping:
    """Through the same door as any other mapping, so that its text can be kept with the import."""
    import yaml

    from tutela.exchange.mapping.model import read

    data = {**data, "none": list(NONE)}
    return read(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120), "plain")
